import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { LiveState } from "../../../src/console/live.ts";
import { type Console, type ConsoleOptions, createConsole } from "../../../src/console/server.ts";
import type { ServerFrame } from "../../../src/console/wire.ts";
import { ManualClock } from "../../../src/lib/clock.ts";
import { AppError } from "../../../src/lib/errors.ts";
import { Health } from "../../../src/obs/health.ts";
import { silentLog } from "../../../src/obs/silent-log.ts";
import { alert, judged, MemoryBook, SITE, START_MS, status } from "./fixtures.ts";

let folder: string;
let clock: ManualClock;
let live: LiveState;
let book: MemoryBook;
let health: Health;
let running: Console;
let port: number;

function options(change: Partial<ConsoleOptions> = {}): ConsoleOptions {
  return {
    address: "127.0.0.1",
    port: 0,
    live,
    alerts: book,
    health,
    metrics: [],
    assetsFolder: folder,
    clock,
    log: silentLog,
    site: SITE,
    version: "1.2.3",
    policyRevision: "r412",
    epoch: "epoch-1",
    ...change,
  };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-console-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(folder, "assets", "index-a1b2c3d4.js"), "export const a = 1;");
  writeFileSync(join(folder, "assets", "index-a1b2c3d4.js.gz"), gzipSync("export const a = 1;"));
  clock = new ManualClock(START_MS);
  live = new LiveState({ mode: "live", nowMs: START_MS });
  book = new MemoryBook();
  book.onChange = (changed) => live.onAlert(changed);
  health = new Health(() => clock.nowMs());
  running = createConsole(options());
  await running.start();
  port = Number(new URL(running.url).port);
});

afterEach(async () => {
  await running.stop();
  rmSync(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

function ask(path: string, change: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method: change.method ?? "GET",
        headers: change.headers ?? {},
        setHost: change.headers?.host === undefined,
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          body += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    sent.on("error", reject);
    sent.end(change.body);
  });
}

const own = () => ({ origin: `http://127.0.0.1:${port}`, "x-bordertap": "1", "content-type": "application/json" });

function act(body: object, headers: Record<string, string> = own()): Promise<Answer> {
  return ask("/api/v1/alerts/acts", { method: "POST", headers, body: JSON.stringify(body) });
}

describe("where it listens", () => {
  it.each(["0.0.0.0", "::", "192.0.2.7", "example.org", "127.0.0.2"])("refuses %s", (address) => {
    const failure = (() => {
      try {
        createConsole(options({ address }));
        return undefined;
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: "console_address", exitCode: 2 });
    expect((failure as AppError).message).toContain("loopback only until login and TLS exist");
  });

  it("names a port that is taken", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const taken = (holder.address() as { port: number }).port;
    await expect(createConsole(options({ port: taken })).start()).rejects.toMatchObject({
      code: "console_port",
      message: expect.stringContaining(`port ${taken} on 127.0.0.1 is in use`),
    });
    holder.close();
  });
});

describe("who may talk to it", () => {
  it.each(["evil.example", "127.0.0.1.nip.io:8460", "127.0.0.1:1", "localhost", "bordertap"])("refuses the host %j", async (host) => {
    for (const path of ["/", "/metrics", "/healthz", "/api/v1/alerts"]) {
      const answer = await ask(path, { headers: { host } });
      expect(answer.status).toBe(421);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
    }
  });

  it("answers localhost with its port", async () => {
    expect((await ask("/healthz", { headers: { host: `localhost:${port}` } })).status).toBe(200);
    expect((await ask("/healthz", { headers: { host: `[::1]:${port}` } })).status).toBe(200);
  });

  it.each([
    ["another origin", { origin: "https://evil.example" }],
    ["the other loopback name", { origin: "http://localhost:1" }],
    ["no origin", { origin: "" }],
    ["no header of ours", { "x-bordertap": "" }],
  ])("takes no change from %s", async (_, change) => {
    book.put(alert({ id: "al_1" }));
    const answer = await act({ ids: ["al_1"], revs: [1], act: "take" }, { ...own(), ...change } as Record<string, string>);
    expect(answer.status).toBe(403);
    expect(book.get("al_1")?.state).toBe("open");
  });

  it("sends its security headers with everything, errors too", async () => {
    for (const path of ["/", "/nothing", "/healthz", "/assets/index-a1b2c3d4.js"]) {
      const { headers } = await ask(path);
      expect(headers["content-security-policy"]).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
      );
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
      });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
  });
});

