import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
import { IdentifierHashes } from "../../../../src/dissect/identifier-hashes.ts";
import { MAX_VALUES } from "../../../../src/model/facts.ts";
import { associate, contextAnswers, contexts, dicomCommand, dicomData, mllp } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";
import { dataSet, type Element, imageHead } from "./dicom-elements.ts";

const KEY = Buffer.alloc(32, 0x5a);
const hash = (value: string, key = KEY) => createHmac("sha256", key).update(value).digest("hex").slice(0, 16);
const on = () => ({ identifiers: new IdentifierHashes(KEY) });
const RAW = { accession: "ACC-20260101-77", patient: "PAT-0815-XY", study: "1.2.276.0.7230010.3.1.2.8323329.1" };
const HASHED = { accession: [hash(RAW.accession)], patient: [hash(RAW.patient)], study: [hash(RAW.study)] };

const CT = "1.2.840.10008.5.1.4.1.1.2";
const request = associate(1, "PACS", "CT01", contexts([1, CT]));
const accept = associate(2, "PACS", "CT01", contextAnswers([1, 0]));

/** An association in which these data sets are sent, each after its command. */
function imaging(
  options: ConstructorParameters<typeof Play>[2],
  sets: Buffer[],
  { command = 0x0001, valueBytes = 4096, segmentBytes = 1460 } = {},
) {
  const sent = Buffer.concat(sets.flatMap((set) => [dicomCommand(command), dicomData(set, valueBytes)]));
  return new Play(6, 104, options).send(ask(request), answer(accept), ...segments(ask(sent), segmentBytes, request.length));
}

/** Neither a value nor what else stands around it. */
function expectNothingRaw(play: Play): void {
  expect(JSON.stringify(play.facts)).not.toMatch(/ACC-|PAT-|8323329|OTHER|1\.2\.3\.|DOE|JANE|QUERY/);
}

const pixels = Buffer.alloc(20_000, 0xee);
const shapes = [true, false].flatMap((isExplicit) => [true, false].map((isOpen) => [isExplicit, isOpen] as const));

test.each(shapes)("C-STORE: explicit %s, sequences of undefined length %s", (isExplicit, isOpen) => {
  const set = Buffer.concat([imageHead(RAW, isExplicit, isOpen), pixels]);
  for (const [valueBytes, segmentBytes] of [
    [100_000, 100_000],
    [4096, 1460],
    [34, 7],
    [4096, 1],
  ]) {
    const play = imaging(on(), [set, set], { valueBytes, segmentBytes });
    expect(play.facts?.identifiers).toEqual(HASHED);
    expect(play.facts?.dicom).toMatchObject({ operations: ["C-STORE"], dataBytes: set.length * 2 });
    expectNothingRaw(play);
  }
});

test.each([
  ["C-FIND", 0x0020],
  ["C-MOVE", 0x0021],
])("%s: what is asked for, without patterns", (operation, command) => {
  const ids: Element[] = [
    [0x0008_0050, "SH", "QUERY-*"],
    [0x0008_0052, "CS", "STUDY"],
    [0x0010_0020, "LO", "QUERY?1"],
    [0x0020_000d, "UI", `${RAW.study}\\1.2.3.77`],
  ];
  const play = imaging(on(), [dataSet(false, ids)], { command });
  expect(play.facts).toMatchObject({ dicom: { operations: [operation] } });
  expect(play.facts?.identifiers).toEqual({ study: [hash(RAW.study), hash("1.2.3.77")] });
  expectNothingRaw(play);
});

test("answers of a search name studies too, at most so many are kept and the rest is counted", () => {
  const found = Array.from({ length: MAX_VALUES + 44 }, (_, n) => dataSet(false, [[0x0020_000d, "UI", `1.2.9.${n}`]]));
  const told = Buffer.concat(found.flatMap((set) => [dicomCommand(0x8020), dicomData(set, 4096)]));
  const play = new Play(6, 104, on()).send(
    ask(request),
    answer(accept),
    ask(dicomCommand(0x0020)),
    ...segments(answer(told), 1460, accept.length),
  );
  expect(play.facts?.identifiers?.study?.slice(0, 2)).toEqual([hash("1.2.9.0"), hash("1.2.9.1")]);
  expect(play.facts?.identifiers?.study).toHaveLength(MAX_VALUES);
  expect(play.facts?.factsDropped).toBe(44);
});

