import { parseHostPort } from "../lib/host-port.ts";
import { formatAddress } from "../lib/ip.ts";
import { FlowView } from "../model/flow.ts";
import type { Direction, JudgedFlow, Judgement, NameSource, PartyBy, Service } from "../model/judgement.ts";
import type { Location, Place } from "../model/location.ts";
import type { Asset, Party, Zone } from "../model/site.ts";

/** What a flow has before policy looked at it. */
const NOT_JUDGED: Judgement = { word: "undecided", rule: "no-rule", because: "policy has not looked at it", wouldAllow: undefined };

/** The one object that carries every flow event through the core. */
export function createJudgedFlow(): JudgedFlow {
  return new ReusableFlow();
}

class ReusableFlow implements JudgedFlow {
  flow: FlowView = new FlowView();
  direction: Direction = "transit";
  zone: Zone | undefined = undefined;
  asset: Asset | undefined = undefined;
  isInsideInitiator = false;
  bytesOut = 0;
  bytesIn = 0;
  newBytesOut = 0;
  newBytesIn = 0;
  isEstablished = false;
  party: Party | undefined = undefined;
  partyBy: PartyBy | undefined = undefined;
  partyAlso: readonly string[] | undefined = undefined;
  isPartyProven: boolean | undefined = undefined;
  proxiedTo: string | undefined = undefined;
  forwardedFor: string | undefined = undefined;
  proxiedAddress: string | undefined = undefined;
  proxiedWords: readonly [number, number, number, number] | undefined = undefined;
  name: string | undefined = undefined;
  nameSource: NameSource | undefined = undefined;
  place: Place | undefined = undefined;
  location: Location | undefined = undefined;
  service: Service | undefined = undefined;
  judgement: Judgement = NOT_JUDGED;

  insideAddress(): string {
    return this.direction === "inbound" ? responderText(this.flow) : initiatorText(this.flow);
  }

  /** Of what a proxy was asked for: the target, never the proxy. */
  outsideAddress(): string {
    if (this.proxiedTo !== undefined) return this.proxiedAddress ?? parseHostPort(this.proxiedTo)?.host ?? this.proxiedTo;
    return this.direction === "inbound" ? initiatorText(this.flow) : responderText(this.flow);
  }

  outsidePort(): number {
    const asked = this.proxiedTo === undefined ? undefined : parseHostPort(this.proxiedTo)?.port;
    if (asked !== undefined) return asked;
    return this.direction === "inbound" ? this.flow.initiatorPort : this.flow.responderPort;
  }
}

function initiatorText(flow: FlowView): string {
  return formatAddress(flow.initiatorWord(0), flow.initiatorWord(1), flow.initiatorWord(2), flow.initiatorWord(3));
}

function responderText(flow: FlowView): string {
  return formatAddress(flow.responderWord(0), flow.responderWord(1), flow.responderWord(2), flow.responderWord(3));
}
