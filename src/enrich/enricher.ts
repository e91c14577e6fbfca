import { type AddressWords, formatAddress } from "../lib/ip.ts";
import type { DhcpFacts, FlowFacts, FlowName, ProxyFacts } from "../model/facts.ts";
import type { FlowView } from "../model/flow.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Place } from "../model/location.ts";
import type { Asset, Site } from "../model/site.ts";
import { createAssets } from "./assets.ts";
import { isEstablished } from "./established.ts";
import { createForwardedClients } from "./forwarded-clients.ts";
import { createInsideHosts } from "./inside-hosts.ts";
import type { Places } from "./location/places.ts";
import { NameSuffixes } from "./name-suffixes.ts";
import type { Names } from "./names.ts";
import { createParties, type Parties, type PartyMatch } from "./parties.ts";
import { createProxyTargets } from "./proxy-targets.ts";
import type { WellKnown } from "./well-known.ts";
import { createZones, isInside, LOCAL_SCOPE, OUTSIDE, type Zones } from "./zones.ts";

/** In the second word of a MAC address: it is known. */
const MAC_KNOWN = 1 << 16;
/** No address: no network is about it. */
const NOWHERE: Readonly<AddressWords> = [0, 0, 0, 0];

export interface Enricher {
  /**
   * Finds out whose flow it is and where it goes; all but `location` and `judgement`, which are policy's. Learns names from
   * DNS answers on the way, so events are to come in order of packet time.
   */
  enrich(view: FlowView, out: JudgedFlow): void;
  /** The zones in use, the built-in one for unassigned addresses included: policy judges by these objects. */
  zones: Zones;
}

export interface EnricherOptions {
  site: Site;
  places: Places;
  names: Names;
  services?: WellKnown;
  /** Of the site, where they were made before. */
  parties?: Parties;
}

/**
 * Direction, by address:
 * - inside → outside: outbound; outside → inside: inbound; both inside: internal; neither: transit.
 * - A flow to a proxy inside that asks for a place outside is outbound: see `followProxy`. What the proxy itself sends is a
 *   flow of its own, of the proxy's zone.
 * - Link, host and multicast scope counts as inside: DHCP from 0.0.0.0, mDNS, broadcast and link-local traffic is
 *   internal. It has no place and nothing to judge: it cannot leave the site. Multicast that routers pass on to other
 *   networks cannot be told from it at a tap. A host outside that sends to a multicast group here is inbound.
 */
