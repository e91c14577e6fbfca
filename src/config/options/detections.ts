import { z } from "zod";
import { SEVERITIES } from "../../model/alert.ts";
import { type Looser, option, section } from "../declare.ts";
import { checkedText, country, domain, identifier, line, list, network, whole } from "../values.ts";

/** Names and thresholds are those of the catalogue's own declarations; a test holds them together. */
function detection<Shape extends z.ZodRawShape>(doc: string, thresholds: Shape) {
  return section(
    {
      enabled: option(z.boolean().default(true), { doc: "false: it never fires." }),
      severity: option(z.enum(SEVERITIES).optional(), { doc: "Of every finding of it.", defaultText: "as the catalogue says" }),
      ...thresholds,
    },
    { doc },
  );
}

const HIGHER: { looser: Looser } = { looser: "higher" };

const bytes = (byDefault: number, doc: string) =>
  option(whole(0, Number.MAX_SAFE_INTEGER).default(byDefault), { ...HIGHER, doc, unit: "bytes leaving the site" });
const confidence = (byDefault: number) =>
  option(whole(0, 100).default(byDefault), { ...HIGHER, doc: "Confidence of the location below which it does not fire.", unit: "0–100" });
const ratio = (byDefault: number, doc: string) => option(z.number().min(0).max(1).default(byDefault), { ...HIGHER, doc, unit: "0–1" });
const seconds = (min: number, max: number, doc: string, byDefault: number, looser: Looser = "higher") =>
  option(whole(min, max).default(byDefault), { doc, unit: "s", looser });

const days = (min: number, max: number, byDefault: number, doc: string, looser: Looser = "higher") =>
  option(whole(min, max).default(byDefault), { doc, unit: "days", looser });
const flowCount = (byDefault: number, doc: string) => option(whole(1, 1_000_000_000).default(byDefault), { ...HIGHER, doc, unit: "flows" });
const texts = <S extends z.ZodType>(item: S, doc: string, looser: Looser, example?: unknown) =>
  option(list(item).default([]), { doc, looser, ...(example === undefined ? {} : { example }) });

const timeOfDay = () =>
  checkedText("time of day", (text) =>
    /^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? undefined : { message: `${JSON.stringify(text.slice(0, 20))} is no time of day (HH:MM)` },
  );

/** `provider:region`, as cloud-regions.yaml and the contracts name them. */
const region = () =>
  checkedText("cloud region", (text) =>
    /^[a-z0-9-]+:[a-z0-9-]+$/.test(text)
      ? undefined
      : { message: `${JSON.stringify(text.slice(0, 80))} is no cloud region (provider:region)` },
  );

/** A name suffix, an address or a network. */
const destination = () =>
  checkedText("name or network", (text) => {
    const isNetwork = network().safeParse(text).success;
    return isNetwork || domain().safeParse(text).success
      ? undefined
      : { message: `${JSON.stringify(text.slice(0, 80))} is no domain name, address or network` };
  });

const lane = z.strictObject({
  zones: option(list(identifier()).default([]), { doc: "Zones that it is for; empty: all." }),
  parties: option(list(identifier()).default([]), { doc: "Registered parties that it is for." }),
  names: option(list(domain()).default([]), { doc: "Domain suffixes that it is for. Neither parties nor names: everybody." }),
  countries: option(list(country(), 300).default([]), { doc: "Countries of the outside end; empty: all.", example: ["DE"] }),
  days: option(list(whole(1, 7), 7).default([]), { doc: "Days of the week, 1 Monday to 7 Sunday; empty: all." }),
  from: option(timeOfDay().default("00:00"), { doc: "Opens.", unit: "HH:MM, time of the site" }),
  until: option(timeOfDay().default("00:00"), { doc: "Closes; at or below `from`: on the next day.", unit: "HH:MM, time of the site" }),
});

const deviceProfile = z.strictObject({
  zones: option(list(identifier()).default([]), { doc: "Zones of the devices; empty: all." }),
  devices: option(list(network()).default([]), { doc: "Addresses or networks of the devices; empty: all of the zones." }),
  names: option(list(domain()).default([]), { doc: "Domain suffixes that they may speak to.", example: ["vendor.example"] }),
  parties: option(list(identifier()).default([]), { doc: "Registered parties that they may speak to." }),
});

