import { formatAddress, parseAddress } from "../../../src/lib/ip.ts";
import type { FlowFacts } from "../../../src/model/facts.ts";
import { CLOSED_BY, D, FlowBatch, type FlowKind, FlowView, I, KIND, TCP_STATES, type TcpState } from "../../../src/model/flow.ts";
import type { Direction, JudgedFlow, JudgementWord, NameSource, PartyBy, ServiceKind } from "../../../src/model/judgement.ts";
import type { Claim, Location, LocationVerdict, Place } from "../../../src/model/location.ts";
import type { Asset, Authorisation, DataClass, Party, Site, Zone } from "../../../src/model/site.ts";

/** 2026-11-21T13:41:02Z in microseconds. */
export const T0 = Date.UTC(2026, 10, 21, 13, 41, 2) * 1000;

export function zone(name: string, data: DataClass[], more: Partial<Zone> = {}): Zone {
  return { name, title: name, networks: ["10.0.0.0/8"], vlans: [], data, jurisdiction: "eu-eea", isJudged: true, order: 1, ...more };
}

export const IMAGING = zone("imaging", ["imaging"]);
export const DEVICES = zone("devices", ["device"], { order: 4 });
export const BACKUP = zone("backup", ["backup"], { order: 5 });
export const OFFICE = zone("office", ["admin"], { order: 2 });
export const GUEST = zone("guest", ["guest"], { order: 3 });

export function party(name: string, more: Partial<Party> = {}): Party {
  return {
    name,
    title: name,
    role: "processor",
    services: [],
    data: [],
    domains: [],
    networks: [],
    asns: [],
    countries: [],
    agreementEnds: undefined,
    ...more,
  };
}

export function site(more: Partial<Site> = {}): Site {
  return {
    name: "test",
    latitude: undefined,
    longitude: undefined,
    timeZone: "Europe/Luxembourg",
    inside: ["10.0.0.0/8"],
    zones: [IMAGING, OFFICE, GUEST],
    assets: [],
    parties: [],
    authorisations: [],
    jurisdictions: [],
    jurisdiction: "eu-eea",
    ...more,
  };
}

export function authorisation(id: string, more: Partial<Authorisation> = {}): Authorisation {
  return {
    id,
    zones: [],
    parties: [],
    countries: [],
    purpose: "test",
    basis: "GDPR 46(2)(c)",
    reference: undefined,
    from: undefined,
    until: undefined,
    owner: undefined,
    ticket: undefined,
    ...more,
  };
}

const WHOIS: Omit<Claim, "countries"> = { source: "geo-whois-asn-country", build: "2026-06-17" };
const places = new Map<string, Place>();

/** A place as enrich would make it: equal ones are one object. */
export function place(
  countries: string[],
  more: Partial<
    Pick<Place, "confidence" | "asn" | "organization" | "special" | "cloud" | "anycast" | "claims" | "isDisputed" | "disproved" | "doubted">
  > = {},
): Place {
  const key = JSON.stringify([countries, more]);
  const known = places.get(key);
  if (known) return known;
  const made: Place = {
    index: places.size,
    countries,
    confidence: more.confidence ?? (countries.length > 0 ? 85 : 0),
    claims: more.claims ?? (countries.length > 0 ? [{ ...WHOIS, countries }] : []),
    asn: more.asn,
    organization: more.organization,
    special: more.special,
    cloud: more.cloud,
    anycast: more.anycast,
    isDisputed: more.isDisputed,
    disproved: more.disproved,
    doubted: more.doubted,
  };
  places.set(key, made);
  return made;
}

export interface Spec {
  kind?: FlowKind;
  id?: number;
  thread?: number;
  /** Seconds after T0. */
  start?: number;
  end?: number;
  transport?: number;
  inside?: string;
  outside?: string;
  insidePort?: number;
  outsidePort?: number;
  direction?: Direction;
  zone?: Zone | undefined;
  asset?: Asset | undefined;
  party?: Party | undefined;
  partyBy?: PartyBy;
  isPartyProven?: boolean;
  /** What the site's proxy was asked for, and its address where that is known. */
  proxied?: [host: string, address?: string];
  name?: string;
  nameSource?: NameSource;
  /** Name and kind of the known service. */
  service?: [string, ServiceKind];
  /** Totals. */
  out?: number;
  in?: number;
  /** Since the last event; the totals when not given. */
  newOut?: number;
  newIn?: number;
  packetsOut?: number;
  packetsIn?: number;
  place?: Place;
  verdict?: LocationVerdict;
  /** Of the verdict, where it is not that of the place. */
  confidence?: number;
  unboundedVerdict?: LocationVerdict;
  list?: string;
  word?: JudgementWord;
  rule?: string;
  because?: string;
  wouldAllow?: string;
  /** Authorisations that would have allowed it, had they not ended. */
  lapsed?: string[];
  facts?: FlowFacts;
  vlans?: number[];
  tcpFlags?: number;
  tcpState?: TcpState;
  icmp?: [number, number][];
  initiatorMac?: [number, number];
  lostGap?: number;
  lostSnaplen?: number;
  lostOrphan?: number;
}

