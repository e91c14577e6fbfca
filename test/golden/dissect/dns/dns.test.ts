import { decode, encode, type Packet as Message } from "dns-packet";
import { expect, test } from "vitest";
import { parseAddress } from "../../../../src/lib/ip.ts";
import { ASKED, dnsMessage, dnsName, ipv4, netbiosLabel, overTcp } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const words = (address: string) => parseAddress(address)!;

const question = [["www.Example.org", 1]] as const;
const query = dnsMessage({ id: 7, questions: question });
const chain = dnsMessage({
  id: 7,
  isAnswer: true,
  questions: question,
  answers: [
    ["edge.example.net", 1, 90, ipv4("192.0.2.9")],
    [ASKED, 5, 60, dnsName("Edge.example.net")],
    ["edge.example.net", 1, 30, ipv4("192.0.2.10")],
    ["other.example", 1, 1, ipv4("203.0.113.1")],
  ],
});

test("a question and its answer: the chain is followed, in whatever order, and nothing else is believed", () => {
  const play = new Play(17, 53).send(ask(query), answer(chain));
  expect(play.facts).toEqual({
    protocols: ["dns"],
    dns: {
      questions: [
        {
          name: "www.example.org",
          type: "A",
          responseCode: "NOERROR",
          answers: ["192.0.2.9", "edge.example.net", "192.0.2.10", "203.0.113.1"],
        },
      ],
    },
    resolved: [
      {
        name: "www.example.org",
        addresses: [...words("192.0.2.9"), ...words("192.0.2.10")],
        aliases: ["edge.example.net"],
        ttlSeconds: 30,
        atMicros: 2000,
      },
    ],
  });
  expect(play.bits).toEqual([3, 11]);
});

test("an answer that nobody asked for is listed, counted and never believed", () => {
  for (const play of [
    new Play(17, 53).send(answer(chain)),
    new Play(17, 53).send(ask(dnsMessage({ id: 8, questions: question })), answer(chain)),
    new Play(17, 53).send(ask(dnsMessage({ id: 7, questions: [["www.example.net", 1]] })), answer(chain)),
    new Play(17, 53).send(answer(query), answer(chain)),
  ]) {
    expect(play.facts?.resolved).toBeUndefined();
    expect(play.dissection.losses.of("dns_unasked")).toBe(1);
    expect(play.facts?.dns?.questions.map(({ name }) => name)).toContain("www.example.org");
  }
});

test("the first answer counts, a second one changes nothing", () => {
  const other = dnsMessage({ id: 7, isAnswer: true, questions: question, answers: [[ASKED, 1, 5, ipv4("198.51.100.66")]] });
  const play = new Play(17, 53).send(ask(query), answer(chain));
  expect(play.facts?.resolved).toHaveLength(1);
  play.send(answer(other), ask(query), answer(other));
  expect(play.facts?.resolved).toBeUndefined();
  expect(play.bits).toEqual([3, 11, 3, 3, 3]);
  expect(play.dissection.losses.of("dns_unasked")).toBe(0);
});

test("each report carries what is new, and leaves earlier ones as they were", () => {
  const play = new Play(17, 53).send(ask(query), answer(chain));
  const first = play.facts;
  const again = [["b.example", 1]] as const;
  play.send(
    ask(dnsMessage({ id: 9, questions: again })),
    answer(dnsMessage({ id: 9, isAnswer: true, questions: again, answers: [[ASKED, 1, 5, ipv4("192.0.2.77")]] })),
  );
  expect(first?.resolved?.map(({ name }) => name)).toEqual(["www.example.org"]);
  expect(play.facts?.resolved?.map(({ name }) => name)).toEqual(["b.example"]);
  expect(play.facts?.dns?.questions).toHaveLength(2);
});

test.each([
  [0, "NOERROR"],
  [2, "SERVFAIL"],
  [3, "NXDOMAIN"],
  [15, "RCODE15"],
])("response code %i", (code, word) => {
  const play = new Play(17, 53).send(ask(query), answer(dnsMessage({ id: 7, isAnswer: true, code, questions: question })));
  expect(play.facts?.dns?.questions).toEqual([{ name: "www.example.org", type: "A", responseCode: word }]);
});

