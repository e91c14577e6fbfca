import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { updateSources } from "../../../src/app/geo-update.ts";
import { peekGeoHeader } from "../../../src/enrich/location/geo-file.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-update-"));
const FASTLY = JSON.stringify({ addresses: ["151.101.0.0/16"], ipv6_addresses: ["2a04:4e40::/32"] });
let server: Server;
let base: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url?.startsWith("/list")) response.end(FASTLY);
    else response.writeHead(503).end("later");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(folder, "fastly.json"), FASTLY);
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function update(sources: string, more: Partial<Parameters<typeof updateSources>[0]> = {}) {
  const config = join(folder, "site.yaml");
  writeFileSync(config, `state: { folder: ${join(folder, "state")} }\ngeo: { sources: [${sources}] }\n`);
  const said: string[] = [];
  const complaints: string[] = [];
  const none = { only: undefined, file: undefined, sha256: undefined, isForced: false };
  const code = await updateSources({
    config,
    ...none,
    nowMs: Date.UTC(2026, 10, 21),
    say: (line) => said.push(line),
    complain: (line) => complaints.push(line),
    ...more,
  });
  return { code, said, complaints };
}

test("from a URL and from a file beside the configuration; one that fails does not keep the others from it", async () => {
  const { code, said, complaints } = await update(
    `{ name: a, format: fastly, from: "${base}/list?licence_key=secret" }, { name: b, format: fastly, from: "${base}/gone" }, { name: c, format: fastly, from: fastly.json }`,
  );
  expect(code).toBe(1);
  expect(said).toEqual([
    expect.stringMatching(/^a: installed: 2 networks, build 2026-11-21/),
    expect.stringMatching(/^c: installed: 2 networks/),
  ]);
  expect(complaints).toEqual([`${base}/gone: the server answers 503; none is installed`]);
  const log = readFileSync(join(folder, "state/geo/updates.jsonl"), "utf8");
  expect(log).toContain(`"from":"${base}/list"`);
  expect(log).not.toContain("secret");
  expect(peekGeoHeader(join(folder, "state/geo/a.geo"))).toMatchObject({ kind: "anycast", from: `${base}/list`, networks: 2 });
});

test("without a way out: one source from a file, held against its SHA-256; nothing is fetched", async () => {
  const before = asked.length;
  const source = `{ name: a, format: fastly, from: "${base}/list" }`;
  const file = join(folder, "fastly.json");
  expect(await update(source, { only: "a", file })).toMatchObject({ code: 0 });
  const wrong = await update(source, { only: "a", file, sha256: "0".repeat(64) });
  expect(wrong.code).toBe(1);
  expect(wrong.complaints[0]).toMatch(/its SHA-256 is .*the installed one stays in use/);
  expect(asked.length).toBe(before);
});

test("what is not configured is wrong use, and nothing is fetched", async () => {
  const before = asked.length;
  await expect(update("")).rejects.toMatchObject({ code: "usage", exitCode: 2 });
  await expect(update(`{ name: a, format: fastly, from: "${base}/list" }`, { only: "b" })).rejects.toMatchObject({ code: "usage" });
  await expect(update(`{ name: a, format: fastly, from: "${base}/list" }`, { file: "x" })).rejects.toMatchObject({ code: "usage" });
  expect(asked.length).toBe(before);
});

test("a server that is not there is one line", async () => {
  const { code, complaints } = await update(`{ name: a, format: fastly, from: "http://127.0.0.1:1/list" }`);
  expect(code).toBe(1);
  expect(complaints[0]).toMatch(
    /^http:\/\/127\.0\.0\.1:1\/list: cannot be fetched \(.+\); the installed one stays in use \(build 2026-11-21\)$/,
  );
});
