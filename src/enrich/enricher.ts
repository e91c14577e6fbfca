import type { AddressWords } from "../lib/ip.ts";
import type { FlowFacts, FlowName } from "../model/facts.ts";
import type { FlowView } from "../model/flow.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import type { Site } from "../model/site.ts";
import { createAssets } from "./assets.ts";
import type { Places } from "./location/places.ts";
import type { Names } from "./names.ts";
import { createParties } from "./parties.ts";
import { createZones, isInside, LOCAL_SCOPE, type Zones } from "./zones.ts";

export interface Enricher {
  /**
   * Finds out whose flow it is and where it goes; all but `location` and `judgement`, which are policy's. Learns names from
   * DNS answers on the way, so events are to come in order of packet time.
   */
  enrich(view: FlowView, out: JudgedFlow): void;
  /** The zones in use, the built-in one for unassigned addresses included: policy judges by these objects. */
  zones: Zones;
}

/**
 * Direction, by address:
 * - inside → outside: outbound; outside → inside: inbound; both inside: internal; neither: transit.
 * - Link, host and multicast scope counts as inside: DHCP from 0.0.0.0, mDNS, broadcast and link-local traffic is
 *   internal. It has no place and nothing to judge: it cannot leave the site. Multicast that routers pass on to other
 *   networks cannot be told from it at a tap. A host outside that sends to a multicast group here is inbound.
 */
export function createEnricher(options: { site: Site; places: Places; names: Names }): Enricher {
  const { site, places, names } = options;
  const zones = createZones(site, places.localPrefixes);
  const assets = createAssets(site.assets);
  const parties = createParties(site.parties);
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

  return {
    zones,
    enrich(view, out) {
      read(view);
      out.flow = view;
      out.isEstablished = view.isEstablished;
      out.location = undefined;
      const facts = view.facts;
      if (facts?.resolved !== undefined) for (const resolution of facts.resolved) names.learn(initiator, resolution);

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
        out.asset = assets.assetOf(inside[0], inside[1], inside[2], inside[3]);
      }
      name(facts, inside, outside, view, out);
      if (out.direction === "internal") {
        out.place = undefined;
        out.party = undefined;
        out.partyBy = undefined;
        return;
      }
      const place = places.placeOf(outside[0], outside[1], outside[2], outside[3]);
      out.place = place;
      const match = parties.find(out.name, outside[0], outside[1], outside[2], outside[3], place.asn);
      out.party = match?.party;
      out.partyBy = match?.by;
    },
  };
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
