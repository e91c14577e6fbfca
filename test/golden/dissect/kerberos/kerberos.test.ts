import { expect, test } from "vitest";
import { answer, ask, Play, segments } from "../play.ts";

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(body.length < 128 ? [tag, body.length] : [tag, 0x81, body.length]), body]);
};
const int = (n: number) => der(2, Buffer.from([n]));
const string = (value: string) => der(0x1b, Buffer.from(value));
const names = (...values: string[]) => der(0x30, der(0xa0, int(1)), der(0xa1, der(0x30, ...values.map(string))));

/** RFC 4120 §5.4.1. */
const body = der(0x30, der(0xa0, der(3, Buffer.alloc(5))), der(0xa1, names("anna")), der(0xa2, string("HOSPITAL.Example")));
const request = der(0x6a, der(0x30, der(0xa1, int(5)), der(0xa2, int(10)), der(0xa4, body)));
/** §5.4.2: up to the client's realm and name. */
const reply = der(0x6b, der(0x30, der(0xa0, int(5)), der(0xa1, int(11)), der(0xa3, string("HOSPITAL.EXAMPLE")), der(0xa4, names("anna"))));
const overTcp = (message: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, message.length]), message]);

test.each([
  ["a request", ask(request)],
  ["a reply", answer(reply)],
])("the realm of %s, over UDP and TCP; not who asks", (_what, packet) => {
  const expected = { protocols: ["kerberos"], kerberos: { realm: ["hospital.example"] } };
  expect(new Play(17, 88).send(packet).facts).toEqual(expected);
  expect(new Play(6, 50_001).send(...segments({ ...packet, bytes: overTcp(packet.bytes) }, 30)).facts).toEqual(expected);
});

test("not a sequence that ends too early, nor another version", () => {
  expect(new Play(17, 88).send(ask(request.subarray(0, -1))).facts).toBeUndefined();
  const other = der(0x6a, der(0x30, der(0xa1, int(4)), der(0xa2, int(10)), der(0xa4, body)));
  expect(new Play(17, 88).send(ask(other)).facts).toBeUndefined();
});