/** A judged flow event over a real record of a real batch. Defaults: an established TCP flow, imaging to the US, a violation. */
export function judgedFlow(spec: Spec = {}): JudgedFlow {
  const batch = new FlowBatch(1);
  batch.count = 1;
  const direction = spec.direction ?? "outbound";
  const isInsideInitiator = direction !== "inbound";
  const { doubles, ints } = batch;
  const out = spec.out ?? 2000;
  const inn = spec.in ?? 500;
  const newOut = spec.newOut ?? out;
  const newIn = spec.newIn ?? inn;
  const packetsOut = spec.packetsOut ?? 4;
  const packetsIn = spec.packetsIn ?? 3;
  const isFirst = newOut === out && newIn === inn;
  const start = T0 + (spec.start ?? 0) * 1e6;
  doubles[D.id] = spec.id ?? 1;
  doubles[D.startMicros] = start;
  doubles[D.endMicros] = spec.end === undefined ? start + 1e6 : T0 + spec.end * 1e6;
  doubles[D.eventMicros] = doubles[D.endMicros];
  const put = (up: number, down: number, value: [number, number]) => {
    doubles[up] = isInsideInitiator ? value[0] : value[1];
    doubles[down] = isInsideInitiator ? value[1] : value[0];
  };
  put(D.packetsUp, D.packetsDown, [packetsOut, packetsIn]);
  put(D.newPacketsUp, D.newPacketsDown, isFirst ? [packetsOut, packetsIn] : [1, 1]);
  put(D.bytesUp, D.bytesDown, [out, inn]);
  put(D.newBytesUp, D.newBytesDown, [newOut, newIn]);
  doubles[D.rttMicros] = Number.NaN;
  ints[I.kind] = KIND[spec.kind ?? "closed"];
  ints[I.transport] = spec.transport ?? 6;
  const inside = parseAddress(spec.inside ?? "10.1.2.3")!;
  const outside = parseAddress(spec.outside ?? "203.0.113.9")!;
  ints[I.ipVersion] = (spec.inside ?? "").includes(":") ? 6 : 4;
  ints.set(isInsideInitiator ? inside : outside, I.initiatorAddress);
  ints.set(isInsideInitiator ? outside : inside, I.responderAddress);
  const ports = [spec.insidePort ?? 50_000, spec.outsidePort ?? 443];
  ints[I.initiatorPort] = isInsideInitiator ? ports[0] : ports[1];
  ints[I.responderPort] = isInsideInitiator ? ports[1] : ports[0];
  const vlans = spec.vlans ?? [];
  ints[I.vlanCount] = vlans.length;
  ints[I.vlanOuter] = vlans[0] ?? 0;
  ints[I.vlanInner] = vlans[1] ?? 0;
  ints[I.tcpFlags] = spec.tcpFlags ?? 0x1b;
  ints[I.tcpState] = TCP_STATES.indexOf(spec.tcpState ?? "closed");
  ints[I.closedBy] = CLOSED_BY.indexOf("fin");
  if (spec.initiatorMac) ints.set(spec.initiatorMac, I.initiatorMac);
  for (const [n, [type, code]] of (spec.icmp ?? []).entries()) ints[I.icmp + n] = ((type << 8) | code) + 1;
  ints[I.thread] = spec.thread ?? 0;
  ints[I.lostSnaplen] = spec.lostSnaplen ?? 0;
  ints[I.lostGap] = spec.lostGap ?? 0;
  ints[I.lostOrphan] = spec.lostOrphan ?? 0;
  batch.facts[0] = spec.facts;

  const where = spec.place ?? place(["US"], { asn: 64_500 });
  const verdict = spec.verdict ?? (where.countries.length === 0 ? "indeterminate" : "outside-list");
  const hasLocation = direction === "outbound" || direction === "inbound";
  const location: Location | undefined = hasLocation
    ? { place: where, verdict, list: spec.list ?? "eu-eea", confidence: spec.confidence, unboundedVerdict: spec.unboundedVerdict }
    : undefined;
  const word = spec.word ?? (verdict === "outside-list" ? "violation" : verdict === "inside-list" ? "approved" : "undecided");
  const words = (address: number[]) => formatAddress(address[0], address[1], address[2], address[3]);
  return {
    flow: new FlowView().at(batch, 0),
    direction,
    zone: "zone" in spec ? spec.zone : IMAGING,
    asset: spec.asset,
    isInsideInitiator,
    bytesOut: out,
    bytesIn: inn,
    newBytesOut: newOut,
    newBytesIn: newIn,
    isEstablished: packetsOut > 0 && packetsIn > 0,
    party: spec.party,
    partyBy: spec.party ? (spec.partyBy ?? "name") : undefined,
    isPartyProven: spec.isPartyProven,
    proxiedTo: spec.proxied?.[0],
    proxiedAddress: spec.proxied?.[1],
    proxiedWords: spec.proxied?.[1] === undefined ? undefined : parseAddress(spec.proxied[1]),
    name: spec.name,
    nameSource: spec.name ? (spec.nameSource ?? "sni") : undefined,
    place: where,
    location,
    service: spec.service && { name: spec.service[0], kind: spec.service[1] },
    judgement: {
      word,
      rule: spec.rule ?? "list:eu-eea",
      because: spec.because ?? "US is not on the list eu-eea",
      wouldAllow:
        word === "violation" || word === "undecided" ? (spec.wouldAllow ?? "an authorisation of imaging to this party in US") : undefined,
      ...(spec.lapsed ? { lapsed: spec.lapsed } : {}),
    },
    insideAddress: () => words(inside),
    outsideAddress: () => (spec.proxied ? (spec.proxied[1] ?? spec.proxied[0]) : words(outside)),
    outsidePort: () => ports[1],
  };
}
