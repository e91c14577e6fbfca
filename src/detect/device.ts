import type { FlowFacts } from "../model/facts.ts";
import type { JudgedFlow } from "../model/judgement.ts";
import { defineDetection } from "./detection.ts";
import { NameList } from "./name-list.ts";
import { PrefixList } from "./prefix-list.ts";
import { reportFlow, threadOf } from "./report.ts";

const CLOUD_WORDS: ReadonlySet<string> = new Set(["tls", "quic", "mqtt", "http", "http2", "websocket"]);

/** Whom the devices of a zone, or some of them, may speak to: an entry of the list `profiles`. */
interface DeviceProfile {
  zones?: readonly string[];
  devices?: readonly string[];
  names?: readonly string[];
  parties?: readonly string[];
}

class Profiles {
  private readonly all: { zones: readonly string[]; devices: PrefixList | undefined; names: NameList; parties: readonly string[] }[];

  constructor(entries: readonly unknown[]) {
    this.all = (entries as readonly DeviceProfile[]).map(({ zones = [], devices = [], names = [], parties = [] }) => ({
      zones,
      devices: devices.length > 0 ? new PrefixList(devices) : undefined,
      names: new NameList(names),
      parties,
    }));
  }

  /** "none": no profile is about this device. */
  verdictOf(judged: JudgedFlow): "allowed" | "not-allowed" | "none" {
    let isCovered = false;
    for (const { zones, devices, names, parties } of this.all) {
      if (zones.length > 0 && !zones.includes(judged.zone!.name)) continue;
      if (devices !== undefined && !devices.hasInside(judged)) continue;
      if (names.has(judged.name) || (judged.party !== undefined && parties.includes(judged.party.name))) return "allowed";
      isCovered = true;
    }
    return isCovered ? "not-allowed" : "none";
  }
}

/** Catalogue 21. */
export const deviceCloud = defineDetection({
  name: "device.unapproved_cloud",
  title: "A medical device speaks to a cloud outside its vendor's profile",
  severity: "high",
  relevantTo: ["GDPR 32", "NIS2 21(2)(d)", "NIS2 21(2)(i)"],
  next: [
    "Ask the vendor whether the device is meant to speak to this name, and what it sends.",
    "If it is: add the name to the device's profile, and the party to the register. If not: isolate the device, it may be taken over.",
  ],
  doc: `Fires for an established MQTT, HTTPS or HTTP flow from a device zone to an outside name or party that the device's profile does not list. Devices without a profile
may speak to registered parties.`,
  concern: "patient",
  thresholds: {},
  lists: {
    profiles:
      "profiles of devices: `zones`, `devices` (addresses or networks), and the `names` (domain suffixes) and `parties` they may speak to",
  },
  remember: ({ lists }) => new Profiles(lists.profiles),
  evaluate(judged, context) {
    if (judged.direction !== "outbound" || !judged.isEstablished || judged.zone?.data.includes("device") !== true) return;
    const { facts } = judged.flow;
    if (facts === undefined || judged.location?.place.special !== undefined || !speaksToCloud(facts)) return;
    const verdict = context.memory.verdictOf(judged);
    if (verdict === "allowed" || (verdict === "none" && judged.party !== undefined)) return;
    const subject = judged.name ?? judged.outsideAddress();
    reportFlow(judged, context, this.name, "high", threadOf(judged, context), () => ({
      detail: `${facts.protocols[0]} to ${subject}`,
      because:
        verdict === "none"
          ? "no profile is about this device, and nobody is registered there"
          : "its profile does not list this destination",
      wouldAllow: `${subject} in the profile of the device`,
    }));
  },
});

function speaksToCloud({ protocols }: FlowFacts): boolean {
  for (let n = 0; n < protocols.length; n += 1) if (CLOUD_WORDS.has(protocols[n])) return true;
  return false;
}