export function createEnricher(options: EnricherOptions): Enricher {
  const { site, places, names, services } = options;
  const zones = createZones(site, places.localPrefixes);
  const assets = createAssets(site.assets);
  const parties = options.parties ?? createParties(site.parties);
  // Outside of address translation an inside address is many hosts, and MAC addresses are those of routers.
  const isBehindNat = site.tap === "outside-nat";
  const hosts = createInsideHosts(assets);
  const learnsHosts = !isBehindNat && (site.learnsHostNames !== false || assets.hasMacs);
  const usesMacs = !isBehindNat && assets.hasMacs;
  const targets = createProxyTargets();
  const forwarded = site.proxies === undefined ? undefined : createForwardedClients(site.proxies, isInsideAddress, clientAt);
  const own = site.parties.filter(({ role }) => role === "own-site").flatMap(({ domains }) => domains);
  const ownNames = own.length > 0 ? NameSuffixes.of(own.map((suffix) => ({ suffix, value: 1 }))) : undefined;
  const proxied: AddressWords = [0, 0, 0, 0];
  const initiator: AddressWords = [0, 0, 0, 0];
  const responder: AddressWords = [0, 0, 0, 0];

  function read(view: FlowView): void {
    for (let n = 0; n < 4; n += 1) {
      initiator[n] = view.initiatorWord(n);
      responder[n] = view.responderWord(n);
    }
  }

  function count(view: FlowView, out: JudgedFlow, isUpOut: boolean): void {
    out.bytesOut = isUpOut ? view.bytesUp : view.bytesDown;
    out.bytesIn = isUpOut ? view.bytesDown : view.bytesUp;
    out.newBytesOut = isUpOut ? view.newBytesUp : view.newBytesDown;
    out.newBytesIn = isUpOut ? view.newBytesDown : view.newBytesUp;
  }

  function name(facts: FlowFacts | undefined, inside: AddressWords, outside: AddressWords, view: FlowView, out: JudgedFlow): void {
    // What a client asks for names the responder: of a flow opened from outside it names the inside end.
    const said = facts?.names !== undefined && out.direction !== "inbound" ? bestName(facts.names) : undefined;
    if (said !== undefined && said.source !== "dns") {
      out.name = said.name;
      out.nameSource = said.source;
      return;
    }
    const known = names.nameOf(inside, outside, view.startMicros);
    out.name = known?.name ?? said?.name;
    out.nameSource = known?.source ?? said?.source;
  }

  function isInsideAddress(w0: number, w1: number, w2: number, w3: number): boolean {
    return isInside(zones.classify(w0, w1, w2, w3));
  }

  /** Known by its address alone: whose frames these are is the proxy. */
  function clientAt([w0, w1, w2, w3]: Readonly<AddressWords>): Asset | undefined {
    return assets.assetOf(w0, w1, w2, w3) ?? (learnsHosts ? hosts.hostOf(w0, w1, w2, w3) : undefined);
  }

  /** What the packets say of names: of places outside, of hosts inside. */
  function learn(facts: FlowFacts): void {
    const { resolved, dhcp } = facts;
    if (resolved !== undefined) {
      for (const resolution of resolved) {
        names.learn(initiator, resolution);
        targets.learn(initiator, resolution);
        if (learnsHosts && site.learnsHostNames !== false) hosts.resolved(resolution, isInsideAddress);
      }
    }
    if (dhcp !== undefined && learnsHosts) hosts.lease(site.learnsHostNames === false ? withoutName(dhcp) : dhcp);
  }

  /** Registered by address, by network or by MAC address; else as the host calls itself. */
  function assetAt(address: Readonly<AddressWords>, view: FlowView, isInitiator: boolean): Asset | undefined {
    const registered = assets.assetOf(address[0], address[1], address[2], address[3]);
    if (registered !== undefined || !learnsHosts) return registered;
    if (usesMacs) {
      const low = isInitiator ? view.initiatorMacWord(1) : view.responderMacWord(1);
      const asset = low & MAC_KNOWN ? assets.ofMac(isInitiator ? view.initiatorMacWord(0) : view.responderMacWord(0), low) : undefined;
      if (asset !== undefined) return asset;
    }
    return hosts.hostOf(address[0], address[1], address[2], address[3]);
  }

  /**
   * A flow to a proxy of the site goes to what it asked the proxy for: that is its name, place and party, and the flow is an
   * outbound one. Of several, the one asked for last: what is new since the last event is most likely its. True when it was so.
   */
  function followProxy(proxy: ProxyFacts, said: readonly FlowName[] | undefined, out: JudgedFlow): boolean {
    const text = proxy.targets.at(-1);
    const target = text === undefined ? undefined : targets.read(text, responder, out.flow.startMicros);
    if (target === undefined || text === undefined) return false;
    const { addresses, host, isOwn, isName } = target;
    const count = addresses.length / 4;
    // A name of one label that only the site itself knows: nothing leaves.
    if (count === 0 && !host.includes(".")) return false;
    const outsideCount = countOutside(addresses);
    // An inside host, by the proxy's own answer or as a name of the site's: nothing leaves. Anybody can have any name answered
    // with an inside address, so another host's answer does not show that.
    if (count > 0 && outsideCount === 0 && (isOwn || ownNames?.find(host))) return false;
    out.direction = "outbound";
    out.proxiedTo = text;
    // Asked for an address: what is said through the proxy may name it.
    const within = isName || said === undefined ? undefined : bestName(said);
    out.name = isName ? host : within?.name;
    out.nameSource = isName ? "host" : within?.source;
    out.service = services?.find(out.name, 0, 0, 0, 0);
    out.place = count > 0 && outsideCount === count ? placeOfAll(addresses) : undefined;
    if (out.place === undefined) {
      // No answer that stood, or one that leads inside as well: policy says that nobody knows where it is.
      out.proxiedAddress = undefined;
      out.proxiedWords = undefined;
      meet(parties.find(out.name, 0, 0, 0, 0, undefined), out);
      return true;
    }
    for (let n = 0; n < 4; n += 1) proxied[n] = addresses[n];
    out.proxiedWords = proxied;
    out.proxiedAddress = formatAddress(proxied[0], proxied[1], proxied[2], proxied[3]);
    // Of several addresses, the first would speak for all of them: then only the name does.
    const [w0, w1, w2, w3] = count === 1 ? proxied : NOWHERE;
    meet(parties.find(out.name, w0, w1, w2, w3, out.place.asn), out);
    return true;
  }

  function countOutside(addresses: readonly number[]): number {
    let count = 0;
    for (let at = 0; at < addresses.length; at += 4) {
      if (zones.classify(addresses[at], addresses[at + 1], addresses[at + 2], addresses[at + 3]) === OUTSIDE) count += 1;
    }
    return count;
  }

  /** The place of one address; of several, one that is certain only of what all of them say. */
  function placeOfAll(addresses: readonly number[]): Place | undefined {
    const first = places.placeOf(addresses[0], addresses[1], addresses[2], addresses[3]);
    if (addresses.length === 4) return first;
    const all = [first];
    for (let at = 4; at < addresses.length; at += 4)
      all.push(places.placeOf(addresses[at], addresses[at + 1], addresses[at + 2], addresses[at + 3]));
    return places.together(all);
  }

  return {
    zones,
    enrich(view, out) {
      read(view);
      places.turnTo(view.endMicros);
      out.flow = view;
      out.isEstablished = isEstablished(view);
      out.location = undefined;
      const facts = view.facts;
      if (facts !== undefined) learn(facts);

      const from = zones.classify(initiator[0], initiator[1], initiator[2], initiator[3]);
      const to = zones.classify(responder[0], responder[1], responder[2], responder[3]);
      const isFromHere = isInside(from) || from === LOCAL_SCOPE;
      const isToHere = isInside(to) || to === LOCAL_SCOPE;
      out.direction = isFromHere ? (isToHere ? "internal" : "outbound") : isToHere ? "inbound" : "transit";
      out.isInsideInitiator = isFromHere;
      count(view, out, isFromHere || !isToHere);

      const isInbound = out.direction === "inbound";
      const inside = isInbound ? responder : initiator;
      const outside = isInbound ? initiator : responder;
      if (out.direction === "transit") {
        out.zone = undefined;
        out.asset = undefined;
      } else {
        const isFirstInside = isInside(from) || out.direction === "outbound";
        out.zone = zones.zoneOf(isFirstInside ? from : to, view);
        out.asset = assetAt(inside, view, !isInbound);
      }
      out.forwardedFor = undefined;
      if (forwarded !== undefined && facts?.forwarded !== undefined && isInside(from)) {
        const client = forwarded.clientOf(facts.forwarded, initiator);
        if (client !== undefined) {
          out.asset = client;
          out.forwardedFor = client.address;
        }
      }
      out.proxiedTo = undefined;
      out.proxiedAddress = undefined;
      out.proxiedWords = undefined;
      out.service = undefined;
      if (out.direction === "internal") {
        if (facts?.proxy !== undefined && isInside(from) && isInside(to) && followProxy(facts.proxy, facts.names, out)) return;
        name(facts, inside, outside, view, out);
        out.place = undefined;
        meet(undefined, out);
        return;
      }
      name(facts, inside, outside, view, out);
      // The handshake's round trip is that to the responder; records of exporters have none that can be believed.
      const rttMicros = isInbound || facts?.export !== undefined ? Number.NaN : view.rttMicros;
      const found = places.placeOf(outside[0], outside[1], outside[2], outside[3]);
      const { startMicros, endMicros } = view;
      const place = places.bounded(found, outside[0], outside[1], outside[2], outside[3], rttMicros, startMicros, endMicros);
      out.place = place;
      out.service = services?.find(out.name, outside[0], outside[1], outside[2], outside[3]);
      meet(parties.find(out.name, outside[0], outside[1], outside[2], outside[3], place.asn, facts, isInbound), out);
    },
  };
}

function meet(match: PartyMatch | undefined, out: JudgedFlow): void {
  out.party = match?.party;
  out.partyBy = match?.by;
  out.partyAlso = match?.also;
  out.isPartyProven = match?.isProven;
}

function withoutName({ address, mac }: DhcpFacts): DhcpFacts {
  return { ...(address === undefined ? {} : { address }), ...(mac === undefined ? {} : { mac }) };
}

/** SNI, then Host, then a certificate's name, then what DNS said; the first of each kind. */
function bestName(names: readonly FlowName[]): FlowName | undefined {
  let best: FlowName | undefined;
  for (const name of names) if (best === undefined || rankOf(name) < rankOf(best)) best = name;
  return best;
}

function rankOf(name: FlowName): number {
  return name.source === "sni" ? 0 : name.source === "host" ? 1 : name.source === "certificate" ? 2 : 3;
}
