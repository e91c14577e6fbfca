import { expect, test } from "vitest";
import { Classes } from "../../../../src/dissect/classing/classes.ts";
import { type ContentForm, ContentScan } from "../../../../src/dissect/classing/scan.ts";

const classes = new Classes(1_000_000, new Int32Array([7, 11]));

interface Offer {
  form?: ContentForm;
  boundary?: string;
  size?: number;
}

/** Offers the bytes in pieces of `size`, and says what was found: label → count. */
function classed(content: string | Buffer, { form = "plain", boundary, size = 1460 }: Offer = {}): Record<string, number> {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content, "latin1");
  const scan = new ContentScan(classes);
  scan.begin(0, form, boundary);
  for (let at = 0; at < bytes.length && scan.isOpen(0); at += size) scan.read(0, bytes, at, Math.min(bytes.length, at + size));
  scan.end(0);
  return Object.fromEntries(scan.content(1).map(({ label, count }) => [label, count]));
}

const LU = "1893120105732";
const FR = "255081416802538";
const BE = "85073003328";
const DE = "A123456780";

const texts: [what: string, text: string, found: Record<string, number>][] = [
  ["alone", LU, { "national-id-lu": 1 }],
  ["in an HL7 field", `MSH|^~\\&|A\rPID|1||${LU}^^^LU||X\r`, { "hl7-pid": 1, "national-id-lu": 1 }],
  ["in JSON", `{"id":"${FR}"}`, { "national-id-fr": 1 }],
  ["in a form", `name=x&nir=${FR}&a=1`, { "national-id-fr": 1 }],
  ["in a table", `${BE};${FR}\n`, { "national-id-be": 1, "national-id-fr": 1 }],
  ["at the end of a sentence", `Her number is ${BE}.`, { "national-id-be": 1 }],
  [
    "as people write it",
    "85.07.30-033.28 and 2 55 08 14 168 025 38 and 1893 12 01 05732",
    { "national-id-be": 1, "national-id-fr": 1, "national-id-lu": 1 },
  ],
  ["of Corsica", "1 80 03 2A 004 012 89", { "national-id-fr": 1 }],
  ["with a letter", `KVNR: ${DE}`, { "national-id-de": 1 }],
  [
    "many, one after the other",
    `${BE} ${LU} ${BE} ${FR} ${BE} ${DE} 17073003384`,
    { "national-id-be": 2, "national-id-lu": 1, "national-id-fr": 1, "national-id-de": 1 },
  ],
  ["twice the same", `${LU}\n${LU}\n`, { "national-id-lu": 1 }],
  ["FHIR in JSON", '{ "resourceType": "Patient" }{"resourceType":"Patient"}', { "fhir-patient": 2 }],
  ["FHIR in XML", '<Patient xmlns="http://hl7.org/fhir"><id/></Patient>', { "fhir-patient": 1 }],
  ["CDA", '<?xml version="1.0"?><cda:ClinicalDocument xmlns:cda="urn:hl7-org:v3">', { cda: 1 }],
];
test.each(texts)("found, whatever the borders: %s", (_what, text, found) => {
  for (const size of [1, 2, 3, 7, 1460]) expect(classed(text, { size }), `${size}`).toEqual(found);
});

test.each([
  ["a longer number", `${LU}1`],
  ["a piece of a longer number", `9${LU}`],
  ["a decimal", `0.${BE}`],
  ["a decimal after it", `${BE}.5`],
  ["letters beside it", `x${LU} ${LU}x ${BE}abc`],
  ["a wrong check digit", "1893120105733"],
  ["an identifier of the software's own", "550e8400-e29b-41d4-a716-446655440000"],
  ["a Patient of something else", "<Patient><id/></Patient>"],
  ["a segment of something else", "x\rPID|1||2\r"],
  ["nothing", ""],
])("not found: %s", (_what, text) => {
  for (const size of [1, 5, 1460]) expect(classed(text, { size }), `${size}`).toEqual({});
});

test("numbers that pass as seldom as chance lets them count for nothing", () => {
  const ids = Array.from({ length: 200 }, (_, n) => `K${String(100_000_000 + n * 7919)}`).join("\n");
  expect(classed(ids)).toEqual({});
  expect(classed(`${ids}\n${LU}`)).toEqual({ "national-id-lu": 1 });
});