describe("the page", () => {
  it("comes from memory: hashed names for ever, the page itself never from a cache", async () => {
    expect(await ask("/")).toMatchObject({
      status: 200,
      headers: { "cache-control": "no-cache", "content-type": "text/html; charset=utf-8" },
    });
    expect((await ask("/live?sel=al_1")).body).toContain("<title>page");
    const script = await ask("/assets/index-a1b2c3d4.js", { headers: { "accept-encoding": "br, gzip" } });
    expect(script.headers).toMatchObject({ "content-encoding": "gzip", "cache-control": "public, max-age=31536000, immutable" });
    expect((await ask("/assets/index-a1b2c3d4.js", { headers: { "accept-encoding": "gzip;q=0" } })).body).toBe("export const a = 1;");
  });

  it.each(["/../package.json", "/%2e%2e/package.json", "/assets/..%2f..%2fetc/passwd", "/assets", "/index.html.gz", "//etc/passwd"])(
    "has nothing at %s",
    async (path) => {
      expect((await ask(path)).status).toBe(404);
    },
  );

  it("says what to do when it was not built", async () => {
    const empty = mkdtempSync(join(tmpdir(), "bordertap-empty-"));
    const other = createConsole(options({ assetsFolder: join(empty, "absent") }));
    await other.start();
    const answer = await fetch(other.url);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("npm run build");
    await other.stop();
    rmSync(empty, { recursive: true });
  });

  it("allows no other methods", async () => {
    expect((await ask("/", { method: "DELETE", headers: own() })).status).toBe(405);
  });
});

describe("health", () => {
  it.each([
    ["ok", 200],
    ["degraded", 200],
    ["failed", 503],
  ] as const)("answers %s with %d", async (state, expected) => {
    health.set("capture", state, "because");
    const answer = await ask("/healthz");
    expect(answer.status).toBe(expected);
    expect(JSON.parse(answer.body)).toMatchObject({ state, components: { capture: { state, reason: "because" } } });
  });
});

describe("alerts", () => {
  it("pages through them by the last id", async () => {
    for (let n = 0; n < 5; n += 1) book.put(alert({ id: `al_${n}`, firstMicros: (START_MS + n) * 1000 }));
    const first = JSON.parse((await ask("/api/v1/alerts?limit=2")).body);
    expect(first).toMatchObject({ total: 5, policyRev: "r412", coverage: { state: "none" }, complete: false });
    expect(first.data.map((row: { id: string }) => row.id)).toEqual(["al_0", "al_1"]);
    const next = JSON.parse((await ask("/api/v1/alerts?limit=2&after=al_1")).body);
    expect(next.data.map((row: { id: string }) => row.id)).toEqual(["al_2", "al_3"]);
    expect((await ask("/api/v1/alerts?after=al_99")).status).toBe(410);
  });

  it.each(["q=severity:awful", "q=zone", "limit=0", "limit=201", "limit=x", "sort=up", "colour=red"])("refuses ?%s", async (query) => {
    const answer = await ask(`/api/v1/alerts?${query}`);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({
      status: 400,
      type: expect.stringMatching(/^urn:bordertap:problem:/),
      requestId: expect.any(String),
    });
  });

  it("gives one with its evidence, but no inside address and no asset name", async () => {
    book.put(alert({ id: "al_1" }));
    const { status: code, body } = await ask("/api/v1/alerts/al_1");
    expect(code).toBe(200);
    expect(body).not.toContain("10.1.2.3");
    expect(body).not.toContain("CT-3");
    const { data } = JSON.parse(body);
    expect(data.sentence).toMatch(/^asset·[0-9a-f]{6} \(asset·[0-9a-f]{6}\) in imaging/);
    expect(data).toMatchObject({
      rule: { id: "list:eu-eea" },
      claims: [{ source: "geo-whois-asn-country", countries: ["US"] }, { source: "contract" }],
      proof: { policyRev: "r412a9c3d0e1" },
    });
    expect((await ask("/api/v1/alerts/al_2")).status).toBe(404);
  });
});

