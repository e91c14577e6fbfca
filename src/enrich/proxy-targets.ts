import { BoundedMap } from "../lib/bounded-map.ts";
import { parseHostPort } from "../lib/host-port.ts";
import { type AddressWords, isV4, parseAddress } from "../lib/ip.ts";
import type { Resolution } from "../model/facts.ts";

/** Names whose answers are kept; of more, the one learned first goes. */
const MOST_NAMES = 16_384;
/** Answers kept of each name, one for each asker and IP version; of more, the one heard longest ago goes. */
const MOST_ANSWERS = 8;
/** An answer with more addresses says nothing: all of them would have to be in one place. */
const MOST_ADDRESSES = 16;
/** Answers are believed for a day at most, whatever they say … */
const LONGEST_TTL_SECONDS = 86_400;
/** … and for so long after their end: proxies keep what they asked for a little longer than they may. */
const GRACE_SECONDS = 300;

/** Where a proxy was asked to go. One object serves all: read it at once. */
export interface ProxyTarget {
  /** Name or address without the port. */
  host: string;
  isName: boolean;
  /** Where it may be, four words each: what is written, or what DNS answers that still stood said; empty when nobody asked. */
  addresses: readonly number[];
  /** It is the proxy's own answer, or the address as written: hosts that asked for the same name may have been told another. */
  isOwn: boolean;
}

/**
 * Real targets of flows to a proxy of the site: the name that was asked for, located by the DNS answers seen: the proxy's own
 * where there is one, else those of all other hosts. A name without an answer that stood when the flow began has no address:
 * where it is cannot be told.
 */
export interface ProxyTargets {
  /** Learns what an answer told the asker. */
  learn(asker: Readonly<AddressWords>, resolution: Resolution): void;
  /** Of "host:port" or "[ip6]:port", asked of `proxy` in a flow that began at `startMicros`; undefined when it is neither. */
  read(text: string, proxy: Readonly<AddressWords>, startMicros: number): ProxyTarget | undefined;
}

/** What one host was told of a name, for one IP version: A and AAAA are asked for apart. */
interface Answer {
  readonly asker: AddressWords;
  readonly isV4: boolean;
  /** Four words each. */
  readonly addresses: readonly number[];
  readonly untilMicros: number;
}

export function createProxyTargets(limit = MOST_NAMES): ProxyTargets {
  const answers = new BoundedMap<string, Answer[]>(limit);
  const target: ProxyTarget = { host: "", isName: false, addresses: [], isOwn: false };

  function find(host: string, proxy: Readonly<AddressWords>, startMicros: number): void {
    const standing = (answers.get(host) ?? []).filter(({ untilMicros }) => untilMicros >= startMicros);
    const own = standing.filter(({ asker }) => isSame(asker, proxy));
    target.isOwn = own.length > 0;
    target.addresses = (target.isOwn ? own : standing).flatMap(({ addresses }) => addresses);
  }

  return {
    learn(asker, { name, addresses: words, ttlSeconds, atMicros }) {
      if (words.length < 4) return;
      const answer: Answer = {
        asker: [asker[0], asker[1], asker[2], asker[3]],
        isV4: isV4(words[0], words[1], words[2]),
        addresses: words.length > MOST_ADDRESSES * 4 ? [] : words,
        untilMicros: atMicros + (Math.min(Math.max(ttlSeconds, 0), LONGEST_TTL_SECONDS) + GRACE_SECONDS) * 1e6,
      };
      const held = answers.get(name);
      if (held === undefined) {
        answers.set(name, [answer]);
        return;
      }
      const before = held.findIndex((one) => one.isV4 === answer.isV4 && isSame(one.asker, asker));
      if (before >= 0) held.splice(before, 1);
      else if (held.length >= MOST_ANSWERS) held.shift();
      held.push(answer);
    },
    read(text, proxy, startMicros) {
      const asked = parseHostPort(text);
      if (asked === undefined) return undefined;
      const host = asked.host.toLowerCase().replace(/\.$/, "");
      const literal = parseAddress(host);
      if (literal === undefined && !/^[a-z0-9._-]{1,253}$/.test(host)) return undefined;
      target.host = host;
      target.isName = literal === undefined;
      if (literal === undefined) {
        find(host, proxy, startMicros);
      } else {
        target.isOwn = true;
        target.addresses = literal;
      }
      return target;
    },
  };
}

function isSame(a: Readonly<AddressWords>, b: Readonly<AddressWords>): boolean {
  return a[3] === b[3] && a[2] === b[2] && a[1] === b[1] && a[0] === b[0];
}
