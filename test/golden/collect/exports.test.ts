import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readExports } from "../../../src/app/analyze-exports.ts";
import { formatAddress } from "../../../src/lib/ip.ts";
import { FlowView } from "../../../src/model/flow.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { ipfix, ipfixTemplate, PLAIN, plainRecord, set, v5, v5Record } from "../../unit/collect/messages.ts";

const TOPIC = "flows-netflow-ipfix-sflow";
const corpus = resolve(import.meta.dirname, "../../../../shared/corpus");
const hasCorpus = existsSync(join(corpus, "INDEX.tsv"));
if (!hasCorpus) console.log("LEFT OUT: test/golden/collect: ../shared/corpus is not here; only messages built in code are read");

const folder = mkdtempSync(join(tmpdir(), "bordertap-exports-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads files as `analyze --flow-exports` does; each record as "source destination transport packets/bytes". */
async function read(paths: string[]) {
  const records: string[] = [];
  const view = new FlowView();
  const text = (word: (n: number) => number) => formatAddress(word(0), word(1), word(2), word(3));
  const reading = readExports(paths, new Losses(), (batch) => {
    for (let n = 0; n < batch.count; n += 1) {
      view.at(batch, n);
      const ends = `${text((w) => view.initiatorWord(w))} ${text((w) => view.responderWord(w))}`;
      records.push(`${ends} ${view.transport} ${view.packetsUp}/${view.bytesUp}`);
    }
  });
  await reading.run();
  return { records, status: reading.status(), files: reading.files() };
}

describe("flow exports in files", () => {
  const file = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };

  it("are read in order, from file to file, one record each and never merged", async () => {
    const { records, status, files } = await read([
      file("a.dat", ipfix([set(256, plainRecord(1))])),
      file("b.dat", ipfix([ipfixTemplate(256, PLAIN), set(256, [...plainRecord(2), ...plainRecord(2)])])),
      file("c.dat", v5([v5Record()])),
    ]);
    expect(records).toEqual([
      "10.0.0.1 192.0.2.9 6 4/1",
      "10.0.0.1 192.0.2.9 6 4/2",
      "10.0.0.1 192.0.2.9 6 4/2",
      "10.0.0.1 192.0.2.9 6 12/3456",
    ]);
    expect(status.collect).toMatchObject({ packets: 3, records: 4, held: 1, dropped: 0, malformed: 0 });
    expect(status).toMatchObject({ decodedPackets: 3, malformedPackets: 0, capture: { seenPackets: 3 } });
    expect(files.map(({ name, packets, complete }) => [name, packets, complete])).toEqual([
      ["a.dat", 1, true],
      ["b.dat", 1, true],
      ["c.dat", 1, true],
    ]);
  });

  it("count a payload that is no export, and a file that is not there", async () => {
    const { status, files } = await read([file("d.dat", Buffer.from("hello, world")), join(folder, "none.dat"), join(folder, "none.pcap")]);
    expect(status).toMatchObject({ decodedPackets: 0, malformedPackets: 1, losses: { export_malformed: 1 } });
    expect(files.map(({ fault }) => fault)).toEqual([undefined, "capture_missing", "capture_missing"]);
  });
});

interface Case {
  files: string[];
  expected: string;
}

/** Cases of which a collector's own tests say what is in them. */
function cases(): Case[] {
  if (!hasCorpus) return [];
  const rows = readFileSync(join(corpus, "INDEX.tsv"), "utf8").split("\n").slice(1);
  return rows
    .map((row) => row.split("\t"))
    .filter(([path, , , , expected]) => path?.startsWith(TOPIC) && expected?.endsWith(".logstash.json"))
    .map(([path, , , , expected]) => ({ files: path.split(" ; ").map((one) => join(corpus, one)), expected: join(corpus, expected) }))
    .filter(({ files }) => files.every((one) => existsSync(one)));
}

type LogstashRecord = Record<string, string | number | undefined>;

/** "source destination transport packets/bytes" of each expected event that has them all. */
function expectedRecords(path: string): string[] {
  const { expected_events: events = [] } = JSON.parse(readFileSync(path, "utf8")) as {
    expected_events?: { event: { netflow?: LogstashRecord } }[];
  };
  return events.flatMap(({ event: { netflow: one } }) => {
    if (one === undefined) return [];
    const from = one.ipv4_src_addr ?? one.sourceIPv4Address;
    const to = one.ipv4_dst_addr ?? one.destinationIPv4Address;
    const transport = one.protocol ?? one.protocolIdentifier;
    const bytes = one.in_bytes ?? one.octetDeltaCount;
    const packets = one.in_pkts ?? one.packetDeltaCount;
    return [from, to, transport, packets, bytes].includes(undefined) ? [] : [`${from} ${to} ${transport} ${packets}/${bytes}`];
  });
}

describe.skipIf(!hasCorpus)("exports of real devices", () => {
  it("have records to compare", () => {
    expect(cases().flatMap(({ expected }) => expectedRecords(expected)).length).toBeGreaterThan(10);
  });

  it.each(cases())("$expected", async ({ files, expected }) => {
    const { records, status } = await read(files);
    for (const record of expectedRecords(expected)) expect(records).toContain(record);
    expect(status.decodedPackets + status.malformedPackets).toBe(status.capture.seenPackets);
  });
});