test("the same studies to two places have the same hashes; another site's key has others", () => {
  const set = imageHead(RAW);
  const [one, two] = [imaging(on(), [set]), imaging(on(), [set], { segmentBytes: 9 })];
  expect(one.facts?.identifiers).toEqual(two.facts?.identifiers);
  const elsewhere = imaging({ identifiers: new IdentifierHashes(Buffer.alloc(32, 1)) }, [set]);
  expect(elsewhere.facts?.identifiers?.study).toEqual([hash(RAW.study, Buffer.alloc(32, 1))]);
  expect(elsewhere.facts?.identifiers?.study).not.toEqual(one.facts?.identifiers?.study);
});

test("content is classed as it is without", () => {
  const set = Buffer.concat([imageHead(RAW), pixels]);
  const classes = () => createClasses(64, () => {});
  const [without, withHashes] = [{ classes: classes() }, { classes: classes(), ...on() }].map((options) => imaging(options, [set]).facts);
  expect(without?.content).toEqual([{ label: "dicom-patient", count: 1 }]);
  expect(withHashes).toEqual({ ...without, identifiers: HASHED });
});

const message = (more: string[], encoding = "|^~\\&") => mllp("ORU^R01", { more, encoding });
const RESULTS = [
  "PID|1||PAT-0815-XY^^^HOSP^MR~PAT-77^^^NAT||DOE^JANE",
  "ORC|RE|PLACER-1|ACC-20260101-77^RIS",
  "OBR|1|PLACER-1|ACC-20260101-77^RIS|CT",
  `OBX|1|TX|||${"x".repeat(5000)}`,
  "OBR|2||ACC-2",
];

test.each([1, 7, 1460, 100_000])("HL7: PID-3, OBR-3 and ORC-3, in segments of %i bytes", (size) => {
  const play = new Play(6, 2575, on()).send(...segments(ask(Buffer.concat([message(RESULTS), message(RESULTS)])), size));
  expect(play.facts?.identifiers).toEqual({
    patient: [hash("PAT-0815-XY"), hash("PAT-77")],
    accession: [hash("ACC-20260101-77"), hash("ACC-2")],
  });
  expect(play.facts?.hl7?.messages).toBe(2);
  expect(JSON.stringify(play.facts)).not.toMatch(/ACC-|PAT-|PLACER|DOE|xxx/);
});

test("a patient has one hash, in images and in messages", () => {
  const messages = new Play(6, 2575, on()).send(ask(message(["PID|1||PAT-0815-XY"])));
  expect(messages.facts?.identifiers).toEqual({ patient: HASHED.patient });
});

test("other separators, as MSH-1 and MSH-2 say", () => {
  const play = new Play(6, 2575, on()).send(ask(message(["PID#1##PAT-1:HOSP~PAT-2|3#DOE"], "#:~\\&")));
  expect(play.facts?.identifiers).toEqual({ patient: [hash("PAT-1"), hash("PAT-2|3")] });
});

test("the code of an acknowledgement is read as it is without", () => {
  const reply = mllp("RSP^K11", { more: ["SFT|maker|1", "MSA|AA|42", "MSA|AE|43", "PID|1||PAT-1"] });
  expect(new Play(6, 2575, on()).send(answer(reply)).facts).toMatchObject({
    hl7: { ackCodes: ["AA"] },
    identifiers: { patient: [hash("PAT-1")] },
  });
});

test("off: nothing is kept", () => {
  expect(imaging({}, [imageHead(RAW)]).facts?.identifiers).toBeUndefined();
  expect(new Play(6, 2575).send(ask(message(RESULTS))).facts?.identifiers).toBeUndefined();
});

test("names alone: nothing is kept, for nobody reads it", () => {
  expect(imaging({ ...on(), detail: "names" }, [imageHead(RAW)]).facts?.identifiers).toBeUndefined();
});

const nested = dataSet(true, [
  [0x0010_0020, "LO", "OTHER-ID"],
  [0x0020_000d, "UI", "1.2.3.999"],
]);
test.each<[string, Buffer]>([
  ["values that are empty", imageHead({ accession: "", patient: "  ", study: "" })],
  ["identifiers in sequences alone", dataSet(true, [[0x0008_1110, "SQ", [nested]]])],
  [
    "neighbours of the elements",
    dataSet(true, [
      [0x0008_0051, "SH", "OTHER-A"],
      [0x0010_0021, "LO", "OTHER-B"],
      [0x0020_000c, "UI", "1.2.3"],
    ]),
  ],
  [
    "elements out of order",
    dataSet(true, [
      [0x0018_0015, "CS", "CHEST"],
      [0x0010_0020, "LO", "OTHER-ID"],
      [0x0020_000d, "UI", "1.2.3.4"],
    ]),
  ],
  [
    "big endian",
    dataSet(true, [
      [0x0008_0050, "SH", "OTHER-A"],
      [0x0010_0020, "LO", "OTHER-ID"],
    ]).swap16(),
  ],
  ["deflated", Buffer.from("cbcc2bc94c2dd1d2d2e7e5e2e0e0".repeat(9), "hex")],
  ["bytes that are no text", dataSet(true, [[0x0010_0020, "LO", Buffer.from([1, 2, 3, 4])]])],
  ["sequences without end", Buffer.concat(Array.from({ length: 40 }, () => dataSet(false, [[0x0008_1110, "SQ", []]]).subarray(0, 8)))],
])("nothing of a data set with %s", (_what, set) => {
  for (const segmentBytes of [1, 5000]) {
    const play = imaging(on(), [set], { segmentBytes });
    expect(play.facts?.dicom?.operations).toEqual(["C-STORE"]);
    expect(play.facts?.identifiers).toBeUndefined();
    expectNothingRaw(play);
  }
});

