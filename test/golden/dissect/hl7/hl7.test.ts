import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
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
      ackCodes: ["AA"],
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

test("after something else it goes on with the next message", () => {
  const play = new Play(6, 2575).send(ask(Buffer.concat([mllp("ADT^A01"), Buffer.from("junk\x0bMSX"), mllp("ADT^A08")])));
  expect(play.facts?.hl7).toMatchObject({ messages: 2, messageTypes: ["ADT^A01", "ADT^A08"] });
});

test.each([
  ["in a message", mllp("ORU^R01", { more: ["x".repeat(4000)] })],
  ["between two", Buffer.concat([mllp("ADT^A01"), Buffer.alloc(4000, 0x0d)])],
])("a hole that nobody fills, %s: it goes on with the next message", (_where, first) => {
  const play = new Play(6, 2575).send(ask(first.subarray(0, 100)));
  const next = Buffer.concat(Array.from({ length: 20 }, (_, n) => mllp(`ADT^A${String(n + 10)}`)));
  play.send(...segments(ask(next), Math.ceil(next.length / 18), first.length));
  expect(play.facts?.hl7?.messageTypes).toContain("ADT^A29");
  expect(play.dissection.gapsOf(play.slot)).toBe(1);
  expect(play.dissection.losses.of("gap")).toBe(1);
});

test("messages that were cut short by the capture: each header is read", () => {
  const play = new Play(6, 2575);
  for (const type of ["ADT^A01", "ADT^A02", "ADT^A03"]) play.send(ask(mllp(type, { more: ["x".repeat(500)] }), { captured: 90 }));
  expect(play.facts?.hl7).toMatchObject({ messages: 3, messageTypes: ["ADT^A01", "ADT^A02", "ADT^A03"] });
});

test.each([1, 1000])("a batch: every message in the block, in segments of %i bytes", (size) => {
  const inner = (type: string) => mllp(type).subarray(1, -2);
  const text = (value: string) => Buffer.from(value);
  const batch = Buffer.concat([text("\x0bFHS|^~\\&|A\rBHS|^~\\&|A\r"), inner("ORU^R01"), inner("ORM^O01"), text("BTS|2\rFTS|1\r\x1c\r")]);
  const play = new Play(6, 2575).send(...segments(ask(Buffer.concat([batch, mllp("ADT^A01")])), size));
  expect(play.facts?.hl7).toMatchObject({ messages: 3, messageTypes: ["ORU^R01", "ORM^O01", "ADT^A01"] });
});

test.each(["AA", "AE", "AR", "CA", "CE", "CR"])("the code of an acknowledgement: %s, also after a software segment", (code) => {
  const reply = mllp("RSP^K11", { more: ["SFT|maker|1", `MSA|${code}|42`, "MSA|AA|43"] });
  expect(new Play(6, 2575).send(answer(reply)).facts?.hl7?.ackCodes).toEqual([code]);
});

test("what is no code is none", () => {
  expect(new Play(6, 2575).send(answer(mllp("ACK", { more: ["MSA|XX|42"] }))).facts?.hl7?.ackCodes).toBeUndefined();
});

test("its content is classed, message by message", () => {
  const messages = ["1893120105732", "1893120105733"].map((id) => mllp("ADT^A01", { more: [`PID|1||${id}^^^LU||DOE^JANE`] }));
  for (const size of [1, 40, 5000]) {
    const play = new Play(6, 2575, { classes: createClasses(64, () => {}) }).send(...segments(ask(Buffer.concat(messages)), size));
    expect(play.facts?.content).toEqual([
      { label: "hl7-pid", count: 2 },
      { label: "national-id-lu", count: 1 },
    ]);
    expect(JSON.stringify(play.facts)).not.toMatch(/1893|DOE/);
  }
});

test.each(["\x0bMSA|^~\\&|A", "MSH|^~\\&|A|B", "\x0bMSHabcdefgh"])("not HL7 over MLLP: %j", (text) => {
  expect(new Play(6, 2575).send(ask(Buffer.from(text))).facts).toBeUndefined();
});
