import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { PcapFileSource } from "../../../src/capture/pcap-file.ts";
import { Losses } from "../../../src/obs/losses.ts";
import * as make from "./make-capture.ts";
import { type Frame, readFiles, scratch } from "./read-capture.ts";

const files = scratch();
afterAll(() => files.remove());

const data = (text: string) => Buffer.from(text, "latin1");
const frame = (text: string, more: Partial<Frame> = {}): Frame => ({ text, micros: 1e6, wire: text.length, link: 1, ...more });
const { pcapHeader, pcapRecord, ngSection, ngInterface, ngPacket, ngSimplePacket, ngObsoletePacket, ngBlock, ngOption } = make;
const little = { isLittle: true };
const tsresol = (value: number) => ngOption(9, Buffer.from([value]));
const tsoffset = (seconds: bigint) => ngOption(14, make.u64(seconds, little));
const ngFile = (...blocks: Buffer[]) => Buffer.concat([ngSection(), ...blocks]);

interface Case {
  name: string;
  bytes: Buffer;
  frames: Frame[];
  linktype: string;
}

const CASES: Case[] = [
  {
    name: "pcap, little endian",
    bytes: Buffer.concat([pcapHeader(), pcapRecord(data("abc"), { fraction: 7 })]),
    frames: [frame("abc", { micros: 1000007 })],
    linktype: "EN10MB",
  },
  {
    name: "pcap, big endian",
    bytes: Buffer.concat([pcapHeader({ isLittle: false }), pcapRecord(data("abc"), { fraction: 7, original: 99, isLittle: false })]),
    frames: [frame("abc", { micros: 1000007, wire: 99 })],
    linktype: "EN10MB",
  },
  {
    name: "pcap, nanoseconds",
    bytes: Buffer.concat([pcapHeader({ magic: 0xa1b23c4d }), pcapRecord(data("abc"), { fraction: 7500 })]),
    frames: [frame("abc", { micros: 1000007.5 })],
    linktype: "EN10MB",
  },
  {
    name: "pcap, nanoseconds, big endian",
    bytes: Buffer.concat([
      pcapHeader({ magic: 0xa1b23c4d, isLittle: false }),
      pcapRecord(data("abc"), { fraction: 999_999_000, isLittle: false }),
    ]),
    frames: [frame("abc", { micros: 1999999 })],
    linktype: "EN10MB",
  },
  {
    name: "pcap, modified record header",
    bytes: Buffer.concat([
      pcapHeader({ magic: 0xa1b2cd34 }),
      pcapRecord(data("abc"), { more: Buffer.alloc(8) }),
      pcapRecord(data("de"), { more: Buffer.alloc(8) }),
    ]),
    frames: [frame("abc"), frame("de")],
    linktype: "EN10MB",
  },
  {
    name: "pcap before 2.4 with lengths exchanged",
    bytes: Buffer.concat([pcapHeader({ version: [2, 2] }), pcapRecord(data("abc"), { length: 1500, original: 3 })]),
    frames: [frame("abc", { wire: 1500 })],
    linktype: "EN10MB",
  },
  {
    name: "pcap whose link type tells of a check sequence",
    bytes: Buffer.concat([pcapHeader({ network: 0x50000071 }), pcapRecord(data("abc"))]),
    frames: [frame("abc", { link: 113 })],
    linktype: "LINUX_SLL",
  },
  { name: "pcap without packets", bytes: pcapHeader({ network: 101 }), frames: [], linktype: "RAW" },
  {
    name: "pcap with an empty record",
    bytes: Buffer.concat([pcapHeader(), pcapRecord(data("")), pcapRecord(data("a"))]),
    frames: [frame(""), frame("a")],
    linktype: "EN10MB",
  },
  {
    name: "pcap of another link type without a name",
    bytes: Buffer.concat([pcapHeader({ network: 285 }), pcapRecord(data("a"))]),
    frames: [frame("a", { link: 285 })],
    linktype: "285",
  },
  { name: "pcapng without packets", bytes: ngFile(), frames: [], linktype: "" },
  {
    name: "pcapng, two interfaces of two kinds and resolutions",
    bytes: ngFile(
      ngInterface(),
      ngInterface({ link: 101, options: Buffer.concat([ngOption(2, data("eth7")), tsresol(9), ngOption(0, data(""))]) }),
      ngPacket(data("abcde"), { time: 1_700_000_000_123_456n, original: 60 }),
      ngPacket(data("xy"), { id: 1, time: 1_700_000_000_123_457_500n }),
    ),
    frames: [frame("abcde", { micros: 1_700_000_000_123_456, wire: 60 }), frame("xy", { micros: 1_700_000_000_123_457.5, link: 101 })],
    linktype: "EN10MB,RAW",
  },
  {
    name: "pcapng, resolution of a power of two",
    bytes: ngFile(ngInterface({ options: tsresol(0x80 | 10) }), ngPacket(data("a"), { time: 1_700_000_000n * 1024n + 512n })),
    frames: [frame("a", { micros: 1_700_000_000_500_000 })],
    linktype: "EN10MB",
  },
  {
    name: "pcapng, whole seconds with an offset",
    bytes: ngFile(
      ngInterface({ options: Buffer.concat([tsresol(0), tsoffset(1_000_000_000n)]) }),
      ngPacket(data("a"), { time: 700_000_000n }),
    ),
    frames: [frame("a", { micros: 1_700_000_000_000_000 })],
    linktype: "EN10MB",
  },
  {
    name: "pcapng, an offset before 1970 and picoseconds",
    bytes: ngFile(ngInterface({ options: Buffer.concat([tsresol(12), tsoffset(-5n)]) }), ngPacket(data("a"), { time: 6_000_000_000_000n })),
    frames: [frame("a")],
    linktype: "EN10MB",
  },
  {
    name: "pcapng, time beyond the calendar: that of the packet before",
    bytes: ngFile(
      ngInterface(),
      ngInterface({ options: tsoffset(1n << 62n) }),
      ngPacket(data("a"), { time: 1_000_000n }),
      ngPacket(data("b"), { id: 1 }),
    ),
    frames: [frame("a"), frame("b")],
    linktype: "EN10MB",
  },
  {
    name: "pcapng, simple packets take the snap length and the last time",
    bytes: ngFile(
      ngInterface({ snap: 4 }),
      ngPacket(data("a"), { time: 1_000_000n }),
      ngSimplePacket(data("abcd"), { original: 9 }),
      ngSimplePacket(data("ab")),
    ),
    frames: [frame("a"), frame("abcd", { wire: 9 }), frame("ab")],
    linktype: "EN10MB",
  },
  {
    name: "pcapng, obsolete packets",
    bytes: ngFile(ngInterface(), ngInterface({ link: 113 }), ngObsoletePacket(data("abc"), { id: 1, time: 1_000_000n })),
    frames: [frame("abc", { link: 113 })],
    linktype: "EN10MB,LINUX_SLL",
  },
  {
    name: "pcapng, other blocks passed over",
    bytes: ngFile(
      ngInterface(),
      ngBlock(0xbad, data("custom")),
      ngBlock(4, Buffer.alloc(3000)),
      ngBlock(0x40000bad, data("")),
      ngPacket(data("a"), { time: 1_000_000n }),
      ngBlock(10, data("secrets")),
    ),
    frames: [frame("a")],
    linktype: "EN10MB",
  },
  {
    name: "pcapng, two sections of opposite byte order, each with its own interfaces",
    bytes: Buffer.concat([
      ngSection(),
      ngInterface({ link: 101 }),
      ngPacket(data("a"), { time: 1_000_000n }),
      ngSection(false),
      ngInterface({ link: 1, isLittle: false }),
      ngPacket(data("b"), { time: 1_000_000n, isLittle: false }),
    ]),
    frames: [frame("a", { link: 101 }), frame("b")],
    linktype: "RAW,EN10MB",
  },
  {
    name: "pcapng, a packet of an interface nobody described",
    bytes: ngFile(ngInterface(), ngPacket(data("a"), { id: 3, time: 1_000_000n })),
    frames: [frame("a", { link: -1 })],
    linktype: "EN10MB",
  },
  {
    name: "pcapng, a packet longer than the read buffer",
    bytes: ngFile(ngInterface(), ngPacket(Buffer.alloc(5_000_000, "z"), { time: 1_000_000n }), ngPacket(data("a"), { time: 1_000_000n })),
    frames: [frame("z".repeat(5_000_000)), frame("a")],
    linktype: "EN10MB",
  },
];