/** In the catalogue's order. */
export const detections = section(
  {
    "residency.violation": detection("Patient data goes to a country that is on no list and in no authorisation.", {
      confidence: confidence(80),
      criticalBytes: bytes(1_000_000, "From so many on it is critical, else high."),
    }),
    "residency.indeterminate": detection("Patient data goes to an unknown party, and nobody knows where.", {
      minBytesPerHour: bytes(100_000, "To one destination within an hour, from which it fires."),
    }),
    "residency.anycast_edge": detection("A party answers from an anycast or CDN edge that its contract does not list.", {}),
    "geo.contradicted": detection("What is claimed of a place cannot be true.", {}),
    "processor.drift.country": detection("A registered party answers from a country that its contract does not name.", {
      confidence: confidence(70),
    }),
    "processor.drift.region": detection("A registered party answers from a cloud region that its contract does not name.", {
      minFlows: flowCount(3, "Within 24 hours, from which it fires."),
    }),
    "processor.drift.asn": detection(
      "A registered party answers from a network, by a DNS alias or with a certificate issuer that is new of it.",
      {
        minFlows: flowCount(10, "From which it fires."),
        rememberDays: days(1, 3650, 30, "Without traffic, after which a network counts as new again."),
      },
    ),
    "processor.unregistered": detection("Data goes to an organisation that is not in the register.", {
      minBytes: bytes(100_000, "To one destination, from which it fires."),
      rememberDays: option(whole(1, 3650).default(30), {
        doc: "Without traffic, after which a destination counts as new again.",
        unit: "days",
        ...HIGHER,
      }),
    }),
    "processor.contract_expired": detection("A party's papers have ended, or end soon.", {
      noticeDays: days(0, 365, 60, "Before the end from which notice is given; then at 30 and 7.", "lower"),
    }),
    "basis.adequacy_changed": detection("The ground that transfers rest on has changed.", {
      lookBackDays: days(1, 365, 30, "Of flows that a change is held against.", "lower"),
    }),
    "derogation.overuse": detection("A derogation (GDPR 49) is used like a rule, or after its end.", {
      maxUses: flowCount(20, "Within 30 days that a derogation may carry, where it says nothing itself."),
    }),
    "clear.dicom_external": detection("DICOM without TLS crosses the border.", {}),
    "dicom.external_store": detection("Images go to an application that is not on the approved list.", {
      approvedAeTitles: texts(line(16), "AE titles outside that may receive images.", "more", ["EXTPACS"]),
      approvedAddresses: texts(network(), "Outside networks that may receive images.", "more"),
    }),
    "clear.hl7_external": detection("HL7 messages without TLS cross the border.", {}),
    "clear.fhir_external": detection("FHIR without TLS crosses the border.", {}),
    "clear.patient_identifier": detection("National health or identity numbers in clear text cross the border.", {
      minCount: option(whole(1, 1_000_000).default(3), {
        ...HIGHER,
        doc: "Valid numbers in one flow from which it fires.",
        unit: "numbers",
      }),
      labels: texts(line(64), "Further labels of recognised contents that count as identity numbers.", "fewer"),
    }),
    "mail.unencrypted": detection("A letter leaves without encryption.", {
      relays: texts(network(), "Inside networks of the site's own mail relays.", "fewer", ["10.20.0.25/32"]),
    }),
    "mail.cloud_from_phi": detection("A cloud mail or office suite is used from a zone with patient data.", {}),
    "tls.weak": detection("Encryption that does not protect crosses the border.", {}),
    "backup.unapproved_region": detection("A backup goes to a region that is not approved.", {
      minBytes: bytes(1_000_000_000, "To one destination within 24 hours, from which it fires."),
      regions: texts(region(), "Approved cloud regions.", "more-or-none", ["aws:eu-central-1"]),
    }),
    "telemedicine.relay_outside": detection("A video visit runs over a relay outside the list.", {
      minSeconds: seconds(1, 86_400, "Of media, from which it fires.", 60),
      minPacketsPerSecond: option(whole(1, 1_000_000).default(5), {
        doc: "Both ways together, below which it is no media.",
        unit: "packets/s",
        ...HIGHER,
      }),
    }),
    "device.unapproved_cloud": detection("A medical device speaks to a cloud outside its vendor's profile.", {
      profiles: texts(deviceProfile, "Whom devices may speak to.", "any"),
    }),
    "ai.endpoint_from_clinical": detection("An AI service is used from a clinical zone.", {}),
    "m365.boundary": detection("Microsoft 365 from a zone with patient data, or a service outside the EU Data Boundary.", {
      exclusions: texts(domain(), "Domain suffixes of services outside the EU Data Boundary (your import of Microsoft's list).", "fewer"),
    }),
    "storage.personal_cloud": detection("Files go to a consumer file-sharing service.", {
      minBytesPerHour: bytes(10_000_000, "To one service within an hour, from which it fires."),
    }),
    "visibility.hidden_name": detection("Where a clinical host goes is hidden from the tap.", {
      approvedResolvers: texts(destination(), "Resolvers that may be asked over HTTPS, TLS or QUIC.", "more", ["dns.example.lu"]),
    }),
    "exfil.volume": detection("A host sends far more than it ever did.", {
      factor: option(z.number().min(1).max(1000).default(5), {
        ...HIGHER,
        doc: "Times its own p99 of an hour above which it fires.",
        unit: "times",
      }),
      minBytes: bytes(500_000_000, "Within an hour, below which it never fires."),
      minDays: days(1, 14, 7, "Of history that a host needs."),
    }),
    "exfil.dns": detection("Data leaves inside DNS.", {
      minNames: option(whole(1, 4096).default(500), {
        doc: "Distinct names under one domain within the window above which it fires.",
        unit: "names",
        ...HIGHER,
      }),
      minEntropy: option(z.number().min(0).max(8).default(3.5), {
        doc: "Mean entropy of the longest label above which names look random.",
        unit: "bits per character",
        ...HIGHER,
      }),
      minCarrierBytesPerHour: option(whole(0, Number.MAX_SAFE_INTEGER).default(1_000_000), {
        doc: "Both ways, in flows that ask for TXT or NULL records under one domain, above which it fires.",
        unit: "bytes",
        ...HIGHER,
      }),
      windowSeconds: seconds(60, 3600, "Within which names are counted.", 600, "lower"),
      approvedDomains: texts(domain(), "Domain suffixes of products that look things up this way.", "more"),
    }),
    "remote.support": detection("Remote support outside its lane.", { lanes: texts(lane, "Ways that are agreed on.", "more") }),
    "tunnel.opaque": detection("An opaque tunnel to somebody who is not registered.", {}),
    "tap.degraded": detection("The tap does not show all of the traffic.", {
      dropRatio: ratio(0.001, "Share of packets dropped by the kernel above which a minute is bad."),
      dropSeconds: seconds(60, 600, "Bad minutes in a row, from which it fires.", 300),
      oneWayRatio: ratio(0.2, "Share of closed flows with one direction only."),
      oneWayMinFlows: option(whole(1, 1_000_000_000).default(100), {
        doc: "Closed flows in the window below which nothing is said of one-way flows.",
        unit: "flows",
        ...HIGHER,
      }),
      undecodedRatio: ratio(0.01, "Share of packets that could not be decoded."),
      windowSeconds: seconds(60, 600, "Window of the one-way and the undecoded share.", 300, "any"),
      silenceSeconds: seconds(1, 86_400, "Longest time without a packet (wall time).", 60),
      exporterSeconds: seconds(
        1,
        86_400,
        "Longest time without a message from an exporter, at least; and three times its own interval.",
        180,
      ),
      templateSeconds: seconds(1, 86_400, "Longest time that sets of an exporter may wait for their template.", 600),
    }),
    "geo.stale": detection("What is known of places is old, missing or in dispute.", {
      maxAgeDays: days(1, 3650, 35, "After which a location database is stale."),
      disputedRatio: ratio(0.05, "Share of the bytes of zones with patient data on which databases disagree."),
      disputedMinBytes: bytes(10_000_000, "From those zones within 24 hours, below which nothing is said of it."),
    }),
    "audit.integrity": detection("The audit log cannot be trusted.", {}),
    "policy.loosened": detection("The policy allows more than before.", {}),
    "pipeline.canary_failed": detection("bordertap cannot rely on itself.", {
      skewSeconds: seconds(1, 3600, "That the clock may be off.", 2),
      diskDays: days(1, 365, 7, "To a full disk below which it fires.", "lower"),
    }),
  },
  { doc: "The detections, by name, with their thresholds.", reload: "hot" },
);
