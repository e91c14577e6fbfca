import { expect, test } from "vitest";
import { httpAnswer, httpRequest } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const store = 'Content-Type: multipart/related; type="application/dicom"; boundary=b';

/** PS3.18 §9, §10. */
test.each([
  ["GET", "/rs/studies?PatientID=4711", "QIDO-RS", ["Accept: application/dicom+json"]],
  ["GET", "/rs/studies/1.2.3/series", "QIDO-RS", []],
  ["GET", "/rs/studies/1.2.3", "WADO-RS", []],
  ["GET", "/rs/studies/1.2.3/series/1.4/instances/1.5/frames/1", "WADO-RS", []],
  ["POST", "/rs/studies", "STOW-RS", [store]],
  ["GET", "/wado?requestType=WADO&studyUID=1.2.3", "WADO-URI", []],
])("%s %s", (method, target, operation, fields) => {
  const play = new Play(6, 8042).send(ask(httpRequest("p.example", { method, target, fields })), answer(httpAnswer()));
  expect(play.facts).toMatchObject({ protocols: ["http", "dicom"], dicom: { operations: [operation], result: "accepted" } });
  expect(JSON.stringify(play.facts)).not.toMatch(/4711|1\.2\.3/);
});

test("what is refused is rejected", () => {
  const play = new Play(6, 80).send(ask(httpRequest("p.example", { method: "POST", target: "/studies", fields: [store] })));
  expect(play.facts?.dicom?.result).toBe("none");
  expect(play.send(answer(httpAnswer("401 No"))).facts?.dicom?.result).toBe("rejected");
});

test.each([
  ["/studies", []],
  ["/studies/biology", []],
  ["/papers", ["Accept: application/dicom+json"]],
])("not DICOM: %s", (target, fields) => {
  expect(new Play(6, 80).send(ask(httpRequest("p.example", { target, fields }))).facts?.dicom).toBeUndefined();
});
