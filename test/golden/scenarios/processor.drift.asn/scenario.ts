import { type Beat, lookup, tls } from "../../../../src/demo/conversation.ts";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, FI, IMAGING, kB, OFFICE, RESOLVER } from "../site.ts";
import { after } from "../wire.ts";

const ALSO_DE = "78.46.10.21";
const visits = (count: number, address: string, name = "a.archive.example", from = IMAGING): Iterable<Beat>[] =>
  Array.from({ length: count }, () => tls(ends(from, address, 443), name, 4 * kB, kB));
/** The names of a party are learned for a day. */
const nextDay = (beats: Iterable<Beat>) => after(90_000, beats);
const asks = (name: string, address: string, alias?: string): Iterable<Beat> =>
  lookup(ends(IMAGING, RESOLVER, 53, 800), name, address, alias);

export const scenario: WireScenario = {
  config: `parties:
  - { name: archive, role: processor, domains: [archive.example], countries: [DE, FI] }
  - { name: grown, role: processor, domains: [grown.example, runs-it.com], asns: [64502], countries: [DE, FI] }
  - { name: updates, role: provider, domains: [updates.example] }
`,
  geo: { asns: ["78.46.0.0,78.47.255.255,64501,First Net", "95.216.0.0,95.217.255.255,64502,Second Net"] },
  fires: [
    {
      tells: "ten visits in a network that it did not answer from before",
      severity: "medium",
      packets: () => [...visits(1, DE), ...visits(10, FI)],
    },
    {
      tells: "the same from the office",
      severity: "low",
      packets: () => [...visits(1, DE, undefined, OFFICE), ...visits(10, FI, undefined, OFFICE)],
    },
    {
      tells: "its names lead to somebody else's in the same network",
      severity: "medium",
      packets: () => [
        ...visits(1, DE, "a.archive.example"),
        asks("a.archive.example", DE),
        ...visits(1, DE),
        nextDay(asks("a.archive.example", ALSO_DE, "x7.edge.runs-it.com")),
        ...visits(10, ALSO_DE),
      ],
    },
    {
      tells: "its alias leads to another organisation than before",
      severity: "medium",
      packets: () => [
        ...visits(1, DE, "a.archive.example"),
        asks("a.archive.example", DE, "lb.first-host.com"),
        ...visits(1, DE),
        nextDay(asks("b.archive.example", ALSO_DE, "lb.other-host.com")),
        ...visits(10, ALSO_DE, "b.archive.example"),
      ],
    },
  ],
  nearMisses: [
    { tells: "nine of them", packets: () => [...visits(1, DE), ...visits(9, FI)] },
    { tells: "a network that its entry lists", packets: () => [...visits(1, DE, "a.grown.example"), ...visits(12, FI, "a.grown.example")] },
    { tells: "the first network that is met of it", packets: () => visits(12, FI) },
    { tells: "a known provider", packets: () => [...visits(1, DE, "updates.example"), ...visits(12, FI, "updates.example")] },
    {
      tells: "an alias within the same organisation",
      packets: () => [
        ...visits(1, DE, "a.archive.example"),
        asks("a.archive.example", DE, "lb1.eu.first-host.com"),
        ...visits(1, DE),
        nextDay(asks("a.archive.example", ALSO_DE, "lb2.us.first-host.com")),
        ...visits(12, ALSO_DE),
      ],
    },
    {
      tells: "an alias to a domain that its entry lists",
      packets: () => [
        ...visits(1, DE, "a.grown.example"),
        asks("a.grown.example", DE, "lb.first-host.com"),
        ...visits(1, DE, "a.grown.example"),
        nextDay(asks("a.grown.example", ALSO_DE, "x7.runs-it.com")),
        ...visits(12, ALSO_DE, "a.grown.example"),
      ],
    },
    {
      tells: "somebody asks where another host is, and goes on as before",
      packets: () => [
        ...visits(1, DE, "a.archive.example"),
        asks("a.archive.example", DE),
        ...visits(1, DE),
        nextDay(asks("a.archive.example", ALSO_DE, "x7.runs-it.com")),
        ...visits(12, DE),
      ],
    },
    {
      tells: "nine visits after the change",
      packets: () => [
        ...visits(1, DE, "a.archive.example"),
        asks("a.archive.example", DE),
        ...visits(1, DE),
        nextDay(asks("a.archive.example", ALSO_DE, "x7.runs-it.com")),
        ...visits(9, ALSO_DE),
      ],
    },
    {
      tells: "the same change on the first day: its names are still being learned",
      packets: () => [
        ...visits(1, DE, "a.archive.example"),
        asks("a.archive.example", DE),
        ...visits(1, DE),
        asks("a.archive.example", ALSO_DE, "x7.runs-by.com"),
        ...visits(12, ALSO_DE),
      ],
    },
  ],
};
