import { communityId } from "../lib/community-id.ts";
import { formatAddress, isV4 } from "../lib/ip.ts";
import { formatMicros } from "../lib/time.ts";
import { hasPorts, ICMP, ICMP6, transportName, transportProtocol } from "../lib/transports.ts";
import type { FlowFacts } from "../model/facts.ts";
import type { FlowView } from "../model/flow.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Place } from "../model/location.ts";
import { countersText, exportText, natText, observerText } from "./export-text.ts";
import { memberText, quoted, quotedList } from "./json-text.ts";

export interface FlowDocumentOptions {
  /** A site is configured: zone, asset, party, location and judgement are told. */
  hasSite: boolean;
  /** For a SIEM rather than for the contract: event.kind, .category, .type, .action and network.direction too. */
  isLive?: boolean;
}

/** Keys of the facts that are no sections of the document. */
const NOT_SECTIONS: ReadonlySet<string> = new Set(["protocols", "names", "factsDropped", "resolved", "vlanIds", "export", "forwarded"]);

const TCP_FLAG_NAMES = ["fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"];
const TCP_FLAGS: readonly string[] = Array.from({ length: 256 }, (_, flags) =>
  JSON.stringify(TCP_FLAG_NAMES.filter((_name, bit) => (flags >> bit) & 1)),
);
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const MAC_KNOWN = 1 << 16;
/** Reserved by IANA: stands for a transport that an exported record does not tell. */
const UNKNOWN_TRANSPORT = 255;

/** `"geo":{…},"as":{…}` of a place, each place once. */
const placeTexts = new WeakMap<Place, string>();

/**
 * The flow as one ECS 8 document (one line of JSON, no line end): the fields of the output contract, nested, what is
 * unknown left out. The fixed part is put together by hand: a document costs a few microseconds.
 */
export function flowDocument(judged: JudgedFlow, options: FlowDocumentOptions): string {
  const { flow } = judged;
  const { facts, transport } = flow;
  const exported = facts?.export;
  const start = formatMicros(flow.startMicros);
  const end = formatMicros(flow.endMicros);
  const name = transportName(transport);
  const durationNs = Math.max(0, Math.round((flow.endMicros - flow.startMicros) * 1000));
  let out = `{"@timestamp":"${end}","event":{"start":"${start}","end":"${end}","duration":${durationNs}`;
  if (options.isLive) out += `,"kind":"event","category":["network"],"type":["connection"],"action":"flow-${flow.kind}"`;
  out += `},"network":{"type":"ipv${flow.ipVersion}"${transport === UNKNOWN_TRANSPORT ? "" : `,"transport":"${name}"`}`;
  const protocol = facts?.protocols[0] ?? transportProtocol(transport);
  if (protocol !== undefined) out += `,"protocol":${quoted(protocol)}`;
  out += `,"community_id":"${communityId(flow)}"`;
  if (flow.vlanCount > 0) out += `,"vlan":{"id":"${flow.vlanOuter}"}`;
  if (flow.vlanCount > 1) out += `,"inner":{"vlan":{"id":"${flow.vlanInner}"}}`;
  if (judged.forwardedFor !== undefined) out += `,"forwarded_ip":"${judged.forwardedFor}"`;
  if (options.isLive) out += `,"direction":"${judged.direction === "transit" ? "external" : judged.direction}"`;
  out += `${countersText(flow.packetsUp + flow.packetsDown, flow.bytesUp + flow.bytesDown, exported?.uncounted)}}`;
  out += endsText(judged, facts, hasPorts(flow));
  if (exported !== undefined) out += observerText(exported);
  if (transport === 6 && flow.tcpFlags !== 0) out += `,"tcp":{"flags":${TCP_FLAGS[flow.tcpFlags & 255]}}`;
  else if (transport === ICMP || transport === ICMP6) out += icmpText(flow);
  if (facts !== undefined) {
    for (const key in facts) if (!NOT_SECTIONS.has(key)) out += memberText(key, facts[key as keyof FlowFacts]);
  }
  const own = bordertapText(judged, facts, options);
  return own === "" ? `${out}}` : `${out},"bordertap":{${own}}}`;
}

function endsText(judged: JudgedFlow, facts: FlowFacts | undefined, withPorts: boolean): string {
  const { flow } = judged;
  const isInbound = judged.direction === "inbound";
  let source = `"ip":"${addressText(flow, true)}"`;
  let destination = `"ip":"${addressText(flow, false)}"`;
  if (withPorts) {
    source += `,"port":${flow.initiatorPort}`;
    destination += `,"port":${flow.responderPort}`;
  }
  if (flow.initiatorMacWord(1) & MAC_KNOWN) source += `,"mac":"${macText(flow.initiatorMacWord(0), flow.initiatorMacWord(1))}"`;
  if (flow.responderMacWord(1) & MAC_KNOWN) destination += `,"mac":"${macText(flow.responderMacWord(0), flow.responderMacWord(1))}"`;
  const exported = facts?.export;
  source += countersText(flow.packetsUp, flow.bytesUp, exported?.uncounted);
  // An exported record mostly says nothing of the way back: then nothing is said here.
  if (exported === undefined || exported.isBiflow) destination += countersText(flow.packetsDown, flow.bytesDown, exported?.uncounted);
  if (exported !== undefined) {
    source += natText(exported.natSource);
    destination += natText(exported.natDestination);
  }
  // The judged name is that of the outside end; what the flow itself asks for is the responder's, whoever opened it.
  const asked = facts?.names?.[0]?.name;
  const domain = isInbound ? asked : (judged.name ?? asked);
  if (domain !== undefined) destination += `,"domain":${quoted(domain)}`;
  if (isInbound && judged.name !== undefined && judged.name !== asked && judged.nameSource !== "sni" && judged.nameSource !== "host")
    source += `,"domain":${quoted(judged.name)}`;
  // Where a proxy was asked to go is not where the proxy is.
  if (judged.location !== undefined && judged.proxiedTo === undefined) {
    const place = placeText(judged.location.place);
    if (isInbound) source += place;
    else destination += place;
  }
  return `,"source":{${source}},"destination":{${destination}}`;
}

