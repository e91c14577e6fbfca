import { expect, test } from "vitest";
import { associate, associateReject, dicomCommand } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const request = associate(1, "EXTPACS", "WS_RAD7");

test.each([
  ["accepted", associate(2, "EXTPACS", "WS_RAD7")],
  ["rejected", associateReject()],
])("an association that is %s", (result, reply) => {
  const play = new Play(6, 11112).send(ask(request), answer(reply));
  expect(play.facts).toEqual({ protocols: ["dicom"], dicom: { calledAe: ["EXTPACS"], callingAe: ["WS_RAD7"], result } });
  expect(play.bits).toEqual([10, 0]);
});

test("on any port, in any segments, from whichever side", () => {
  const play = new Play(6, 50_001).send(...segments(answer(request), 9));
  expect(play.isTurned).toBe(true);
  expect(play.facts?.dicom).toEqual({ calledAe: ["EXTPACS"], callingAe: ["WS_RAD7"], result: "none" });
});

test("in the middle of an association: data with a command in it", () => {
  expect(new Play(6, 50_001).send(ask(dicomCommand())).facts).toEqual({ protocols: ["dicom"] });
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