describe.each([
  ["as it is", (bytes: Buffer) => bytes],
  ["gzipped", (bytes: Buffer) => gzipSync(bytes)],
  ["gzipped in two members", (bytes: Buffer) => Buffer.concat([gzipSync(bytes.subarray(0, 20)), gzipSync(bytes.subarray(20))])],
])("a whole capture %s", (_, pack) => {
  it.each(CASES)("$name", async ({ bytes, frames, linktype }) => {
    const got = await readFiles([files.put(pack(bytes))]);
    expect(got.frames).toEqual(frames);
    expect(got.files).toEqual([{ name: expect.any(String), packets: frames.length, linktype, complete: true }]);
    expect(got.losses.toJSON()).toEqual({});
    expect(got.progress).toBe(1);
    expect(got.counters).toMatchObject({
      seenPackets: frames.length,
      seenBytes: frames.reduce((sum, f) => sum + f.wire, 0),
      newestMicros: frames.length === 0 ? undefined : Math.max(...frames.map((f) => f.micros)),
    });
  });
});

describe("damaged captures", () => {
  const good = Buffer.concat([pcapHeader(), pcapRecord(data("abc")), pcapRecord(data("defg"))]);
  const goodNg = ngFile(ngInterface(), ngPacket(data("abc"), { time: 1_000_000n }), ngPacket(data("defg"), { time: 1_000_000n }));

  it.each([
    { format: "pcap", bytes: good, ends: [24, 43, 63] },
    { format: "pcapng", bytes: goodNg, ends: [28, 48, 84, 120] },
  ])("$format cut anywhere gives every whole packet and says so", async ({ bytes, ends }) => {
    for (let length = ends[0]; length <= bytes.length; length += 1) {
      const got = await readFiles([files.put(bytes.subarray(0, length), "cut.pcap")]);
      const whole = ["abc", "defg"].filter((_, n) => length >= ends[ends.length - 2 + n]);
      const isAtRecordEnd = ends.includes(length);
      expect({ length, frames: got.frames.map((f) => f.text) }).toEqual({ length, frames: whole });
      expect({ length, complete: got.files[0].complete }).toEqual({ length, complete: isAtRecordEnd });
      expect(got.losses.of("record_truncated")).toBe(isAtRecordEnd ? 0 : 1);
      expect(got.files[0].warning === undefined).toBe(isAtRecordEnd);
    }
  });

  it("gzip cut anywhere gives packets that are whole, and says so", async () => {
    const packed = gzipSync(Buffer.concat([good, pcapRecord(Buffer.alloc(500, "q"))]), { level: 0 });
    for (let length = 40; length < packed.length; length += 1) {
      const got = await readFiles([files.put(packed.subarray(0, length), "cut.pcap.gz")]);
      expect(["abc", "defg", "q".repeat(500)].slice(0, got.frames.length)).toEqual(got.frames.map((f) => f.text));
      expect(got.files[0]).toMatchObject({ complete: false, warning: expect.stringContaining("cut short") });
    }
  });

  it("gzip with a wrong check sum is not called complete", async () => {
    const packed = gzipSync(Buffer.concat([good, ...Array.from({ length: 1000 }, () => pcapRecord(Buffer.alloc(1500)))]));
    packed[packed.length - 6] ^= 1;
    const got = await readFiles([files.put(packed)]);
    expect(got.frames.length).toBeGreaterThan(400);
    expect(got.files[0]).toMatchObject({ complete: false, warning: expect.stringContaining("damaged") });
  });

  it.each([
    {
      name: "pcap record longer than any frame",
      bytes: Buffer.concat([good, pcapRecord(data("x"), { length: 262_145, original: 262_145 }), pcapRecord(data("y"))]),
    },
    { name: "pcap record of 4 GB", bytes: Buffer.concat([good, pcapRecord(data("x"), { length: 0xffffffff, original: 0xffffffff })]) },
    {
      name: "pcapng block shorter than itself",
      bytes: Buffer.concat([goodNg, make.u32(6, little), make.u32(8, little), Buffer.alloc(40)]),
    },
    { name: "pcapng block of an odd length", bytes: Buffer.concat([goodNg, make.u32(6, little), make.u32(33, little), Buffer.alloc(40)]) },
    { name: "pcapng block too long", bytes: Buffer.concat([goodNg, make.u32(6, little), make.u32(0x7ffffffc, little), Buffer.alloc(40)]) },
    { name: "pcapng block with two lengths", bytes: Buffer.concat([goodNg, make.u32(6, little), make.u32(40, little), Buffer.alloc(40)]) },
    {
      name: "pcapng section without byte order",
      bytes: Buffer.concat([goodNg, make.u32(0x0a0d0d0a, little), make.u32(28, little), Buffer.alloc(40)]),
    },
  ])("$name: what came before is kept", async ({ bytes }) => {
    const got = await readFiles([files.put(bytes)]);
    expect(got.frames.map((f) => f.text)).toEqual(["abc", "defg"]);
    expect(got.losses.toJSON()).toEqual({ record_length: 1 });
    expect(got.files[0]).toMatchObject({ packets: 2, complete: false, warning: expect.stringContaining("reading stopped there") });
  });

  it("a frame is never shorter on the wire than what was captured of it", async () => {
    const got = await readFiles([
      files.put(Buffer.concat([pcapHeader(), pcapRecord(data("abc"), { original: 1 }), pcapRecord(data("de"), { original: 0xfffffff0 })])),
    ]);
    expect(got.frames.map((f) => f.wire)).toEqual([3, 2]);
    expect(got.losses.toJSON()).toEqual({ record_length: 2 });
    expect(got.files[0]).toMatchObject({ complete: true, warning: "2 records contradict themselves" });
  });

  it("a pcapng packet longer than its block is left out, the next is read", async () => {
    const got = await readFiles([
      files.put(ngFile(ngInterface(), ngPacket(data("abc"), { length: 5 }), ngPacket(data("d"), { time: 1_000_000n }))),
    ]);
    expect(got.frames).toEqual([frame("d")]);
    expect(got.losses.toJSON()).toEqual({ record_length: 1 });
  });

  it("says what the capturing machine dropped", async () => {
    const statistics = (drops: bigint) =>
      ngBlock(5, Buffer.concat([Buffer.alloc(12), ngOption(5, make.u64(drops, little)), ngOption(7, make.u64(2n, little))]));
    const got = await readFiles([files.put(ngFile(ngInterface(), statistics(1n), statistics(40n)))]);
    expect(got.files[0]).toMatchObject({ complete: true, warning: "42 packets were dropped when it was captured" });
  });
});

