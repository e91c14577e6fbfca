import { expect, test } from "vitest";
import type { DissectionOptions } from "../../../src/dissect/reader.ts";
import { parseAddress } from "../../../src/lib/ip.ts";
import { ASKED, applicationData, changeCipherSpec, clientHello, dnsMessage, ipv4, record, serverHello } from "../../fuzz/seeds.mjs";
import { answer, ask, Play } from "./play.ts";

const names: DissectionOptions = { detail: "names", isEarly: false };
const asks = (id: number, name: string) => ask(dnsMessage({ id, questions: [[name, 1]] }));
const tells = (id: number, name: string, address: string) =>
  answer(dnsMessage({ id, isAnswer: true, questions: [[name, 1]], answers: [[ASKED, 1, 60, ipv4(address)]] }));
const told = (play: Play) => play.facts?.resolved?.map(({ name, addresses }) => [name, addresses]);

function handshake(options: DissectionOptions): Play {
  return new Play(6, 443, options).send(
    ask(record(22, clientHello({ name: "a.example", alpn: ["h2"] }))),
    answer(Buffer.concat([record(22, serverHello({ version: 0x0304, cipher: 0x1302 })), changeCipherSpec, applicationData()])),
    ask(Buffer.concat([changeCipherSpec, applicationData()])),
  );
}

test("TLS, names: what is judged by, as in full detail, and nothing that documents alone show", () => {
  const play = handshake(names);
  const whole = handshake({ isEarly: false });
  expect(play.facts).toEqual({
    protocols: ["tls"],
    names: [{ name: "a.example", source: "sni" }],
    tls: {
      version: "1.3",
      versionProtocol: "tls",
      cipher: "TLS_AES_256_GCM_SHA384",
      established: true,
      client: { serverName: "a.example" },
    },
  });
  expect(whole.facts).toMatchObject(play.facts!);
  expect(play.bits).toEqual(whole.bits);
  expect(play.dissection.counters()).toEqual(whole.dissection.counters());
});

test.each(["names", "all"] as const)("DNS, %s: what an answer told goes with its report and is no fact that stays", (detail) => {
  const play = new Play(17, 53, { detail }).send(asks(1, "a.example"), tells(1, "a.example", "192.0.2.1"));
  expect(play.bits).toEqual([3, 11]);
  expect(told(play)).toEqual([["a.example", parseAddress("192.0.2.1")]]);
  const asked = { name: "a.example", type: "A" };
  expect(play.facts?.dns?.questions).toEqual([detail === "names" ? asked : { ...asked, responseCode: "NOERROR", answers: ["192.0.2.1"] }]);
  play.dissection.forget(play.slot);
  expect(play.facts).toBeUndefined();
});

test.each(["names", "all"] as const)("DNS, %s: a flow goes on after a rest as if there had been none", (detail) => {
  const play = new Play(17, 53, { detail }).send(asks(1, "a.example"), tells(1, "a.example", "192.0.2.1"));
  const reported = play.facts;
  play.send(tells(1, "a.example", "203.0.113.66"), asks(1, "a.example"), tells(1, "a.example", "203.0.113.66"));
  expect(play.bits.slice(2)).toEqual([3, 3, 3]);
  expect(play.dissection.losses.of("dns_unasked")).toBe(0);
  play.send(tells(2, "b.example", "203.0.113.66"));
  expect(play.dissection.losses.of("dns_unasked")).toBe(1);
  play.send(asks(3, "b.example"), tells(3, "b.example", "192.0.2.2"));
  expect(told(play)).toEqual([["b.example", parseAddress("192.0.2.2")]]);
  expect(reported?.resolved).toHaveLength(1);
  expect(play.dissection.counters()).toMatchObject({ recognised: 8, unrecognised: 0 });
});

test("a flow that was turned is so after its rest", () => {
  const play = new Play(17, 53, names).send(
    answer(dnsMessage({ id: 1, questions: [["a.example", 1]] })),
    ask(dnsMessage({ id: 1, isAnswer: true, questions: [["a.example", 1]], answers: [[ASKED, 1, 60, ipv4("192.0.2.1")]] })),
    answer(dnsMessage({ id: 2, questions: [["b.example", 1]] })),
    ask(dnsMessage({ id: 2, isAnswer: true, questions: [["b.example", 1]], answers: [[ASKED, 1, 60, ipv4("192.0.2.2")]] })),
  );
  expect(play.bits.map((bits) => bits & 12)).toEqual([4, 8, 0, 8]);
});

test("facts that several flows share are never written to", () => {
  const play = new Play(17, 53, names).send(asks(1, "a.example"), tells(1, "a.example", "192.0.2.1"));
  play.sendTo(4, asks(5, "c.example")).sendTo(4, tells(5, "c.example", "192.0.2.3"));
  play.sendTo(4, ask(dnsMessage({ id: 6, questions: [["2.dnscrypt-cert.resolver.example", 16]] })));
  expect(play.dissection.factsOf(4)?.protocols).toEqual(["dns", "dnscrypt"]);
  expect(play.dissection.factsOf(play.slot)?.protocols).toEqual(["dns"]);
});
