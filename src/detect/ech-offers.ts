import { BoundedMap } from "../lib/bounded-map.ts";
import type { DnsFacts } from "../model/facts.ts";
import type { JudgedFlow } from "../model/judgement.ts";

const HOSTS_KEPT = 8192;
/** Records are kept for a day at most, whatever their time to live. */
const LASTS_MICROS = 86_400e6;

/**
 * Inside hosts that a DNS HTTPS record (RFC 9460) with `ech` (draft-ietf-tls-svcb-ech) was told lately. The house's own resolver
 * is such a host too: whom it tells is mostly not on the tap, so an offer to anybody inside counts for all.
 */
export class EchOffers {
  private readonly hosts = new BoundedMap<string, number>(HOSTS_KEPT);
  private newestMicros = Number.NEGATIVE_INFINITY;

  learn(judged: JudgedFlow, dns: DnsFacts): void {
    if (!offersEch(dns)) return;
    const host = judged.insideAddress();
    this.hosts.delete(host);
    const atMicros = judged.flow.endMicros;
    this.hosts.set(host, atMicros);
    if (atMicros > this.newestMicros) this.newestMicros = atMicros;
  }

  wereMadeTo(judged: JudgedFlow): boolean {
    const atMicros = judged.flow.endMicros;
    const own = this.hosts.get(judged.insideAddress()) ?? this.newestMicros;
    return atMicros - own <= LASTS_MICROS;
  }
}

function offersEch(dns: DnsFacts): boolean {
  return (dns.echOffered?.length ?? 0) > 0;
}