const encoded: [title: string, message: Message, answers: string[]][] = [
  ["AAAA", { questions: [{ name: "a.b", type: "AAAA" }], answers: [{ name: "a.b", type: "AAAA", data: "2001:db8::1" }] }, ["2001:db8::1"]],
  [
    "MX",
    { questions: [{ name: "a.b", type: "MX" }], answers: [{ name: "a.b", type: "MX", data: { preference: 1, exchange: "mx.a.b" } }] },
    ["mx.a.b"],
  ],
  [
    "SRV",
    { questions: [{ name: "a.b", type: "SRV" }], answers: [{ name: "a.b", type: "SRV", data: { port: 1, target: "s.a.b" } }] },
    ["s.a.b"],
  ],
  ["PTR", { questions: [{ name: "a.b", type: "PTR" }], answers: [{ name: "a.b", type: "PTR", data: "h.a.b" }] }, ["h.a.b"]],
  ["NS", { questions: [{ name: "a.b", type: "NS" }], answers: [{ name: "a.b", type: "NS", data: "ns.a.b" }] }, ["ns.a.b"]],
  ["TXT", { questions: [{ name: "a.b", type: "TXT" }], answers: [{ name: "a.b", type: "TXT", data: "secret" }] }, []],
];
test.each(encoded)("%s as another implementation writes it", (type, message, answers) => {
  const asked = encode({ ...message, answers: [], type: "query", id: 5 });
  const told = encode({ ...message, type: "response", id: 5 });
  expect(decode(told).questions?.[0].type).toBe(type);
  const play = new Play(17, 53).send(ask(asked), answer(told));
  expect(play.facts?.dns?.questions[0]).toMatchObject({ name: "a.b", type, ...(answers.length > 0 ? { answers } : {}) });
  expect(JSON.stringify(play.facts)).not.toContain("secret");
});

test("types without a name, and the root", () => {
  const play = new Play(17, 53).send(ask(dnsMessage({ questions: [["", 2]] })), ask(dnsMessage({ questions: [["x.example", 12_345]] })));
  expect(play.facts?.dns?.questions).toEqual([
    { name: ".", type: "NS" },
    { name: "x.example", type: "TYPE12345" },
  ]);
});

test("labels cannot pretend to be several: dots and controls inside one are written out", () => {
  const name = [Buffer.from("bank.example"), Buffer.from([7]), "evil"];
  expect(new Play(17, 53).send(ask(dnsMessage({ questions: [[name, 1]] }))).facts?.dns?.questions[0].name).toBe(
    "bank\\x2eexample.\\x07.evil",
  );
});

const brokenNames: [title: string, name: Buffer][] = [
  ["a pointer to itself", Buffer.from([0xc0, 0x0c])],
  ["a pointer forward", Buffer.from([0xc0, 0x20])],
  ["a label over the end", Buffer.from([0x3f, 0x61])],
  ["a reserved label type", Buffer.from([0x80, 0x61, 0])],
  [
    "more than 255 bytes",
    Buffer.concat([...new Array<Buffer>(5).fill(Buffer.concat([Buffer.from([63]), Buffer.alloc(63, 0x61)])), Buffer.from([0])]),
  ],
];
test.each(brokenNames)("%s is no name", (_title, name) => {
  const play = new Play(17, 53).send(ask(query), ask(dnsMessage({ questions: [[name, 1]] })));
  expect(play.dissection.counters().malformed).toEqual({ dns_name: 1 });
});

test("over TCP: several messages in one segment, one message in several", () => {
  const two = Buffer.concat([overTcp(query), overTcp(dnsMessage({ id: 8, questions: [["b.example", 28]] }))]);
  for (const size of [1, 5, 40, 1000]) {
    const play = new Play(6, 53).send(...segments(ask(two), size), ...segments(answer(overTcp(chain)), size));
    expect(play.facts?.dns?.questions.map(({ name }) => name)).toEqual(["www.example.org", "b.example"]);
    expect(play.facts?.resolved).toHaveLength(1);
  }
});

test("on another port the structure alone must tell", () => {
  expect(new Play(17, 4053).send(ask(query)).facts?.protocols).toEqual(["dns"]);
  expect(new Play(17, 4053).send(ask(Buffer.concat([query, Buffer.from([1])]))).facts).toBeUndefined();
  expect(new Play(17, 53).send(ask(Buffer.alloc(64, 0x55))).facts).toBeUndefined();
});

