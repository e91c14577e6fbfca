import { describe, expect, it } from "vitest";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { type PayloadReader, REPORT, TURN, WATCH_INITIATOR, WATCH_RESPONDER } from "../../../src/model/payload.ts";
import { ethernet, ipv4, MAC_A, MAC_B, type Packet, TCP, tcp, udp } from "../decode/frames.ts";
import { at, runAll } from "./flow-runs.ts";

const { syn, ack } = TCP;
const BOTH = WATCH_INITIATOR | WATCH_RESPONDER;

/** A reader that answers as told and remembers what it was given. */
function scripted(begin: number, answers: number[] = [], facts?: FlowFacts) {
  const seen: { text: string; isFromInitiator: boolean; offset: number; missing: number; ports: number[] }[] = [];
  const calls: string[] = [];
  const reader: PayloadReader = {
    begin: (transport) => {
      calls.push(`begin ${transport}`);
      return begin;
    },
    read(slice) {
      seen.push({
        text: slice.bytes.toString("latin1", slice.start, slice.end),
        isFromInitiator: slice.isFromInitiator,
        offset: slice.streamOffset,
        missing: slice.missing,
        ports: [slice.initiatorPort, slice.responderPort],
      });
      return answers.shift() ?? begin;
    },
    turned: (slot) => calls.push(`turned ${slot}`),
    ended: (slot, initiatorPort, responderPort) => calls.push(`ended ${slot} ${initiatorPort} ${responderPort}`),
    factsOf: () => facts,
    gapsOf: () => 0,
    forget: (slot) => calls.push(`forget ${slot}`),
  };
  return { reader, seen, calls, texts: () => seen.map(({ text }) => text) };
}

function stream(isUp: boolean, flags: number, seq: number, text = "", more: Partial<Packet> = {}): Packet {
  const bytes = tcp(isUp ? 40_000 : 443, isUp ? 443 : 40_000, flags, { seq, payload: Buffer.from(text) });
  const ip = ipv4(bytes, { protocol: 6, ...(isUp ? {} : { from: "192.0.2.9", to: "10.0.0.1" }) });
  return { frame: ethernet(0x0800, ip, isUp ? {} : { from: MAC_B, to: MAC_A }), ...more };
}
const datagram = (isUp: boolean, text: string): Packet => {
  const bytes = udp(isUp ? 5000 : 6000, isUp ? 6000 : 5000, Buffer.from(text));
  return { frame: ethernet(0x0800, ipv4(bytes, isUp ? {} : { from: "192.0.2.9", to: "10.0.0.1" })) };
};
const opening = [stream(true, syn, 99), stream(false, syn | ack, 499), stream(true, ack, 100)];