function bordertapText(judged: JudgedFlow, facts: FlowFacts | undefined, { hasSite }: FlowDocumentOptions): string {
  const { flow } = judged;
  let own = "";
  const spoken = transportProtocol(judged.flow.transport);
  if (facts !== undefined && facts.protocols.length > 0) own += `,"protocols":${quotedList(facts.protocols)}`;
  else if (spoken !== undefined) own += `,"protocols":["${spoken}"]`;
  if (facts?.export !== undefined) own += exportText(facts.export);
  if (flow.transport === 6) own += `,"tcp":{"state":"${flow.tcpState}"}`;
  own += vlanIdsText(flow, facts);
  if (hasSite) {
    const { zone, asset, party, location, judgement } = judged;
    if (zone !== undefined) own += `,"zone":${quoted(zone.name)}`;
    if (asset !== undefined) own += `,"asset":${quoted(asset.name)}`;
    if (party !== undefined) own += `,"party":${quoted(party.name)}`;
    if (location !== undefined) own += `,"location":"${location.verdict}"`;
    own += `,"judgement":"${judgement.word}"`;
  }
  if (facts?.factsDropped) own += `,"facts_dropped":${facts.factsDropped}`;
  if (flow.lostSnaplen > 0 || flow.lostGap > 0 || flow.lostOrphan > 0) {
    const losses: string[] = [];
    if (flow.lostSnaplen > 0) losses.push(`"snaplen":${flow.lostSnaplen}`);
    if (flow.lostGap > 0) losses.push(`"gap":${flow.lostGap}`);
    if (flow.lostOrphan > 0) losses.push(`"fragment_orphan":${flow.lostOrphan}`);
    own += `,"losses":{${losses.join(",")}}`;
  }
  return own.slice(1);
}

/** Every VLAN id of the flow: of its own tags, outermost first, of tags beyond the second and in tunnels, of the other direction. */
function vlanIdsText(flow: FlowView, facts: FlowFacts | undefined): string {
  const { vlanCount, vlanDown } = flow;
  if (vlanCount === 0 && vlanDown === 0 && facts?.vlanIds === undefined) return "";
  const ids = [flow.vlanOuter, flow.vlanInner, ...(facts?.vlanIds ?? []), vlanDown >>> 16, vlanDown & 0xffff];
  return `,"vlan_ids":["${[...new Set(ids)].filter((id) => id > 0).join('","')}"]`;
}

function icmpText(flow: FlowView): string {
  const types: number[] = [];
  const codes: number[] = [];
  for (let n = 0; n < 4; n += 1) {
    const seen = flow.icmp(n) - 1;
    if (seen < 0) continue;
    if (!types.includes(seen >>> 8)) types.push(seen >>> 8);
    if (!codes.includes(seen & 255)) codes.push(seen & 255);
  }
  return types.length === 0 ? "" : `,"icmp":{"type":[${types.join(",")}],"code":[${codes.join(",")}]}`;
}

function placeText(place: Place): string {
  let text = placeTexts.get(place);
  if (text === undefined) {
    text = "";
    if (place.special === undefined) {
      if (place.countries.length > 0) text += `,"geo":{"country_iso_code":${JSON.stringify(place.countries[0])}}`;
      const organization = place.organization === undefined ? "" : `"organization":{"name":${JSON.stringify(place.organization)}}`;
      const number = place.asn === undefined ? "" : `"number":${place.asn}`;
      if (number !== "" || organization !== "") text += `,"as":{${[number, organization].filter((part) => part !== "").join(",")}}`;
    }
    placeTexts.set(place, text);
  }
  return text;
}

function addressText(flow: FlowView, isInitiator: boolean): string {
  const w0 = isInitiator ? flow.initiatorWord(0) : flow.responderWord(0);
  const w1 = isInitiator ? flow.initiatorWord(1) : flow.responderWord(1);
  const w2 = isInitiator ? flow.initiatorWord(2) : flow.responderWord(2);
  const w3 = isInitiator ? flow.initiatorWord(3) : flow.responderWord(3);
  const text = formatAddress(w0, w1, w2, w3);
  return flow.ipVersion === 6 && isV4(w0, w1, w2) ? `::ffff:${text}` : text;
}

function macText(high: number, low: number): string {
  const first = `${HEX[high >>> 24]}:${HEX[(high >>> 16) & 255]}:${HEX[(high >>> 8) & 255]}:${HEX[high & 255]}`;
  return `${first}:${HEX[(low >>> 8) & 255]}:${HEX[low & 255]}`;
}