test("numbers that pass more often than chance count, whatever was put beside them", () => {
  // A number and nine others of its form: one of the ten has the right check digit.
  const right: string[] = [];
  const wrong: string[] = [];
  for (let n = 0; n < 30; n += 1)
    for (let check = 0; check < 10; check += 1) {
      const id = `K${12_345_678 + n * 77}${check}`;
      (classed(id)["national-id-de"] === 1 ? right : wrong).push(id);
    }
  expect(right).toHaveLength(30);
  expect(classed([...right.slice(0, 20), ...wrong.slice(0, 21)].join("\n"))).toEqual({ "national-id-de": 20 });
  expect(classed([...right.slice(0, 3), ...wrong.slice(0, 1)].join("\n"))).toEqual({ "national-id-de": 3 });
  // Of six with one check digit three are right by chance once in 70 flows.
  expect(classed([...right.slice(0, 3), ...wrong.slice(0, 3)].join("\n"))).toEqual({});
  expect(classed([...right.slice(0, 3), ...wrong.slice(0, 27)].join("\n"))).toEqual({});
  expect(classed([...right, ...wrong].join("\n"))).toEqual({});
  const thousands = Array.from({ length: 5000 }, (_, n) => `M${String(100_000_000 + n * 7919)}`);
  expect(classed(thousands.join("\n"))).toEqual({});
});

test("more than are told apart are not counted on", () => {
  const key = (body: number) => String(97 - (body % 97)).padStart(2, "0");
  const many = Array.from({ length: 400 }, (_, n) => 850_730_000 + n + 1).map((body) => `${body}${key(body)}`);
  expect(classed(many.join(" "))).toEqual({ "national-id-be": 256 });
});

const tag = (group: number, element: number, vr: string, value: string) => {
  const header = Buffer.from([group, group >> 8, element, element >> 8, ...Buffer.from(vr), value.length, 0]);
  return Buffer.concat([header, Buffer.from(value)]);
};
const sequence = Buffer.from([8, 0, 0x40, 0x11, 0x53, 0x51, 0, 0, 255, 255, 255, 255, 0xfe, 0xff, 0, 0xe0, 255, 255, 255, 255]);
const endOfSequence = Buffer.from([0xfe, 0xff, 0x0d, 0xe0, 0, 0, 0, 0, 0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
const dataSet = (name: string) =>
  Buffer.concat([
    tag(8, 0x60, "CS", "CT"),
    sequence,
    tag(8, 0x1150, "UI", "1.2.3\0"),
    endOfSequence,
    tag(16, 16, "PN", name),
    tag(32, 13, "UI", "1.2\0"),
  ]);
const implicit = (name: string) => Buffer.concat([Buffer.from([16, 0, 32, 0, name.length, 0, 0, 0]), Buffer.from(name)]);
const file = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), tag(2, 16, "UI", "1.2.840.10008.1.2.1\0"), dataSet("DOE^JANE")]);

test.each([
  ["a data set, explicit", dataSet("DOE^JANE"), "dicom", { "dicom-patient": 1 }],
  ["a data set, implicit", implicit("12345678"), "dicom", { "dicom-patient": 1 }],
  ["a data set without a name", dataSet(""), "dicom", {}],
  ["a data set with a number", implicit(`${LU} `), "dicom", { "dicom-patient": 1, "national-id-lu": 1 }],
  ["a file", file, "plain", { "dicom-patient": 1 }],
] as const)("DICOM: %s", (_what, bytes, form, found) => {
  for (const size of [1, 5, 1460]) expect(classed(bytes, { form, size }), `${size}`).toEqual(found);
});

test.each([
  ["pdf", Buffer.from(`%PDF-1.7 ${LU}`)],
  ["zip", Buffer.from(`PK\x03\x04 ${LU}`)],
  ["image-png", Buffer.from("\x89PNG\r\n\x1a\n0000", "latin1")],
  ["image-jpeg", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0])],
  ["image-gif", Buffer.from("GIF89a..")],
  ["image-tiff", Buffer.from("II*\0....", "latin1")],
])("a file by how it begins, and nothing of what is in it: %s", (label, bytes) => {
  for (const size of [1, 100]) expect(classed(bytes, { size })).toEqual({ [label]: 1 });
});

