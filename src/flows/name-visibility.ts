import { isV4 } from "../lib/ip.ts";
import type { FlowFacts } from "../model/facts.ts";
import type { SensorStatus } from "../model/sensor-status.ts";

/** How many encrypted flows to the outside say for whom they are. The sensor does not know the site: an address that is not private counts as outside. */
export class NameVisibility {
  private encrypted = 0;
  private named = 0;

  /** A flow ends; the responder's address is at `address` of `words`. */
  note(facts: FlowFacts, words: Int32Array, address: number): void {
    if (facts.tls === undefined && facts.quic === undefined) return;
    if (isPrivate(words[address], words[address + 1], words[address + 2], words[address + 3])) return;
    this.encrypted += 1;
    if (facts.names !== undefined && facts.names.length > 0) this.named += 1;
  }

  status(): NonNullable<SensorStatus["names"]> {
    return { encrypted: this.encrypted, named: this.named };
  }
}

/** Private, shared, link-local and loopback addresses (RFC 1918, 6598, 3927, 4193, 4291 §2.5.6), and groups. */
function isPrivate(w0: number, w1: number, w2: number, w3: number): boolean {
  if (!isV4(w0, w1, w2)) return w0 >>> 25 === 0x7e || w0 >>> 22 === 0x3fa || w0 >>> 24 === 0xff || (w0 | w1 | w2) === 0;
  const first = w3 >>> 24;
  return (
    first === 10 ||
    first === 127 ||
    w3 >>> 20 === 0xac1 ||
    w3 >>> 16 === 0xc0a8 ||
    w3 >>> 16 === 0xa9fe ||
    w3 >>> 22 === (100 << 2) + 1 ||
    first >= 224
  );
}
