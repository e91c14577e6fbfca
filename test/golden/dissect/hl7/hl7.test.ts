import { expect, test } from "vitest";
import { mllp } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const results = mllp("ORU^R01^ORU_R01", { more: ["PID|1||123456^^^HOSP||DOE^JANE", `OBX|1|TX|||${"x".repeat(40_000)}`] });
const acknowledgement = mllp("ACK^R01", { from: ["HIS", "CENTRAL"], to: ["LAB", "HOSP"], more: ["MSA|AA|42"] });

test.each([1, 7, 1460, 100_000])("messages and their acknowledgements, in segments of %i bytes", (size) => {
  const stream = Buffer.concat([results, mllp("ADT^A01"), mllp("ADT^A01")]);
  const play = new Play(6, 2575).send(...segments(ask(stream), size), ...segments(answer(acknowledgement), size));
  expect(play.facts).toEqual({
    protocols: ["hl7"],
    hl7: {
      messages: 4,
      messageTypes: ["ORU^R01", "ADT^A01", "ACK^R01"],
      sendingApplication: ["LAB", "HIS"],
      sendingFacility: ["HOSP", "CENTRAL"],
      receivingApplication: ["HIS", "LAB"],
      receivingFacility: ["CENTRAL", "HOSP"],
      version: ["2.5"],
    },
  });
  expect(play.dissection.counters().bytesKept).toBe(0);
});

test("nothing of the patient is kept", () => {
  const play = new Play(6, 2575).send(ask(results));
  expect(JSON.stringify(play.facts)).not.toMatch(/DOE|JANE|123456|xxx/);
});

test("other separators, as MSH-1 and MSH-2 say", () => {
  const play = new Play(6, 6661).send(ask(mllp("ORM^O01", { encoding: "#:~\\&", from: ["LAB:X", "HOSP"] })));
  expect(play.facts?.hl7).toMatchObject({ messageTypes: ["ORM^O01"], sendingApplication: ["LAB"] });
});

test("an acknowledgement comes from the responder", () => {
  expect(new Play(6, 50_001).send(ask(acknowledgement)).isTurned).toBe(true);
});

test("a cut header tells what is whole", () => {
  expect(new Play(6, 2575).send(ask(mllp("ORU^R01"), { captured: 20 })).facts?.hl7).toEqual({
    messages: 1,
    sendingApplication: ["LAB"],
    sendingFacility: ["HOSP"],
  });
});

test("a stream that goes on with something else is malformed", () => {
  const play = new Play(6, 2575).send(ask(Buffer.concat([mllp("ADT^A01"), Buffer.from("junk")])));
  expect(play.dissection.counters().malformed).toEqual({ hl7_header: 1 });
});

test.each(["\x0bMSA|^~\\&|A", "MSH|^~\\&|A|B", "\x0bMSHabcdefgh"])("not HL7 over MLLP: %j", (text) => {
  expect(new Play(6, 2575).send(ask(Buffer.from(text))).facts).toBeUndefined();
});
