import { z } from "zod";
import { SEVERITIES } from "../../model/alert.ts";
import { option, section } from "../declare.ts";
import { whole } from "../values.ts";

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

const bytes = (byDefault: number, doc: string) =>
  option(whole(0, Number.MAX_SAFE_INTEGER).default(byDefault), { doc, unit: "bytes leaving the site" });
const confidence = (byDefault: number) =>
  option(whole(0, 100).default(byDefault), { doc: "Confidence of the location below which it does not fire.", unit: "0–100" });
const ratio = (byDefault: number, doc: string) => option(z.number().min(0).max(1).default(byDefault), { doc, unit: "0–1" });
const seconds = (min: number, max: number, doc: string, byDefault: number) =>
  option(whole(min, max).default(byDefault), { doc, unit: "s" });

export const detections = section(
  {
    "residency.violation": detection("Patient data goes to a country that is on no list and in no authorisation.", {
      confidence: confidence(80),
      criticalBytes: bytes(1_000_000, "From so many on it is critical, else high."),
    }),
    "residency.indeterminate": detection("Patient data goes to an unknown party, and nobody knows where.", {
      minBytesPerHour: bytes(100_000, "To one destination within an hour, from which it fires."),
    }),
    "processor.drift.country": detection("A registered party answers from a country that its contract does not name.", {
      confidence: confidence(70),
    }),
    "processor.unregistered": detection("Data goes to an organisation that is not in the register.", {
      minBytes: bytes(100_000, "To one destination, from which it fires."),
      rememberDays: option(whole(1, 3650).default(30), {
        doc: "Without traffic, after which a destination counts as new again.",
        unit: "days",
      }),
    }),
    "clear.dicom_external": detection("DICOM without TLS crosses the border.", {}),
    "clear.hl7_external": detection("HL7 messages without TLS cross the border.", {}),
    "tap.degraded": detection("The tap does not show all of the traffic.", {
      dropRatio: ratio(0.001, "Share of packets dropped by the kernel above which a minute is bad."),
      dropSeconds: seconds(60, 600, "Bad minutes in a row, from which it fires.", 300),
      oneWayRatio: ratio(0.2, "Share of closed flows with one direction only."),
      oneWayMinFlows: option(whole(1, 1_000_000_000).default(100), {
        doc: "Closed flows in the window below which nothing is said of one-way flows.",
        unit: "flows",
      }),
      undecodedRatio: ratio(0.01, "Share of packets that could not be decoded."),
      windowSeconds: seconds(60, 600, "Window of the one-way and the undecoded share.", 300),
      silenceSeconds: seconds(1, 86_400, "Longest time without a packet (wall time).", 60),
    }),
  },
  { doc: "The detections, by name, with their thresholds.", reload: "hot" },
);
