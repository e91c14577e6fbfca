import { expect, test } from "vitest";
import { mqttConnect, mqttConnectAck } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

test.each([
  ["3.1", mqttConnect({ name: "MQIsdp", level: 3, client: "pump-7" }), true],
  ["3.1.1", mqttConnect({ client: "pump-7" }), true],
  ["3.1.1", mqttConnect({ level: 0x84 }), false],
  ["5.0", mqttConnect({ level: 5, client: "pump-7", properties: Buffer.from([0x11, 0, 0, 0, 9]) }), true],
] as const)("a client of version %s", (version, connect, clientIdPresent) => {
  for (const size of [1, 6, 100]) {
    const play = new Play(6, 50_001).send(...segments(ask(connect), size), answer(mqttConnectAck()));
    expect(play.facts).toEqual({ protocols: ["mqtt"], mqtt: { version, clientIdPresent } });
    expect(play.bits.at(-1)! & 3).toBe(0);
  }
});

test("an answer alone, from the responder", () => {
  const play = new Play(6, 50_001).send(ask(Buffer.from([0x20, 3, 0, 0x87, 0])));
  expect(play.facts).toEqual({ protocols: ["mqtt"] });
  expect(play.isTurned).toBe(true);
});

test.each([
  ["another name", mqttConnect({ name: "MQTX" })],
  ["a version that there is not", mqttConnect({ level: 6 })],
  ["an endless length", Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 4])],
  ["an answer that is none", mqttConnectAck(9)],
])("not MQTT: %s", (_title, bytes) => {
  expect(new Play(6, 1883).send(ask(bytes)).facts).toBeUndefined();
});

test.each([
  ["a ping", Buffer.from([0xc0, 0])],
  ["a message of a topic", Buffer.concat([Buffer.from([0x32, 13, 0, 3]), Buffer.from("a/b"), Buffer.from([0, 2]), Buffer.from("secret")])],
  ["a subscription", Buffer.from([0x82, 8, 0, 1, 0, 3, 0x61, 0x2f, 0x62, 0])],
])("a connection whose begin was not seen, by %s", (_what, bytes) => {
  expect(new Play(6, 50_001).send(ask(bytes)).facts).toEqual({ protocols: ["mqtt"] });
  expect(new Play(6, 50_001).send(ask(Buffer.concat([bytes, Buffer.from([9])]))).facts).toBeUndefined();
});