test("a value beyond what DICOM allows is counted, and the next one is read", () => {
  const play = imaging(on(), [imageHead({ ...RAW, patient: "P".repeat(66) })]);
  expect(play.facts?.identifiers).toEqual({ accession: HASHED.accession, study: HASHED.study });
  expect(play.facts?.factsDropped).toBe(1);
});

test("what was not captured is not made up", () => {
  const set = imageHead(RAW);
  const command = dicomCommand(0x0001);
  const cut = (captured: number) =>
    new Play(6, 104, on()).send(ask(request), answer(accept), ask(Buffer.concat([command, dicomData(set, 5000)]), { captured }));
  const patientAt = command.length + 12 + set.indexOf("PAT-0815");
  expect(cut(patientAt + 4).facts?.identifiers).toEqual({ accession: HASHED.accession });
  expect(cut(patientAt + 12).facts?.identifiers).toEqual({ accession: HASHED.accession, patient: HASHED.patient });
  const half = new Play(6, 2575, on()).send(ask(message(["PID|1||PAT-0815-XY"]), { captured: message([]).length + 10 }));
  expect(half.facts?.identifiers).toBeUndefined();
});

test("an aborted data set is not gone on with in the next association", () => {
  const set = imageHead(RAW);
  const play = new Play(6, 104, on()).send(ask(request), answer(accept));
  const unfinished = dicomData(set, 40).subarray(0, 52);
  const again = associate(1, "PACS", "CT01", contexts([1, CT]));
  play.send(ask(Buffer.concat([dicomCommand(0x0001), unfinished, again, dicomCommand(0x0001), dicomData(set, 5000)])));
  expect(play.facts?.identifiers).toEqual(HASHED);
});

test.each([
  ["the field before", "PID|1|PAT-1|"],
  ["the field after", "PID|1|||PAT-1"],
  ["another segment", "PV1|1||PAT-1"],
  ["a value to delete", 'PID|1||""'],
  ["a name that begins so", "PIDX|1||PAT-1"],
  ["components after the first", "PID|1||^PAT-1"],
  ["a value too long", `PID|1||${"P".repeat(80)}`],
])("HL7, nothing of %s", (_what, segment) => {
  expect(new Play(6, 2575, on()).send(ask(message([segment]))).facts?.identifiers).toBeUndefined();
});

test.each<[string, (repeated: string) => Play]>([
  ["ids of a PID-3", (repeated) => new Play(6, 2575, on()).send(ask(message([`PID|1||${repeated.replaceAll("\\", "~")}`])))],
  [
    "values of an element",
    (repeated) =>
      imaging(
        on(),
        Array.from({ length: 16 }, (_, n) => dataSet(false, [[0x0020_000d, "UI", repeated.slice(n * 60, n * 60 + 60)]])),
        { segmentBytes: 100_000 },
      ),
  ],
])("one packet makes no more than a few hashes, and says that there were more: %s", (_what, send) => {
  const play = send(Array.from({ length: 300 }, (_, n) => `${n + 100}`).join("\\"));
  const hashes = Object.values(play.facts?.identifiers ?? {}).flat();
  expect(hashes).toHaveLength(32);
  expect(play.dissection.losses.of("dissect_limit")).toBe(1);
});

test("an empty Patient ID lends its name to nothing that follows", () => {
  const item = Buffer.from("\\SECRET\\");
  const play = imaging(on(), [
    Buffer.concat([
      dataSet(true, [[0x0010_0020, "LO", ""]]),
      // A sequence of undefined length, and in it an item of a defined one.
      Buffer.from([0x10, 0, 0x24, 0, 0x53, 0x51, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0, 0xe0, item.length, 0, 0, 0]),
      item,
    ]),
  ]);
  expect(play.facts?.identifiers).toBeUndefined();
});