describe("acts on alerts", () => {
  it("takes, snoozes, closes, notes and reopens", async () => {
    book.put(alert({ id: "al_1" }));
    const untilMs = START_MS + 3_600_000;
    const steps: [object, object][] = [
      [
        { act: "take", by: "ana" },
        { state: "taken", owner: "ana (console, not verified)" },
      ],
      [
        { act: "snooze", untilMs, reason: "maintenance" },
        { state: "snoozed", snoozedUntilMs: untilMs },
      ],
      [{ act: "note", note: "calling Acme" }, { revision: 4 }],
      [
        { act: "close", reason: "incident", note: "INC-7" },
        { state: "closed", closedReason: "incident" },
      ],
      [{ act: "reopen" }, { state: "open", revision: 6 }],
    ];
    for (const [index, [body, expected]] of steps.entries()) {
      const answer = await act({ ids: ["al_1"], revs: [index + 1], ...body });
      expect(JSON.parse(answer.body)).toEqual({ results: { al_1: { ok: true, rev: index + 2 } } });
      expect(book.get("al_1")).toMatchObject(expected);
    }
  });

  it("answers for each alert, and refuses one that changed since", async () => {
    book.put(alert({ id: "al_1" }));
    book.put(alert({ id: "al_2", revision: 5, history: [{ atMs: START_MS, who: "ben", what: "take" }] }));
    const answer = await act({ ids: ["al_1", "al_2", "al_3"], revs: [1, 4, 1], act: "take" });
    expect(JSON.parse(answer.body).results).toMatchObject({
      al_1: { ok: true, rev: 2 },
      al_2: { ok: false, status: 412, by: "ben", atMs: START_MS },
      al_3: { ok: false, status: 404 },
    });
  });

  it("closes a high alert only with a note", async () => {
    book.put(alert({ id: "al_1", severity: "high" }));
    const answer = await act({ ids: ["al_1"], revs: [1], act: "close", reason: "test" });
    expect(JSON.parse(answer.body).results.al_1).toMatchObject({ ok: false, status: 422 });
  });

  it.each([
    ["a snooze without an end", { act: "snooze", reason: "x" }],
    ["a snooze of 8 days", { act: "snooze", reason: "x", untilMs: START_MS + 8 * 86_400_000 }],
    ["a snooze that is over", { act: "snooze", reason: "x", untilMs: START_MS }],
    ["a snooze without a reason", { act: "snooze", untilMs: START_MS + 1000 }],
    ["an unknown reason to close", { act: "close", reason: "bored" }],
    ["a note without text", { act: "note" }],
    ["an unknown act", { act: "delete" }],
    ["an unknown field", { act: "take", admin: true }],
    ["a name with controls", { act: "take", by: "a\u001b[2J" }],
    ["ids and revisions of different number", { act: "take", revs: [1, 2] }],
    ["the same id twice", { act: "take", ids: ["al_1", "al_1"], revs: [1, 1] }],
  ])("refuses %s", async (_, body) => {
    book.put(alert({ id: "al_1" }));
    const answer = await act({ ids: ["al_1"], revs: [1], ...body });
    expect(answer.status).toBe(422);
    expect(book.acts).toEqual([]);
  });

  it("refuses what is no JSON, no JSON type, or too long", async () => {
    const post = (body: string, headers = own()) => ask("/api/v1/alerts/acts", { method: "POST", headers, body });
    expect((await post("{")).status).toBe(400);
    expect((await post("{}", { ...own(), "content-type": "text/plain" })).status).toBe(415);
    expect((await post(" ".repeat(70_000))).status).toBe(413);
  });
});

it("answers for overview and coverage", async () => {
  live.onStatus(status({ seen: 5000, malformed: 1 }), START_MS);
  live.onFlow(judged({ country: "LU", out: 700 }));
  expect(JSON.parse((await ask("/api/v1/overview?win=5m")).body)).toMatchObject({
    asOf: START_MS,
    coverage: { state: "full" },
    data: { windowMs: 300_000, verdict: { answer: "none-seen" }, byCountry: [{ country: "LU", upBytes: 700 }] },
  });
  expect(JSON.parse((await ask("/api/v1/coverage")).body)).toMatchObject({ data: { seen: 5000, decoded: 4999, malformed: 1, residue: 0 } });
  expect((await ask("/api/v1/overview?win=99m")).status).toBe(400);
});

describe("the live socket", () => {
  function open(
    change: { origin?: string; protocol?: string; host?: string; path?: string } = {},
  ): Promise<{ socket: WebSocket; frames: ServerFrame[] } | string> {
    return new Promise((resolve) => {
      const frames: ServerFrame[] = [];
      const socket = new WebSocket(`ws://127.0.0.1:${port}${change.path ?? "/api/v1/live"}`, change.protocol ?? "bordertap.v1", {
        origin: change.origin ?? `http://127.0.0.1:${port}`,
        headers: change.host === undefined ? {} : { host: change.host },
      });
      socket.on("message", (data) => frames.push(JSON.parse(String(data)) as ServerFrame));
      socket.on("open", () => resolve({ socket, frames }));
      socket.on("error", (error) => resolve(error.message));
    });
  }

  async function until<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it.each([
    ["a foreign origin", { origin: "https://evil.example" }, "403"],
    ["a rebound host", { host: "evil.example" }, "421"],
    ["another protocol", { protocol: "graphql-ws" }, "400"],
    ["another path", { path: "/socket" }, "404"],
  ])("refuses %s", async (_, change, code) => {
    expect(await open(change)).toContain(code);
  });

  it("shows a critical alert as soon as it is taken", async () => {
    const made = await open();
    if (typeof made === "string") throw new Error(made);
    const { socket, frames } = made;
    expect(socket.protocol).toBe("bordertap.v1");
    socket.send(JSON.stringify({ type: "sub", id: "a", topic: "alerts" }));
    await until(() => frames.find((frame) => frame.type === "snap"));
    book.put(alert({ id: "al_9", severity: "critical" }));
    expect(await until(() => frames.find((frame) => frame.type === "delta"))).toMatchObject({ put: [{ id: "al_9" }] });
    socket.close();
  });

  it.each([
    ["a frame of more than 4 KiB", "x".repeat(5000), 1009],
    ["a frame that is no frame", "hello", 4400],
  ])("closes on %s and lives on", async (_, text, code) => {
    const made = await open();
    if (typeof made === "string") throw new Error(made);
    const closed = new Promise<number>((resolve) => made.socket.on("close", resolve));
    made.socket.send(text);
    expect(await closed).toBe(code);
    expect((await ask("/healthz")).status).toBe(200);
  });
});

