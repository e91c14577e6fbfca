import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const main = resolve(import.meta.dirname, "../../../dist/main.js");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-cli-"));
  const header = "d4c3b2a1020004000000000000000000ffff000001000000";
  const files: Record<string, string | Buffer> = {
    "empty.pcap": "",
    "header-only.pcap": Buffer.from(header, "hex"),
    "not-a-capture.txt": "GET / HTTP/1.1\r\n",
    "broken.mmdb": Buffer.alloc(300, 7),
    "wrong.yaml": "inside: [10.0.0.1/8]\nzonez: []\njurisdiction: moon\n",
    "broken-geo.yaml": `geo: { country: ${join(folder, "broken.mmdb")} }\nstate: { folder: ${join(folder, "state")} }\n`,
    "right.yaml": `inside: [10.0.0.0/8]\nstate: { folder: ${join(folder, "state")} }\n`,
    "far.yaml": `console: { address: 0.0.0.0 }\nstate: { folder: ${join(folder, "state")} }\n`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bordertap(...argv: string[]): { code: number | null; out: string; err: string } {
  const words = argv.map((word) => word.replace("@", `${folder}/`));
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    encoding: "utf8",
    timeout: 20_000,
    env: { ...process.env, XDG_STATE_HOME: folder },
  });
  return { code: status, out: stdout, err: stderr };
}

describe("wrong use and broken things end with one clear line", () => {
  it.each<[string, string[], number, RegExp]>([
    ["a missing file", ["analyze", "@none.pcap", "--quiet"], 2, /none\.pcap.*(no such file|does not exist)/i],
    ["an empty file", ["analyze", "@empty.pcap", "--quiet"], 2, /empty\.pcap/],
    ["no capture", ["analyze", "@not-a-capture.txt", "--quiet"], 2, /not-a-capture\.txt/],
    ["a folder", ["analyze", "@.", "--quiet"], 2, /folder|directory/],
    ["no file named", ["analyze"], 2, /missing required argument/],
    ["an unknown verb", ["fly"], 2, /unknown command/],
    ["an unknown option", ["analyze", "--fly", "@header-only.pcap"], 2, /unknown option/],
    ["a corrupt location database", ["analyze", "@header-only.pcap", "--config", "@broken-geo.yaml", "--quiet"], 1, /broken\.mmdb/],
    [
      "a wrong configuration",
      ["analyze", "@header-only.pcap", "--config", "@wrong.yaml", "--quiet"],
      2,
      /wrong\.yaml:1:\d+ inside\[0\]: .*10\.0\.0\.0\/8/s,
    ],
    ["no configuration", ["run", "--config", "@none.yaml"], 2, /none\.yaml.*no such file/i],
    ["no address", ["geo", "lookup", "300.1.2.3"], 2, /300\.1\.2\.3.*no IPv4 or IPv6 address/],
    ["an unwritable output", ["analyze", "@header-only.pcap", "--quiet", "--summary", "/nowhere/x.json"], 1, /\/nowhere\/x\.json/],
    ["a listening address beyond loopback", ["run", "--config", "@far.yaml"], 2, /loopback only until login and TLS exist/],
    ["a query with SQL that writes", ["query", "--config", "@right.yaml", "--sql", "COPY (SELECT 1) TO '/tmp/x'"], 2, /./],
    ["a replay without history", ["replay", "--config", "@right.yaml", "--from", "-1h", "--to", "now"], 0, /replayed 0 flow events/],
    ["config without a question", ["config"], 2, /--effective, --schema, --sample/],
  ])("%s", (_, argv, code, message) => {
    const result = bordertap(...argv);
    expect({ code: result.code, err: result.err }).toEqual({ code, err: expect.stringMatching(message) });
    expect(result.err).not.toMatch(/fault of bordertap itself|at .*\.js:\d+/);
  });

  it("an unknown interface names those there are", () => {
    const { code, err } = bordertap("run", "--config", "@right.yaml", "--interface", "nope0");
    expect(code).toBeGreaterThan(0);
    expect(err).toMatch(/nope0|CAP_NET_RAW/);
  });

  it("a port in use is named", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const { port } = server.address() as { port: number };
    const config = join(folder, "taken.yaml");
    writeFileSync(config, `console: { port: ${port} }\nstate: { folder: ${join(folder, "state2")} }\n`);
    // Not spawnSync: this process must go on holding the port.
    const child = spawn(process.execPath, [main, "run", "--no-sensor", "--config", config], { stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    const code = await new Promise((done) => child.once("exit", done));
    server.close();
    expect(code).toBe(1);
    expect(err).toContain(String(port));
    expect(err).toMatch(/in use/);
  });
});

describe("right use", () => {
  it("a capture without packets is fine", () => {
    const { code, out } = bordertap("analyze", "@header-only.pcap", "--summary", "-");
    expect(code).toBe(0);
    expect(JSON.parse(out.trim().split("\n").at(-1)!).packets).toEqual({ seen: 0, decoded: 0, malformed: 0, filtered: 0, kernel_drops: 0 });
  });

  it("every verb's help has an example", () => {
    const verbs = ["run", "analyze", "demo", "query", "replay", "check", "config", "geo", "version"];
    const { out } = bordertap("--help");
    for (const verb of verbs) {
      expect(out).toContain(verb);
      expect(bordertap(verb, "--help").out, verb).toMatch(/Examples?:\n {2}/);
    }
  });

  it("check lists every error, and says when all is right", () => {
    const wrong = bordertap("check", "@wrong.yaml");
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/inside\[0\].*\n.*zonez.*\n.*moon/s);
    expect(bordertap("check", "@right.yaml")).toMatchObject({ code: 0, out: expect.stringContaining("is right") });
  });

  it("the sample configuration is right", () => {
    writeFileSync(join(folder, "sample.yaml"), bordertap("config", "--sample").out);
    expect(bordertap("check", "@sample.yaml").code).toBe(0);
  });
});
