import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
import { auditMessage, countedSyslog, lineSyslog, syslogMessage } from "../../../fuzz/content-seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const classes = createClasses(64, () => {});
const BE = "85073003328";
const LU = "1893120105732";
const old = Buffer.from("<34>Oct 11 22:14:15 host su: 'su root' failed");
const whole = syslogMessage("started");

test.each([
  ["RFC 5424", 50_001, whole],
  ["RFC 5424 without a time", 50_001, syslogMessage("x", { time: "-" })],
  ["RFC 3164", 50_001, old],
  ["on its port a text after the priority", 514, Buffer.from("<190>%SYS-5-CONFIG_I: configured")],
])("a datagram: %s", (_what, port, bytes) => {
  expect(new Play(17, port).send(ask(bytes)).facts).toEqual({ protocols: ["syslog"] });
});

test.each([
  ["a priority that there is none of", 514, Buffer.from("<192>Oct 11 22:14:15 host su: x")],
  ["four digits", 514, Buffer.from("<0034>Oct 11 22:14:15 host su: x")],
  ["no priority", 514, Buffer.from("<>Oct 11 22:14:15 host su: failed")],
  ["no time, on another port", 50_001, Buffer.from("<34>hello to everybody who is here")],
  ["a month that there is none of", 50_001, Buffer.from("<34>Okt 11 22:14:15 host su: x")],
  ["a length before it", 514, countedSyslog(whole)],
])("no datagram of it: %s", (_what, port, bytes) => {
  expect(new Play(17, port).send(ask(bytes)).facts).toBeUndefined();
});

const frames: [what: string, frame: (message: Buffer) => Buffer][] = [
  ["a length before each message", countedSyslog],
  ["a line feed after each message", lineSyslog],
];
test.each(frames)("a stream, %s", (_what, frame) => {
  const bytes = Buffer.concat([frame(whole), frame(old), frame(syslogMessage(`niss ${BE} `)), frame(syslogMessage(LU))]);
  for (const size of [1, 11, 2000]) {
    const play = new Play(6, 50_001, { classes }).send(...segments(ask(bytes), size));
    expect(play.facts, `${size}`).toEqual({
      protocols: ["syslog"],
      content: [
        { label: "national-id-lu", count: 1 },
        { label: "national-id-be", count: 1 },
      ],
    });
    expect(play.dissection.counters().bytesKept).toBe(0);
  }
});

test.each(frames)("no number goes on in the next message: %s", (_what, frame) => {
  const bytes = Buffer.concat([frame(syslogMessage(`x ${LU.slice(0, 6)}`)), frame(Buffer.from(`<34>${LU.slice(6)} x`))]);
  expect(new Play(6, 601, { classes }).send(ask(bytes)).facts).toEqual({ protocols: ["syslog"] });
});

test.each([
  ["another service's greeting", "220 <a@mx.example> ready\r\n"],
  ["a page", "<html><body>1 2026-01-01</body></html>"],
  ["a number and a tag", "12 <b>1 2026-01-01T00:00:00Z"],
  ["a length that begins with zero", "012 <34>1 2026-01-01T00:00:00Z x"],
  ["a priority and another text", "<34>hello to everybody who is here"],
])("no stream of it: %s", (_what, text) => {
  expect(new Play(6, 50_001).send(ask(Buffer.from(text))).facts?.protocols ?? []).not.toContain("syslog");
});

test("without a look at content the first message is enough", () => {
  for (const transport of [6, 17] as const) {
    const play = new Play(transport, 514).send(ask(lineSyslog(whole)));
    expect([play.facts, play.bits[0] & 1]).toEqual([{ protocols: ["syslog"] }, 0]);
  }
});

const audits: [what: string, message: Buffer, content: object[] | undefined][] = [
  ["DICOM's", syslogMessage(auditMessage(["11^^^H", BE]), { id: "IHE+DICOM" }), [{ label: "atna-patient", count: 2 }]],
  ["RFC 3881's", syslogMessage(auditMessage(["11"], { code: "code" }), { id: "IHE+RFC-3881" }), [{ label: "atna-patient", count: 1 }]],
  ["by its body alone", Buffer.from(`<85>Oct 11 22:14:15 host ${auditMessage(["11"])}`), [{ label: "atna-patient", count: 1 }]],
  ["of a user and no patient", syslogMessage(auditMessage(["11"], { role: 11 }), { id: "IHE+DICOM" }), undefined],
  ["of a patient by another kind of number", syslogMessage(auditMessage(["11"], { type: 9 }), { id: "IHE+DICOM" }), undefined],
];
test.each(audits)("an audit message: %s", (_what, message, content) => {
  const more = content?.length === 1 && message.includes(BE) ? [{ label: "national-id-be", count: 1 }] : [];
  const facts = { protocols: ["syslog", "atna"], ...(content && { content: [...content, ...more] }) };
  expect(new Play(17, 514, { classes }).send(ask(message)).facts).toEqual(facts);
  for (const [, frame] of frames)
    for (const size of [1, 100, 5000])
      expect(new Play(6, 601, { classes }).send(...segments(ask(frame(message)), size)).facts, `${size}`).toEqual(facts);
});

test("a log that speaks of one is none", () => {
  const message = syslogMessage("sent AuditMessage to IHE+DICOMS", { id: "IHE-DICOM" });
  expect(new Play(17, 514, { classes }).send(ask(message)).facts).toEqual({ protocols: ["syslog"] });
});

test("who sends asks, and the look is used up some time", () => {
  const play = new Play(17, 50_002, { classes: createClasses(1, () => {}) }).send(answer(whole));
  expect(play.isTurned).toBe(true);
  for (let n = 0; n < 40; n += 1) play.send(answer(whole));
  expect(play.bits.at(-1)! & 3).toBe(0);
});
