import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { TUNNEL_TYPES } from "../../../src/model/facts.ts";
import { u8, u16 } from "../../unit/decode/frames.ts";
import { TUNNELS } from "../../unit/decode/tunnel-frames.ts";

const main = resolve(import.meta.dirname, "../../../dist/main.js");
const folder = mkdtempSync(join(tmpdir(), "bordertap-tunnels-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A classic capture of Ethernet frames, one a second. */
function capture(frames: readonly Uint8Array[]): Buffer {
  const little = (n: number) => u8(n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >>> 24) & 255);
  const header = Buffer.concat([little(0xa1b2c3d4), u8(2, 0, 4, 0), Buffer.alloc(8), little(65_535), little(1)]);
  const records = frames.flatMap((frame, n) => [little(1_700_000_000 + n), little(0), little(frame.length), little(frame.length), frame]);
  return Buffer.concat([header, ...records]);
}

interface Document {
  network: { transport: string; packets: number; bytes: number };
  source: { ip: string; port?: number };
  tunnel?: object[];
}

function analyzed(frames: readonly Uint8Array[]): { documents: Document[]; decoded: number } {
  const file = join(folder, "tunnels.pcap");
  const flows = join(folder, "flows.jsonl");
  const summary = join(folder, "summary.json");
  writeFileSync(file, capture(frames));
  const { status, stderr } = spawnSync(process.execPath, [main, "analyze", file, "--flows", flows, "--summary", summary, "--quiet"], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const documents = readFileSync(flows, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Document);
  return { documents, decoded: JSON.parse(readFileSync(summary, "utf8")).packets.decoded };
}

/** What sets flows apart: type and id of each tunnel. The ends of the tunnel are those of the flow's first packet. */
const shapeOf = (tunnels: readonly object[] = []) =>
  tunnels
    .map((tunnel) =>
      Object.entries(tunnel)
        .filter(([key]) => key === "type" || key === "id")
        .map(([, value]) => value)
        .join(" "),
    )
    .join(", ");

describe("analyze", () => {
  it("tells each kind of tunnel, its id and its ends, and gives the flow inside the bytes of the whole frames", () => {
    const { documents, decoded } = analyzed(TUNNELS.map(([, frame]) => frame));
    expect(decoded).toBe(TUNNELS.length);
    expect(documents.reduce((sum, { network }) => sum + network.bytes, 0)).toBe(TUNNELS.reduce((sum, [, frame]) => sum + frame.length, 0));
    for (const [name, , tunnels] of TUNNELS) {
      const found = documents.filter(({ tunnel }) => shapeOf(tunnel) === shapeOf(tunnels));
      expect(
        found.map(({ tunnel }) => tunnel),
        name,
      ).toContainEqual(tunnels);
    }
    expect(new Set(documents.map(({ tunnel }) => shapeOf(tunnel)))).toEqual(new Set(TUNNELS.map(([, , tunnels]) => shapeOf(tunnels))));
    expect(new Set(documents.flatMap(({ tunnel = [] }) => tunnel.map((one) => (one as { type: string }).type)))).toEqual(
      new Set(TUNNEL_TYPES),
    );
  });

  it("of a tunnel that it cannot look into tells the flow of the tunnel itself", () => {
    const locked = Buffer.from(TUNNELS.find(([name]) => name.startsWith("GRE (RFC 2784)"))![1]);
    u16(0x0bad).copy(locked, 14 + 20 + 2);
    expect(analyzed([locked]).documents).toMatchObject([
      { network: { transport: "gre", packets: 1, bytes: locked.length }, source: { ip: "10.0.0.1" } },
    ]);
  });
});
