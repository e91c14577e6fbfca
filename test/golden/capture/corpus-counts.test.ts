import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { PcapFileSource } from "../../../src/capture/pcap-file.ts";
import { Losses } from "../../../src/obs/losses.ts";

const corpus = resolve(import.meta.dirname, "../../../../shared/corpus");
const index = join(corpus, "INDEX.tsv");
const isThere = existsSync(index);
if (!isThere) console.warn("LEFT OUT: packet counts of the third-party corpus (../shared/corpus is not there)");

/** Where the index has the count of a tool that reads the file otherwise than its format says. */
const OTHERWISE: Readonly<Record<string, number>> = {
  // Version 2.0 has the two lengths of a record the other way round, as libpcap (and so the case's own expected result) reads it.
  "malformed/ndpi-fuzz-2021-10-13.pcap": 1,
};

interface Case {
  name: string;
  files: string[];
  packets: number;
  linktype: string;
}

/** The rows of the index whose files are captures. */
function cases(): Case[] {
  const rows = readFileSync(index, "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"));
  return rows
    .filter((row) => row[7] !== "mmdb" && !row[7].includes(".dat"))
    .map((row) => {
      const files = row[0].split(" ; ");
      return {
        name: row[0],
        files: files.map((file) => join(corpus, file)),
        packets: OTHERWISE[row[0]] ?? Number(row[6]),
        linktype: row[7],
      };
    });
}

async function readAll(files: string[]) {
  const source = new PcapFileSource({ source: "pcap-file", files, losses: new Losses() });
  await source.open();
  let packets = 0;
  for (;;) {
    const block = source.next();
    if (block === "end") break;
    if (block === "idle") await source.ready(100);
    else packets += block.count;
  }
  return { packets, counters: source.counters(), files: source.files() };
}

describe.skipIf(!isThere)("the third-party corpus", () => {
  it.each(isThere ? cases() : [])("$name", async ({ files, packets, linktype }) => {
    const got = await readAll(files);
    expect({ packets: got.packets, seen: got.counters.seenPackets }).toEqual({ packets, seen: packets });
    if (packets > 0 && linktype !== "" && !/^\d+$/.test(linktype)) expect(got.files[0].linktype.split(",")).toContain(linktype);
  });
});