describe("payload goes to the reader", () => {
  it("placed in its stream, with the sides told apart", () => {
    const { reader, seen, calls } = scripted(BOTH);
    runAll(
      [
        ...opening,
        stream(true, ack, 100, "ask"),
        stream(false, ack, 500, "ans"),
        stream(true, ack, 103, "ing"),
        stream(false, ack, 503, "wer"),
      ],
      {},
      reader,
    );
    expect(seen.map(({ text, isFromInitiator, offset }) => [text, isFromInitiator, offset])).toEqual([
      ["ask", true, 0],
      ["ans", false, 0],
      ["ing", true, 3],
      ["wer", false, 3],
    ]);
    expect(seen[1].ports).toEqual([40_000, 443]);
    expect(calls).toEqual(["begin 6", "ended 1 40000 443", "forget 1"]);
  });

  it("sequence numbers that pass through zero, and data in the SYN", () => {
    const { reader, seen } = scripted(BOTH);
    runAll([stream(true, syn, -3, "abc"), stream(true, ack, 1, "def")], {}, reader);
    expect(seen.map(({ text, offset }) => [text, offset])).toEqual([
      ["abc", 0],
      ["def", 3],
    ]);
  });

  it("midstream, from the first byte seen on: what lies before is left out", () => {
    const { reader, seen } = scripted(BOTH);
    runAll([stream(true, ack, 1000, "now"), stream(true, ack, 990, "before"), stream(true, ack, 996, "overlap")], {}, reader);
    expect(seen.map(({ text, offset }) => [text, offset])).toEqual([
      ["now", 0],
      ["lap", 0],
    ]);
  });

  it("answered twice with another sequence number: from where the later answer says", () => {
    const { reader, seen } = scripted(BOTH);
    runAll(
      [
        stream(true, syn, 99),
        stream(false, syn | ack, 7000),
        stream(false, syn | ack, 499),
        stream(true, ack, 100, "ask"),
        stream(false, ack, 500, "answer"),
        stream(false, syn | ack, 900),
        stream(false, ack, 506, "more"),
      ],
      {},
      reader,
    );
    expect(seen.map(({ text, offset }) => [text, offset])).toEqual([
      ["ask", 0],
      ["answer", 0],
      ["more", 6],
    ]);
  });

  it("only of the sides that are watched, and no more when settled", () => {
    const one = scripted(WATCH_RESPONDER);
    runAll([datagram(true, "a"), datagram(false, "b"), datagram(true, "c"), datagram(false, "d")], {}, one.reader);
    expect(one.texts()).toEqual(["b", "d"]);
    const settled = scripted(BOTH, [BOTH, 0]);
    runAll([datagram(true, "a"), datagram(false, "b"), datagram(true, "c"), datagram(false, "d")], {}, settled.reader);
    expect(settled.texts()).toEqual(["a", "b"]);
  });

  it("says what the snap length took, and counts it", () => {
    const { reader, seen } = scripted(BOTH);
    const packet = stream(true, ack, 1, "abcdef");
    runAll([{ ...packet, captured: packet.frame.length - 4 }], {}, reader);
    expect(seen).toMatchObject([{ text: "ab", missing: 4 }]);
  });

  it("no payload of fragments", () => {
    const { reader, seen } = scripted(BOTH);
    runAll([{ frame: ethernet(0x0800, ipv4(udp(1, 2), { fragment: 0x2000 })) }], {}, reader);
    expect(seen).toEqual([]);
  });
});

describe("what the reader asks for", () => {
  it("turns a flow once, with its counters, MACs and ports", () => {
    const { reader, calls, seen } = scripted(BOTH, [BOTH | TURN, BOTH | TURN, BOTH]);
    const [flow] = runAll([datagram(true, "answer"), datagram(false, "question"), datagram(true, "more")], {}, reader);
    expect(flow).toMatchObject({
      from: "192.0.2.9",
      to: "10.0.0.1",
      ports: [6000, 5000],
      packets: [1, 2],
      macs: [0x0b, 0x0a],
      by: "dissector",
    });
    expect(calls.filter((call) => call.startsWith("turned"))).toEqual(["turned 1"]);
    expect(seen.map(({ isFromInitiator }) => isFromInitiator)).toEqual([true, true, false]);
  });

  it("does not turn against a handshake", () => {
    const { reader, calls } = scripted(BOTH, [BOTH | TURN]);
    expect(runAll([...opening, stream(true, ack, 100, "x")], {}, reader)).toMatchObject([{ from: "10.0.0.1", by: "syn" }]);
    expect(calls).not.toContain("turned 1");
  });

  it("reports a flow at once, with its facts", () => {
    const facts: FlowFacts = { protocols: ["dns"] };
    const { reader } = scripted(BOTH, [BOTH, BOTH | REPORT], facts);
    const records = runAll([datagram(true, "a"), datagram(false, "b"), datagram(true, "c")], {}, reader);
    expect(records).toMatchObject([
      { kind: "learned", packets: [1, 1], new: [1, 1, 43, 43], facts },
      { kind: "closed", packets: [2, 1], new: [1, 0, 43, 0], facts },
    ]);
  });

  it("early, the first such report is the announcement", () => {
    const { reader } = scripted(BOTH, [BOTH | REPORT, BOTH | REPORT]);
    expect(runAll([datagram(true, "a"), datagram(false, "b")], { isEarly: true }, reader).map(({ kind }) => kind)).toEqual([
      "opened",
      "learned",
      "closed",
    ]);
  });
});

it("times are of the packet", () => {
  expect(runAll([{ ...datagram(true, "a"), micros: at(5) }])[0].seconds).toEqual([5, 5]);
});
