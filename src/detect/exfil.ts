import { formatBytes } from "../lib/units.ts";
import { Baselines } from "./baselines.ts";
import { defineDetection } from "./detection.ts";
import { reportFlow, threadOf } from "./report.ts";

/** Catalogue 26. */
export const exfilVolume = defineDetection({
  name: "exfil.volume",
  title: "A host sends far more than it ever did",
  severity: "high",
  relevantTo: ["GDPR 32", "GDPR 33", "GDPR 34", "NIS2 21(2)(b)", "NIS2 23"],
  next: [
    "Ask the owner of the device whether a transfer, a migration or a new backup was planned for this hour.",
    "If not: cut the connection, keep the device as it is for forensics, and start the incident process.",
    "Decide on GDPR 33 (72 hours) and NIS2 23 (24 hours for the early warning) from when you know.",
  ],
  doc: `Fires when a host sends more to one party within an hour of packet time than \`factor\` times its own p99 of all hours of the 14 days before (hours without traffic count), and more than
\`minBytes\`. It needs at least \`minDays\` days of the host's own history, which is kept over restarts, for at most 16,384 hosts: registered devices with their MAC address, else addresses.
The hour slides in steps of five minutes. When there are more hosts, those without a day of history go first, then those longest unused. An address that only answers, with little, has
no history: else a scan from outside would be one of every address.`,
  concern: "crossing",
  thresholds: {
    factor: { default: 5, doc: "times its own p99 above which an hour is unusual" },
    minBytes: { default: 500_000_000, doc: "bytes leaving the site within an hour, below which it never fires" },
    minDays: { default: 7, doc: "days of history that a host needs, 1 to 14" },
  },
  remember: () => new Baselines(),
  passesOnMemory: true,
  evaluate(judged, context) {
    if (judged.newBytesOut === 0 || judged.zone === undefined) return;
    const { factor, minBytes, minDays } = context.settings;
    const { bytes, p99 } = context.memory.add(judged, context.destinations.of(judged), minBytes, minDays);
    if (p99 === undefined || bytes <= Math.max(minBytes, factor * p99) || !judged.isEstablished) return;
    // One alert per host: that is whose habit was broken.
    const host = context.destinations.ofText(`${judged.insideAddress()} to ${context.destinations.of(judged).text}`);
    reportFlow(judged, context, this.name, "high", threadOf(judged, context, host), () => ({
      detail: `${formatBytes(bytes)} within the hour to one party; its own p99 of an hour is ${formatBytes(p99)}`,
      because: `that is more than ${factor} times what this host sends in its busiest hours`,
      wouldAllow: "nothing: it is a change of habit, to be explained",
    }));
  },
});