describe("metrics", () => {
  /** Lines of the text format: name{labels} value. */
  function parse(text: string): Map<string, number> {
    const found = new Map<string, number>();
    for (const line of text.split("\n")) {
      if (line === "" || line.startsWith("#")) continue;
      const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line);
      if (!match) throw new Error(`not a metric line: ${line}`);
      found.set(match[1], Number(match[2]));
    }
    return found;
  }

  it("exposes what sensors, policy, alerts and the hub count", async () => {
    live.onStatus(status({ seen: 5000, malformed: 2, filtered: 3, dropped: 5, losses: { ipv4_short: 2, kernel_drops: 5 } }), START_MS);
    live.onFlow(judged({ country: "US", word: "violation", out: 700, back: 70 }));
    book.put(alert({ severity: "critical" }));
    const answer = await ask("/metrics");
    expect(answer.headers["content-type"]).toContain("text/plain");
    const found = parse(answer.body);
    const sensor = '{sensor="eth1 (af-packet)"}';
    expect(Object.fromEntries(found)).toMatchObject({
      [`bordertap_capture_seen_packets_total${sensor}`]: 5000,
      [`bordertap_capture_dropped_packets_total${sensor}`]: 5,
      [`bordertap_decode_decoded_packets_total${sensor}`]: 4990,
      [`bordertap_decode_malformed_packets_total${sensor}`]: 2,
      [`bordertap_decode_filtered_packets_total${sensor}`]: 3,
      [`bordertap_capture_last_packet_timestamp_seconds${sensor}`]: START_MS / 1000,
      'bordertap_pipeline_losses_total{sensor="eth1 (af-packet)",reason="ipv4_short"}': 2,
      'bordertap_policy_judged_bytes_total{judgement="violation",direction="up",zone="imaging"}': 700,
      'bordertap_alerts_open_alerts{severity="critical",zone="imaging"}': 1,
      'bordertap_alerts_open_alerts{severity="high",zone=""}': 0,
      bordertap_console_open_sockets: 0,
    });
    expect(found.has("process_cpu_seconds_total")).toBe(true);
    // A second scrape gives totals, not twice the totals.
    expect(parse((await ask("/metrics")).body).get(`bordertap_capture_seen_packets_total${sensor}`)).toBe(5000);
  });

  it("leaves out drops that cannot be known", async () => {
    live.onStatus(status({ dropped: undefined }), START_MS);
    expect((await ask("/metrics")).body).not.toMatch(/^bordertap_capture_dropped_packets_total\{/m);
  });

  it("tells what reading flows takes of memory, where the sensor tells", async () => {
    expect((await ask("/metrics")).body).not.toMatch(/^bordertap_dissect_/m);
    live.onStatus(status({ dissect: { recognised: 1, unrecognised: 1, readingBytes: 4096, gaveWay: 7 } }), START_MS);
    const found = parse((await ask("/metrics")).body);
    expect(found.get('bordertap_dissect_reading_bytes{sensor="eth1 (af-packet)"}')).toBe(4096);
    expect(found.get('bordertap_dissect_shortened_flows_total{sensor="eth1 (af-packet)"}')).toBe(7);
  });

  it("prefers the owner of a metric to its own derivation", async () => {
    await running.stop();
    running = createConsole(
      options({
        metrics: [
          { name: "bordertap_alerts_open_alerts", type: "gauge", help: "h", labels: ["severity"], read: (emit) => emit(42, "high") },
        ],
      }),
    );
    await running.start();
    port = Number(new URL(running.url).port);
    const found = parse((await ask("/metrics")).body);
    expect([...found].filter(([name]) => name.startsWith("bordertap_alerts_open_alerts"))).toEqual([
      ['bordertap_alerts_open_alerts{severity="high"}', 42],
    ]);
  });
});