test("mDNS: announcements count as questions, turn nothing and name nobody", () => {
  const announced = dnsMessage({ id: 0, flags: 0x8400, dnsClass: 0x8001, answers: [["Printer.local", 1, 120, ipv4("10.0.0.9")]] });
  const play = new Play(17, 5353).send(answer(announced));
  expect(play.facts).toEqual({
    protocols: ["mdns"],
    dns: { questions: [{ name: "printer.local", type: "A", responseCode: "NOERROR", answers: ["10.0.0.9"] }] },
  });
  expect(play.isTurned).toBe(false);
  expect(play.dissection.losses.toJSON()).toEqual({});
});

test("a DNSCrypt client that asks for its resolver's certificate is named", () => {
  const certificate = dnsMessage({ questions: [["2.dnscrypt-cert.resolver.example", 16]] });
  expect(new Play(17, 443).send(ask(certificate)).facts?.protocols).toEqual(["dns", "dnscrypt"]);
});

test("LLMNR and NBNS have their own words", () => {
  expect(new Play(17, 5355).send(ask(query)).facts?.protocols).toEqual(["llmnr"]);
  const asked = dnsMessage({ questions: [[[netbiosLabel("PACS1")], 32]], flags: 0x0110 });
  expect(new Play(17, 137).send(ask(asked)).facts).toEqual({ protocols: ["nbns"], dns: { questions: [{ name: "pacs1", type: "NB" }] } });
});

test("a query from the supposed responder turns the flow; later ones do not", () => {
  const play = new Play(17, 53).send(answer(query), ask(chain), ask(query));
  expect(play.bits.map((bits) => bits & 12)).toEqual([4, 8, 0]);
});

test("at most 256 questions are kept, the rest is counted", () => {
  const play = new Play(17, 53);
  for (let n = 0; n < 300; n += 1) play.send(ask(dnsMessage({ id: n, questions: [[`n${n}.example`, 1]] })));
  expect(play.facts?.dns?.questions).toHaveLength(256);
  expect(play.facts?.factsDropped).toBe(44);
  expect(play.dissection.losses.of("facts_dropped")).toBe(44);
});

test("a service binding that offers encrypted hellos is told, under the name that was asked", () => {
  const binding = (...parameters: number[][]) =>
    Buffer.concat([
      Buffer.from([0, 1]),
      dnsName("svc.example.net"),
      ...parameters.map(([key, ...value]) => Buffer.from([0, key, 0, value.length, ...value])),
    ]);
  const reply = (data: Buffer) =>
    answer(dnsMessage({ id: 7, isAnswer: true, questions: [["www.example.org", 65]], answers: [[ASKED, 65, 60, data]] }));
  const asked = ask(dnsMessage({ id: 7, questions: [["www.example.org", 65]] }));
  const play = new Play(17, 53).send(asked, reply(binding([1, 2, 0x68, 0x32], [5, 0, 1, 2])));
  expect(play.facts?.dns).toEqual({
    questions: [{ name: "www.example.org", type: "HTTPS", responseCode: "NOERROR", answers: ["svc.example.net"] }],
    echOffered: ["www.example.org"],
  });
  for (const data of [binding([1, 2, 0x68, 0x32]), binding([5]), binding([4, 5, 5, 5, 5])])
    expect(new Play(17, 53).send(asked, reply(data)).facts?.dns?.echOffered).toBeUndefined();
});

test("a response code that needs the bits of EDNS", () => {
  const edns = Buffer.from([0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0]);
  const message = Buffer.concat([dnsMessage({ id: 7, isAnswer: true, questions: question }), edns]);
  message.writeUInt16BE(1, 10);
  expect(new Play(17, 53).send(ask(query), answer(message)).facts?.dns?.questions[0].responseCode).toBe("BADVERS");
});

test("an inverse query asks in a record, which has no data yet", () => {
  const inverse = (flags: number) => ask(dnsMessage({ flags, answers: [["192.0.2.4", 1, 0, Buffer.alloc(0)]] }));
  const play = new Play(17, 53).send(inverse(0x0900), answer(dnsMessage({ flags: 0x8904, questions: [["192.0.2.4", 1]] })));
  expect(play.facts?.dns?.questions).toEqual([{ name: "192.0.2.4", type: "A", responseCode: "NOTIMP" }]);
  // Records of another query are updates' (RFC 2136): nothing is asked.
  expect(new Play(17, 53).send(inverse(0x2900)).facts?.dns?.questions ?? []).toEqual([]);
});