describe("several files", () => {
  const one = files.put(Buffer.concat([pcapHeader(), pcapRecord(data("a"), { seconds: 9 })]), "one.pcap");
  const two = files.put(ngFile(ngInterface({ link: 101 }), ngPacket(data("b"), { time: 1_000_000n })), "two.pcapng");
  const text = files.put(Buffer.from("a,b,c\n"), "notes.csv");

  it("are one stream in the order given", async () => {
    const got = await readFiles([one, two, one]);
    expect(got.frames.map((f) => [f.text, f.link])).toEqual([
      ["a", 1],
      ["b", 101],
      ["a", 1],
    ]);
    expect(got.counters).toMatchObject({ seenPackets: 3, seenBytes: 3, newestMicros: 9e6, kernelDrops: 0 });
    expect(got.files.map((f) => f.name)).toEqual(["one.pcap", "two.pcapng", "one.pcap"]);
  });

  it("go on past one that is none when told to", async () => {
    const got = await readFiles([text, one, join(files.folder, "gone.pcap"), files.folder, two], true);
    expect(got.frames.map((f) => f.text)).toEqual(["a", "b"]);
    expect(got.files.map((f) => [f.fault, f.packets])).toEqual([
      ["capture_not_a_capture", 0],
      [undefined, 1],
      ["capture_missing", 0],
      ["capture_not_a_capture", 0],
      [undefined, 1],
    ]);
  });

  it("stop before the first byte when one is none", async () => {
    await expect(readFiles([one, text])).rejects.toMatchObject({ code: "capture_not_a_capture" });
  });

  it("have a title", () => {
    const title = (...paths: string[]) => new PcapFileSource({ source: "pcap-file", files: paths, losses: new Losses() }).title;
    expect([title(one), title(one, two), title("-")]).toEqual(["one.pcap", "one.pcap and 1 more", "standard input"]);
  });
});

