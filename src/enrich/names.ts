import { randomInt } from "node:crypto";
import type { AddressWords } from "../lib/ip.ts";
import { MAX_VALUES, type Resolution } from "../model/facts.ts";
import type { Losses } from "../obs/losses.ts";
import { AddressFilter } from "./address-filter.ts";
import { NameTable } from "./name-table.ts";

/** Answers are believed for a day at most, whatever they say. */
const LONGEST_TTL_SECONDS = 86_400;

/** A learned name. One object serves all answers: read it at once. */
export interface KnownName {
  name: string;
  source: "dns" | "dns-elsewhere";
}

/**
 * Names learned from DNS answers on the wire: per asking host and address, and per address for hosts whose own question
 * was not seen (it went by DoH, or through a resolver whose question is the only one on the tap).
 */
export interface Names {
  /** Learns what an answer told the asker. */
  learn(client: Readonly<AddressWords>, resolution: Resolution): void;
  /** The name `client` used for an address in a flow that began at `atMicros` (packet time). */
  nameOf(client: Readonly<AddressWords>, address: Readonly<AddressWords>, atMicros: number): KnownName | undefined;
  count(): number;
}

/** `limit`: pairs of host and address, and again as many addresses. Full: the longest unused goes, and is counted as `names_evicted`. */
export function createNames(options: { limit: number; losses: Losses; seed?: number }): Names {
  const seed = options.seed ?? randomInt(0x7fff_ffff);
  const own = new NameTable(options.limit, seed, options.losses);
  const anyone = new NameTable(options.limit, seed, options.losses);
  const named = new AddressFilter(options.limit);
  const known: KnownName = { name: "", source: "dns" };
  const address: AddressWords = [0, 0, 0, 0];

  return {
    learn(client, resolution) {
      const untilMicros = resolution.atMicros + Math.min(Math.max(resolution.ttlSeconds, 0), LONGEST_TTL_SECONDS) * 1e6;
      const { addresses } = resolution;
      const words = Math.min(addresses.length, MAX_VALUES * 4) & ~3;
      for (let at = 0; at < words; at += 4) {
        for (let n = 0; n < 4; n += 1) address[n] = addresses[at + n];
        named.add(address);
        own.put(client, address, resolution.name, resolution.atMicros, untilMicros);
        anyone.put(ANYONE, address, resolution.name, resolution.atMicros, untilMicros);
      }
    },
    nameOf(client, address, atMicros) {
      if (!named.mayHave(address)) return undefined;
      const name = own.get(client, address, atMicros);
      if (name !== undefined) {
        known.name = name;
        known.source = "dns";
        return known;
      }
      const elsewhere = anyone.get(ANYONE, address, atMicros);
      if (elsewhere === undefined) return undefined;
      known.name = elsewhere;
      known.source = "dns-elsewhere";
      return known;
    },
    count: () => own.count,
  };
}

const ANYONE: Readonly<AddressWords> = [0, 0, 0, 0];
