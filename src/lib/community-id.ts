import type { FlowView } from "../model/flow.ts";
import { isV4 } from "./ip.ts";
import { sha1Block } from "./sha1.ts";
import { hasPorts, ICMP, ICMP6 } from "./transports.ts";

/** Two ICMP types that ask and answer each other share one flow (Community ID v1, "ICMP handling"). */
const ICMP_PAIRS = pairs([8, 0], [13, 14], [15, 16], [17, 18], [10, 9]);
const ICMP6_PAIRS = pairs([128, 129], [133, 134], [135, 136], [130, 131], [139, 140], [144, 145]);

const message = new Uint8Array(64);
const digest = Buffer.alloc(20);

/**
 * Community ID v1, seed 0, of a flow (https://github.com/corelight/community-id-spec): SHA-1 over seed, lesser end, greater
 * end, protocol, padding, ports; "1:" and Base64. SHA-1 is what the specification says; nothing secret hangs on it.
 */
export function communityId(view: FlowView): string {
  const { transport } = view;
  const withPorts = transport !== 33 && transport !== 136 && hasPorts(view);
  const isFirstInitiator = isInitiatorFirst(view, withPorts);
  // Two bytes of seed, which is 0.
  let at = 2;
  at = putAddress(view, isFirstInitiator, at);
  at = putAddress(view, !isFirstInitiator, at);
  message[at] = transport;
  message[at + 1] = 0;
  at += 2;
  if (withPorts) {
    const first = isFirstInitiator ? view.initiatorPort : view.responderPort;
    const second = isFirstInitiator ? view.responderPort : view.initiatorPort;
    message[at] = first >>> 8;
    message[at + 1] = first;
    message[at + 2] = second >>> 8;
    message[at + 3] = second;
    at += 4;
  }
  sha1Block(message, at, digest);
  return `1:${digest.toString("base64")}`;
}

function isInitiatorFirst(view: FlowView, withPorts: boolean): boolean {
  const { transport, initiatorPort, responderPort } = view;
  if (withPorts && (transport === ICMP || transport === ICMP6)) {
    const table = transport === ICMP ? ICMP_PAIRS : ICMP6_PAIRS;
    if (table[initiatorPort & 255] !== responderPort + 1) return true;
  }
  for (let n = 0; n < 4; n += 1) {
    const a = view.initiatorWord(n);
    const b = view.responderWord(n);
    if (a !== b) return a >>> 0 < b >>> 0;
  }
  return initiatorPort <= responderPort;
}

function putAddress(view: FlowView, isInitiator: boolean, start: number): number {
  const word = (n: number) => (isInitiator ? view.initiatorWord(n) : view.responderWord(n));
  let at = start;
  for (let n = view.ipVersion === 4 && isV4(word(0), word(1), word(2)) ? 3 : 0; n < 4; n += 1) {
    const w = word(n);
    message[at] = w >>> 24;
    message[at + 1] = w >>> 16;
    message[at + 2] = w >>> 8;
    message[at + 3] = w;
    at += 4;
  }
  return at;
}

/** The type that answers, or is answered by, an ICMP or ICMPv6 message of this type; undefined when it has no counterpart. */
export function icmpAnswer(transport: number, type: number): number | undefined {
  const other = (transport === ICMP ? ICMP_PAIRS : ICMP6_PAIRS)[type & 255];
  return other === 0 ? undefined : other - 1;
}

/** By type: the other type plus one, 0 when it has none. */
function pairs(...list: [number, number][]): Uint16Array {
  const table = new Uint16Array(256);
  for (const [ask, answer] of list) {
    table[ask] = answer + 1;
    table[answer] = ask + 1;
  }
  return table;
}
