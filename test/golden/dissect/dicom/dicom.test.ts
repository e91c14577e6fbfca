import { expect, test } from "vitest";
import {
  associate,
  associateReject,
  contextAnswers,
  contexts,
  dicomAbort,
  dicomCommand,
  dicomData,
  dicomRelease,
  dicomUser,
} from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const request = associate(1, "EXTPACS", "WS_RAD7");

const CT = "1.2.840.10008.5.1.4.1.1.2";
const MR = "1.2.840.10008.5.1.4.1.1.4";
const FIND = "1.2.840.10008.5.1.4.1.2.2.1";

test.each([
  ["accepted", associate(2, "EXTPACS", "WS_RAD7"), { ended: "open" }],
  ["rejected", associateReject(), {}],
])("an association that is %s", (result, reply, more) => {
  const play = new Play(6, 11112).send(ask(request), answer(reply));
  expect(play.facts).toEqual({
    protocols: ["dicom"],
    dicom: { calledAe: ["EXTPACS"], callingAe: ["WS_RAD7"], result, userIdentity: "none", ...more },
  });
  expect(play.bits[0]).toBe(11);
});

test("on any port, in any segments, from whichever side", () => {
  const play = new Play(6, 50_001).send(...segments(answer(request), 9));
  expect(play.isTurned).toBe(true);
  expect(play.facts?.dicom).toEqual({ calledAe: ["EXTPACS"], callingAe: ["WS_RAD7"], result: "none", userIdentity: "none" });
});

test("in the middle of an association: data with a command in it", () => {
  expect(new Play(6, 50_001).send(ask(dicomCommand())).facts).toEqual({
    protocols: ["dicom"],
    dicom: { ended: "open", operations: ["C-ECHO"] },
  });
});

test.each([1, 13, 500, 100_000])("two associations on one connection, in segments of %i bytes", (size) => {
  const proposed = [contexts([1, CT], [3, MR]), dicomUser({ type: 2, name: "radiology", secret: "S3cret" })];
  const asked = [
    associate(1, "PACS", "CT01", ...proposed),
    dicomCommand(0x0001),
    dicomData(Buffer.alloc(40_000, 0x20), 4096),
    dicomCommand(0x0001),
    dicomData(Buffer.alloc(9000, 0x20), 9000),
    dicomRelease(5),
    associate(1, "PACS", "WS02", contexts([1, FIND])),
    dicomCommand(0x0020),
    dicomAbort(),
  ];
  const told = [
    associate(2, "PACS", "CT01", contextAnswers([1, 0], [3, 3])),
    dicomCommand(0x8001),
    dicomRelease(6),
    associate(2, "PACS", "WS02", contextAnswers([1, 0])),
    dicomCommand(0x8020),
  ];
  const play = new Play(6, 104).send(ask(asked[0]), answer(told[0]));
  play.send(...segments(ask(Buffer.concat(asked.slice(1, 7))), size, asked[0].length));
  play.send(...segments(answer(Buffer.concat(told.slice(1))), size, told[0].length), ask(Buffer.concat(asked.slice(7))));
  expect(play.facts).toEqual({
    protocols: ["dicom"],
    dicom: {
      calledAe: ["PACS"],
      callingAe: ["CT01", "WS02"],
      result: "accepted",
      ended: "aborted",
      operations: ["C-STORE", "C-FIND"],
      sopClasses: [CT, FIND],
      userIdentity: "username-passcode",
      userName: "radiology",
      implementation: ["1.2.276.0.1", "TEST_1"],
      dataBytes: 49_000,
    },
  });
  expect(JSON.stringify(play.facts)).not.toContain("S3cret");
  expect(play.dissection.counters()).toMatchObject({ malformed: {}, bytesKept: 0 });
});

test("data sets are passed over, also where they were not captured", () => {
  const data = dicomData(Buffer.alloc(20_000, 1), 20_000);
  const play = new Play(6, 104).send(
    ask(associate(1, "PACS", "CT01", contexts([1, CT]))),
    answer(associate(2, "PACS", "CT01", contextAnswers([1, 0]))),
    ask(Buffer.concat([dicomCommand(0x0001), data]), { captured: 200 }),
    ask(dicomCommand(0x0030)),
    ask(dicomRelease(5)),
  );
  expect(play.facts?.dicom).toMatchObject({ operations: ["C-STORE", "C-ECHO"], ended: "released", dataBytes: 20_000 });
});

test("what is proposed is told while nothing is accepted", () => {
  const play = new Play(6, 104).send(ask(associate(1, "PACS", "CT01", contexts([1, CT], [3, MR]))), answer(associateReject()));
  expect(play.facts?.dicom).toMatchObject({ result: "rejected", sopClasses: [CT, MR] });
});

test("a value longer than its PDU breaks the rules", () => {
  const broken = dicomCommand(0x0001);
  broken.writeUInt32BE(4000, 6);
  const play = new Play(6, 104).send(ask(Buffer.concat([request, broken])));
  expect(play.dissection.counters().malformed).toEqual({ dicom_pdu: 1 });
});

const nearly: [title: string, bytes: Buffer][] = [
  ["titles that are no text", Buffer.concat([request.subarray(0, 10), Buffer.alloc(64, 0x80)])],
  ["an impossible length", Buffer.concat([Buffer.from([1, 0, 0xff, 0, 0, 0]), request.subarray(6)])],
  ["an unknown version", Buffer.concat([request.subarray(0, 6), Buffer.from([0, 2]), request.subarray(8)])],
  ["bytes that begin like data", Buffer.from([4, 0, 0, 0, 0, 60, 0, 0, 0, 56, 2, 9, 0, 0, 0, 0])],
];
test.each(nearly)("not DICOM: %s", (_title, bytes) => {
  expect(new Play(6, 104).send(ask(bytes)).facts).toBeUndefined();
});