const base64 = (text: string) => Buffer.from(text).toString("base64").replace(/.{76}/g, "$&\r\n");
const letter = [
  "Subject: results",
  "Content-Type: multipart/mixed;",
  ' boundary="=_outer"',
  "",
  "This is a letter in parts.",
  "--=_outer",
  "Content-Type: text/plain",
  "Content-Transfer-Encoding: quoted-printable",
  "",
  `NISS =38=35073003=\r\n328 --=3D_outer`,
  "--=_outer",
  "content-transfer-encoding: BASE64",
  "",
  base64(`${"x".repeat(300)} ${FR} ${"y".repeat(300)}`),
  "--=_outer",
  "Content-Type: application/pdf",
  "Content-Transfer-Encoding: base64",
  "",
  base64("%PDF-1.4 whatever it is that a document holds"),
  "--=_outer--",
  `after the last ${LU}`,
  "",
].join("\r\n");

test("the parts of a letter, their encodings taken off", () => {
  for (const size of [1, 3, 78, 1460])
    expect(classed(letter, { form: "letter", size }), `${size}`).toEqual({ "national-id-be": 1, "national-id-fr": 1, pdf: 1 });
});

test("a letter of one part; its header is not looked at", () => {
  for (const size of [1, 1460])
    expect(classed(`Subject: ${LU}\r\n\r\nIt is ${FR}\r\n`, { form: "letter", size })).toEqual({ "national-id-fr": 1 });
});

test("a form that is sent: each field is a part", () => {
  const body = [
    "--b",
    'Content-Disposition: form-data; name="a"',
    "",
    LU,
    "--b",
    "Content-Type: image/png",
    "",
    "\x89PNG\r\n\x1a\n...",
    "--b--",
    "",
  ];
  for (const size of [1, 9, 1460])
    expect(classed(body.join("\r\n"), { form: "multipart", boundary: "b", size })).toEqual({ "national-id-lu": 1, "image-png": 1 });
});

test("no more is looked at than the budget allows", () => {
  const scan = new ContentScan(new Classes(100, new Int32Array(2)));
  scan.begin(0, "plain", undefined);
  const bytes = Buffer.from(`${"x ".repeat(60)}${LU} `);
  scan.read(0, bytes, 0, bytes.length);
  expect([scan.isOpen(0), scan.hasBudget(0), scan.content(1)]).toEqual([false, false, []]);
});

test("each side has a budget of its own, and its end is told once", () => {
  const scan = new ContentScan(new Classes(100, new Int32Array(2)));
  const page = Buffer.alloc(500, "word ");
  const upload = Buffer.from(`${LU} `);
  scan.begin(1, "plain", undefined);
  scan.read(1, page, 0, page.length);
  expect([scan.hasBudget(1), scan.takeEnd(), scan.takeEnd()]).toEqual([false, true, false]);
  scan.begin(0, "plain", undefined);
  scan.read(0, upload, 0, upload.length);
  scan.end(0);
  expect([scan.content(1), scan.takeEnd()]).toEqual([[{ label: "national-id-lu", count: 1 }], false]);
});

test("what is offered aside leaves the content under way as it is", () => {
  const scan = new ContentScan(classes);
  const [first, second, aside] = [LU.slice(0, 6), `${LU.slice(6)} `, FR].map((text) => Buffer.from(text));
  scan.begin(0, "plain", undefined);
  scan.read(0, first, 0, first.length);
  expect(scan.readAside(0, aside, 0, aside.length)).toBe(true);
  scan.read(0, second, 0, second.length);
  scan.end(0);
  expect(scan.content(1)).toEqual([
    { label: "national-id-lu", count: 1 },
    { label: "national-id-fr", count: 1 },
  ]);
});

test("who sent it", () => {
  const scan = new ContentScan(classes);
  const bytes = Buffer.from(`${LU} `);
  for (const side of [0, 1] as const) {
    scan.begin(side, "plain", undefined);
    scan.read(side, bytes, 0, bytes.length);
    scan.end(side);
  }
  expect(scan.content(1)).toEqual([{ label: "national-id-lu", count: 2, fromResponder: 1 }]);
});
