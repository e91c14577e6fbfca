import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const main = resolve(import.meta.dirname, "../../../dist/main.js");
const folder = mkdtempSync(join(tmpdir(), "bordertap-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function bordertap(...args: string[]) {
  const env = { ...process.env, HOME: folder, XDG_STATE_HOME: join(folder, "state") };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env });
  return { status, stdout, stderr };
}

const flowTo = (destination: object, bordertapFields: object = {}) =>
  `${JSON.stringify({
    "@timestamp": "2026-11-20T10:00:00.500000Z",
    network: { type: "ipv4", transport: "tcp" },
    source: { ip: "10.1.0.1", port: 50_000, bytes: 7000 },
    destination: { port: 443, bytes: 300, ...destination },
    bordertap: { judgement: "violation", zone: "imaging", ...bordertapFields },
  })}\n`;

const CONFIG = `inside: [10.0.0.0/8]
zones: [{ name: imaging, networks: [10.1.0.0/16], data: [imaging] }]
state: { folder: ${join(folder, "state")} }
`;

describe("parties adopt", () => {
  it.each([
    ["a domain", { ip: "54.231.10.4", domain: "a.files.example.co.uk" }, "example.co.uk", /domains:\n\s+- example\.co\.uk/],
    ["an AS", { ip: "54.231.10.4" }, "AS16509", /asns:\n\s+- 16509/],
    ["an address that no AS announces", { ip: "192.175.48.250" }, undefined, undefined],
  ])("prints an entry for %s that a configuration takes as it is", (_, destination, name, says) => {
    const flows = file("flows.jsonl", flowTo(destination));
    const config = file("now.yaml", CONFIG);
    const found = bordertap("parties", "candidates", "--flows", flows, "--config", config);
    expect(found.status).toBe(0);
    // The first column of the only row below the head.
    const key = name ?? found.stdout.split("\n")[1].split(/\s/)[0];
    const { status, stdout } = bordertap("parties", "adopt", key, "--flows", flows, "--config", config);
    expect(status).toBe(0);
    if (says) expect(stdout).toMatch(says);
    expect(bordertap("check", file("adopted.yaml", `${CONFIG}${stdout}`))).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("1 parties"),
    });
  });

  it("says who was not seen", () => {
    const flows = file("flows.jsonl", flowTo({ ip: "54.231.10.4" }));
    expect(bordertap("parties", "adopt", "acme.example", "--flows", flows, "--config", file("now.yaml", CONFIG))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/nobody called "acme\.example" was seen/),
    });
  });
});

describe("check --against", () => {
  const flows = () => file("flows.jsonl", flowTo({ ip: "54.231.10.4", domain: "a.acme.example" }));
  const next = (more: string) =>
    file("next.yaml", `${CONFIG}parties: [{ name: acme, role: processor, domains: [acme.example], countries: [US] }]\n${more}`);
  const allowed =
    'authorisations: [{ id: A-1, zones: [imaging], parties: [acme], countries: [US], purpose: archive, basis: "GDPR 46(2)(c)", reference: "SCC 7", until: "2027-01-31" }]\n';

  it("says which recorded flows a configuration would judge otherwise, and what it loosens", () => {
    const { status, stdout } = bordertap("check", next(allowed), "--config", file("now.yaml", CONFIG), "--against", flows());
    expect(status).toBe(0);
    expect(stdout).toMatch(/1 of 1 flows \(7\.00 kB out\) would be judged otherwise/);
    expect(stdout).toMatch(/imaging\s+acme\s+US\s+violation\s+authorised\s+1\s+7\.00 kB/);
    expect(stdout).toMatch(/looser than before:\n.*\n?.*authorisation A-1 is new/);
  });

  it("says so when nothing would change", () => {
    expect(bordertap("check", next(""), "--against", flows()).stdout).toMatch(/0 of 1 flows/);
  });

  it("names the line that is no flow", () => {
    expect(bordertap("check", next(""), "--against", file("bad.jsonl", "{}\n"))).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/bad\.jsonl:1 is no list of flows/),
    });
  });
});

describe("geo update", () => {
  const config = () =>
    file("geo.yaml", `${CONFIG}geo: { sources: [{ name: aws, format: aws, from: ${join(folder, "ip-ranges.json")} }] }\n`);
  const ranges = (prefix: string) =>
    JSON.stringify({
      syncToken: "1",
      createDate: "2026-11-20-00-00-00",
      prefixes: [{ ip_prefix: prefix, region: "eu-central-1", service: "AMAZON", network_border_group: "eu-central-1" }],
      ipv6_prefixes: [],
    });

  it("says whether another one stays in use where nothing could be had", () => {
    expect(bordertap("geo", "update", "--config", config())).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/none is installed/),
    });
    file("ip-ranges.json", ranges("3.120.0.0/14"));
    expect(bordertap("geo", "update", "--config", config())).toMatchObject({ status: 0, stdout: expect.stringMatching(/aws: installed/) });
    rmSync(join(folder, "ip-ranges.json"));
    expect(bordertap("geo", "update", "--config", config())).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/the installed one stays in use \(build 2026-11-20/),
    });
  });
});

describe("explain --address", () => {
  it.each([
    [
      "an outside address",
      "54.231.10.4",
      [
        /^asked .*from zone imaging.*violation$/m,
        /^where +the US, outside the list/m,
        /^claim +US, says .*country database/m,
        /^would allow /m,
        /sha256 [0-9a-f]{64}/,
        /^policy +revision [0-9a-f]{12}$/m,
      ],
    ],
    ["an anycast address", "1.1.1.1", [/undecided$/m, /^which means +/m]],
    ["an inside address", "10.9.9.9", [/ignored$/m, /^where +inside the site$/m]],
  ])("tells all that decides about %s", (_, address, says) => {
    const { status, stdout } = bordertap("explain", "--address", address, "--zone", "imaging", "--config", file("now.yaml", CONFIG));
    expect(status).toBe(0);
    for (const one of says) expect(stdout).toMatch(one);
  });
});