describe("what is no capture is named with what to do", () => {
  mkdirSync(join(files.folder, "sub"));
  it.each([
    { what: "an empty file", path: files.put(Buffer.alloc(0), "empty.pcap"), says: /empty\.pcap is no packet capture.*it is empty/ },
    { what: "a text file", path: files.put(Buffer.from("hello world, this is text"), "x.txt"), says: /x\.txt is no packet capture/ },
    { what: "a header cut short", path: files.put(pcapHeader().subarray(0, 23), "h.pcap"), says: /ends inside its header/ },
    { what: "a pcapng header cut short", path: files.put(ngSection().subarray(0, 27), "h.pcapng"), says: /ends inside its header/ },
    { what: "three bytes", path: files.put(Buffer.from("abc"), "3.pcap"), says: /ends inside its header/ },
    { what: "gzipped text", path: files.put(gzipSync("hello world, this is text"), "x.gz"), says: /x\.gz is no packet capture/ },
    { what: "gzipped nothing", path: files.put(gzipSync(""), "0.gz"), says: /it is empty/ },
    {
      what: "broken gzip",
      path: files.put(Buffer.from("1f8b0800ffffffffffffffffffffffff", "hex"), "b.gz"),
      says: /b\.gz is no packet capture/,
    },
    { what: "zstd", path: files.put(Buffer.from("28b52ffd00000000", "hex"), "z.zst"), says: /zstd -dc .*z\.zst/ },
    { what: "a folder", path: join(files.folder, "sub"), says: /sub is a folder: name the capture files in it/ },
    { what: "a missing file", path: join(files.folder, "none.pcap"), says: /cannot read .*none\.pcap: there is no such file/ },
    { what: "a device", path: "/dev/null", says: /neither a file nor a pipe/ },
  ])("$what", async ({ path, says, what }) => {
    const code = what === "a missing file" ? "capture_missing" : "capture_not_a_capture";
    await expect(readFiles([path])).rejects.toMatchObject({ code, exitCode: 2, message: expect.stringMatching(says) });
    const going = await readFiles([path], true);
    expect(going.files).toMatchObject([{ fault: code, packets: 0, complete: false }]);
  });

  it("a filter on files", async () => {
    const source = new PcapFileSource({ source: "pcap-file", files: ["-"], filter: "tcp", losses: new Losses() });
    await expect(source.open()).rejects.toMatchObject({ code: "capture_filter" });
  });
});

describe("a named pipe", () => {
  it("is read as it comes, packed or not", async () => {
    const bytes = Buffer.concat([pcapHeader(), ...Array.from({ length: 3000 }, () => pcapRecord(Buffer.alloc(900, "k")))]);
    for (const content of [bytes, gzipSync(bytes)]) {
      const from = files.put(content, "source");
      const pipe = join(files.folder, `pipe-${content.length}`);
      execFileSync("mkfifo", [pipe]);
      const writer = spawn("sh", ["-c", `cat "${from}" > "${pipe}"`], { stdio: "ignore" });
      const got = await readFiles([pipe]);
      expect(got.frames).toHaveLength(3000);
      expect(got.files[0]).toMatchObject({ complete: true });
      expect(got.progress).toBeUndefined();
      writer.kill();
    }
  });
});
