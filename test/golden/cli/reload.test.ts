import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const main = resolve(import.meta.dirname, "../../../dist/main.js");
let folder: string;
let daemon: ChildProcess;
let url = "";

const write = (more: string) =>
  writeFileSync(join(folder, "a.yaml"), `inside: [10.0.0.0/8]\nconsole: { port: 0 }\nstate: { folder: ${join(folder, "state")} }\n${more}`);
const health = async () =>
  (await (await fetch(`${url}healthz`)).json()) as { components: Record<string, { state: string; reason: string }> };
const revision = async () => ((await (await fetch(`${url}api/v1/overview`)).json()) as { policyRev: string }).policyRev;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-reload-"));
  write("");
  daemon = spawn(process.execPath, [main, "run", "--no-sensor", "--config", join(folder, "a.yaml")], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let out = "";
  await new Promise<void>((done, failed) => {
    daemon.stdout?.on("data", (chunk) => {
      out += chunk;
      url = /console\s+(http:\S+)/.exec(out)?.[1] ?? "";
      if (url) done();
    });
    daemon.once("exit", (code) => failed(new Error(`ended with ${code}: ${out}`)));
  });
});

afterAll(async () => {
  daemon.kill("SIGTERM");
  await once(daemon, "exit");
  rmSync(folder, { recursive: true, force: true });
});

it("a wrong configuration is refused and the old one stays; a right one is taken over", async () => {
  const first = await revision();
  write("zones: [{ name: records, networks: [192.168.0.0/24], data: [patient-record] }]\n");
  daemon.kill("SIGHUP");
  await expect.poll(async () => (await health()).components.config?.reason).toMatch(/old one stays.*192\.168\.0\.0\/24/);
  expect(await revision()).toBe(first);

  write("zones: [{ name: records, networks: [10.1.0.0/16], data: [patient-record] }]\n");
  daemon.kill("SIGHUP");
  await expect.poll(async () => (await health()).components.config?.state).toBe("ok");
  expect(await revision()).not.toBe(first);
});
