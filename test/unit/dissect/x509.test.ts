import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { readCertificate } from "../../../src/dissect/x509.ts";
import { type CertificateParts, certificate, der, PRINTABLE } from "../../fuzz/tls-seeds.mjs";

const read = (bytes: Buffer) => readCertificate(Buffer.concat([Buffer.alloc(7, 0xee), bytes, Buffer.alloc(9, 0xee)]), 7, 7 + bytes.length);
const of = (parts: CertificateParts) => read(certificate(parts))!;

test("names, dates and alternative names", () => {
  expect(of({ names: ["WWW.Example.org", "*.example.net", "www.example.org"] })).toEqual({
    subject: { text: "CN=www.example.org", commonName: "www.example.org" },
    issuer: { text: "CN=Example CA,C=LU", commonName: "Example CA" },
    notBefore: "2025-01-02T03:04:05Z",
    notAfter: "2026-01-02T03:04:05Z",
    alternativeNames: ["www.example.org", "*.example.net"],
    droppedNames: 0,
  });
});

test("the builder's certificate is one: node:crypto reads the same dates and alternative names", () => {
  const bytes = certificate({ names: ["a.example", "b.example"] });
  const theirs = new X509Certificate(bytes);
  const ours = read(bytes)!;
  expect(new Date(ours.notAfter).getTime()).toBe(new Date(theirs.validTo).getTime());
  expect(theirs.subjectAltName).toBe("IP Address:192.0.2.1, DNS:a.example, DNS:b.example");
  expect(ours.alternativeNames).toEqual(["a.example", "b.example"]);
});

const names: [title: string, subject: NonNullable<CertificateParts["subject"]>, text: string][] = [
  ["the last part first", [[["2.5.4.6", "LU", PRINTABLE]], [["2.5.4.10", "Ünï"]], [["2.5.4.3", "x"]]], "CN=x,O=Ünï,C=LU"],
  [
    "several in one part",
    [
      [
        ["2.5.4.3", "x"],
        ["2.5.4.5", "7", PRINTABLE],
      ],
    ],
    "CN=x+serialNumber=7",
  ],
  ["what has a meaning", [[["2.5.4.10", ' #a"+,;<>\\ ']]], 'O=\\ #a\\"\\+\\,\\;\\<\\>\\\\\\ '],
  ["a sharp in front", [[["2.5.4.10", "#a#"]]], "O=\\#a#"],
  ["what cannot be printed", [[["2.5.4.10", "a\u0000\nb\u0085"]]], "O=a\\00\\0Ab\\C2\\85"],
  ["a type without a name", [[["1.2.3.4", "x"]]], "1.2.3.4=#0c0178"],
  ["a value that is no text", [[["2.5.4.3", Buffer.from([1, 2]), 3]]], "CN=#03020102"],
  ["two bytes a letter", [[["2.5.4.3", Buffer.from("00410042", "hex"), 30]]], "CN=AB"],
  ["no parts", [], ""],
];
test.each(names)("a name: %s", (_title, subject, text) => {
  expect(of({ subject }).subject.text).toBe(text);
});

const dates: [written: string, tag: number, told: string][] = [
  ["500101000000Z", 23, "1950-01-01T00:00:00Z"],
  ["491231235959Z", 23, "2049-12-31T23:59:59Z"],
  ["2501020304Z", 23, "2025-01-02T03:04:00Z"],
  ["250102030405+0200", 23, "2025-01-02T01:04:05Z"],
  ["20500101000000Z", 24, "2050-01-01T00:00:00Z"],
  ["99991231235959Z", 24, "9999-12-31T23:59:59Z"],
  ["20250102030405.5Z", 24, "2025-01-02T03:04:05Z"],
  ["251302030405Z", 23, ""],
  ["20250102030405Z", 23, ""],
  ["250102030405", 23, ""],
  ["tomorrow", 23, ""],
];
test.each(dates)("the date %s (tag %i) is %s", (written, tag, told) => {
  const validity = [der(23, Buffer.from("250102030405Z")), der(tag, Buffer.from(written))];
  expect(of({ validity }).notAfter).toBe(told);
});

test("version 1 has no extensions; an extension may be critical", () => {
  expect(of({ isFirstVersion: true }).subject.text).toBe("CN=www.example.org");
  expect(of({ names: ["a.example"], isCritical: true }).alternativeNames).toEqual(["a.example"]);
});

test("beyond 256 alternative names they are counted", () => {
  const { alternativeNames, droppedNames } = of({ names: Array.from({ length: 300 }, (_, n) => `n${n}.example`) });
  expect([alternativeNames.length, droppedNames]).toEqual([256, 44]);
});

test("of a certificate that is cut, what there is", () => {
  const bytes = certificate({ names: ["a.example", "b.example"] });
  const cutAt = bytes.indexOf("b.example");
  expect(read(bytes.subarray(0, cutAt))).toMatchObject({ notAfter: "2026-01-02T03:04:05Z", alternativeNames: ["a.example"] });
});

test("cut anywhere, or with any byte changed, it is read without an exception", () => {
  const bytes = certificate({ names: ["a.example"] });
  for (let at = 0; at < bytes.length; at += 1) {
    read(bytes.subarray(0, at));
    for (const value of [0, 0x7f, 0x80, 0x84, 0xff]) {
      const changed = Buffer.from(bytes);
      changed[at] = value;
      read(changed);
    }
  }
  expect(read(Buffer.alloc(0))).toBeUndefined();
  expect(read(Buffer.from("hello, world"))).toBeUndefined();
});
