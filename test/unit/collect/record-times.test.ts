import { describe, expect, it } from "vitest";
import { collecting } from "./collecting.ts";
import { type Field, ipfix, ipfixTemplate, PLAIN, plainRecord, SENT, set, u64 } from "./messages.ts";

const TIMES: Field[] = [
  [152, 8],
  [153, 8],
];
const ARRIVAL = SENT + 1;

/** One record with a start and an end, seconds since 1970, of a collector that believes clocks within an hour. */
function dated(startSeconds: number, endSeconds: number, skewSeconds = 3600) {
  const { take, flows, losses } = collecting({ skewSeconds });
  const record = [...plainRecord(), ...u64(Math.round(startSeconds * 1000)), ...u64(Math.round(endSeconds * 1000))];
  take(ipfix([ipfixTemplate(256, [...PLAIN, ...TIMES]), set(256, record)]), { arrivalMicros: ARRIVAL * 1e6 });
  const [{ startMicros, endMicros }] = flows;
  return [startMicros / 1e6 - ARRIVAL, endMicros / 1e6 - ARRIVAL, losses.of("export_misdated")];
}

describe("the times of a record that came live", () => {
  const in2100 = Date.UTC(2100, 0, 1) / 1000;
  it.each<[string, [number, number], [number, number, number]]>([
    ["are believed within the hour", [ARRIVAL - 3000, ARRIVAL - 2990], [-3000, -2990, 0]],
    ["of a flow of many days too", [ARRIVAL - 20 * 86_400, ARRIVAL], [-20 * 86_400, 0, 0]],
    ["a clock ahead by a few minutes is no matter", [ARRIVAL + 290, ARRIVAL + 300], [290, 300, 0]],
    ["of 2100 are moved back, the duration stays", [in2100 - 10, in2100], [3590, 3600, 1]],
    ["of long ago are moved on", [ARRIVAL - 86_410, ARRIVAL - 86_400], [-3610, -3600, 1]],
    ["a start of 1970 is no start", [1, ARRIVAL], [-31 * 86_400, 0, 1]],
  ])("%s", (_, [start, end], expected) => {
    const [from, until, moved] = dated(start, end);
    expect([Math.round(from), Math.round(until), moved]).toEqual(expected);
  });

  it.each([
    ["ahead by two hours, as of local time sent for UTC", 7200, -40, -30],
    ["that never was set", -SENT + 100, -40, -30],
  ])("are told by our clock where the exporter's is one %s", (_, aheadSeconds, from, until) => {
    const { take, flows, losses } = collecting({ skewSeconds: 3600 });
    const ms = (seconds: number) => u64((ARRIVAL + aheadSeconds + seconds) * 1000);
    const message = ipfix([ipfixTemplate(256, [...PLAIN, ...TIMES]), set(256, [...plainRecord(), ...ms(from), ...ms(until)])], {
      seconds: ARRIVAL + aheadSeconds,
    });
    take(message, { arrivalMicros: ARRIVAL * 1e6 });
    expect([flows[0].startMicros / 1e6 - ARRIVAL, flows[0].endMicros / 1e6 - ARRIVAL]).toEqual([from, until]);
    expect(losses.of("export_misdated")).toBe(1);
  });

  it("are left alone where only the message is misdated", () => {
    const { take, flows, losses } = collecting({ skewSeconds: 3600 });
    const ms = (seconds: number) => u64((ARRIVAL + seconds) * 1000);
    take(ipfix([ipfixTemplate(256, [...PLAIN, ...TIMES]), set(256, [...plainRecord(), ...ms(-20), ...ms(-10)])], { seconds: 1000 }), {
      arrivalMicros: ARRIVAL * 1e6,
    });
    expect([flows[0].endMicros / 1e6 - ARRIVAL, losses.of("export_misdated")]).toEqual([-10, 0]);
  });

  it("are left as they are in a recording", () => {
    const { take, flows } = collecting();
    const record = [...plainRecord(), ...u64((in2100 - 10) * 1000), ...u64(in2100 * 1000)];
    take(ipfix([ipfixTemplate(256, [...PLAIN, ...TIMES]), set(256, record)]), { arrivalMicros: ARRIVAL * 1e6 });
    expect(flows[0].endMicros).toBe(in2100 * 1e6);
  });
});
