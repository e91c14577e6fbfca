import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { createAdaptorServer } from "@hono/node-server";
import { type WebSocket, WebSocketServer } from "ws";
import type { Clock } from "../lib/clock.ts";
import { AppError, reasonOf } from "../lib/errors.ts";
import type { Site } from "../model/site.ts";
import type { Health } from "../obs/health.ts";
import type { Log } from "../obs/log.ts";
import type { Metric } from "../obs/metrics.ts";
import { readAssets } from "./assets.ts";
import { createExposition } from "./exposition.ts";
import { isAllowedHost, isOwnOrigin, LOOPBACK_ADDRESSES } from "./guard.ts";
import { Hub } from "./hub.ts";
import { hubMetrics } from "./hub-metrics.ts";
import type { AlertBook, LiveState } from "./live.ts";
import { createRoutes } from "./routes.ts";
import { liveMetrics } from "./sensor-metrics.ts";
import { Tokens } from "./tokens.ts";
import { Topics } from "./topics.ts";
import { PROTOCOL } from "./wire.ts";

const LONGEST_CLIENT_FRAME_BYTES = 4 * 1024;
const LIVE_PATH = "/api/v1/live";

export interface ConsoleOptions {
  /** A loopback address; anything else is refused. */
  address: string;
  /** 0 takes any free port. */
  port: number;
  live: LiveState;
  alerts: AlertBook;
  health: Health;
  /** Metrics of the other stages. */
  metrics: readonly Metric[];
  /** Where the built page is. */
  assetsFolder: string;
  clock: Clock;
  log: Log;
  site: Site;
  version: string;
  policyRevision?: string;
  /** Names this run of the console to pages; random unless a test sets it. */
  epoch?: string;
}

export interface Console {
  /** Another configuration is in effect: pages opened or refreshed from now on say so. */
  use(rules: { site: Site; policyRevision: string | undefined }): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Where people open it; valid after `start`. */
  readonly url: string;
}

/**
 * The console: page, REST, live socket, /healthz and /metrics on one loopback port. `start` throws an AppError:
 * `console_address` for an address other machines could reach, `console_port` when the port cannot be had.
 */
export function createConsole(options: ConsoleOptions): Console {
  const { address, live, alerts, health, clock, log, version } = options;
  let rules: { site: Site; policyRevision: string | undefined } = { site: options.site, policyRevision: options.policyRevision };
  if (!LOOPBACK_ADDRESSES.some((known) => known === address)) {
    throw new AppError(
      "console_address",
      `console.address ${address}: the console listens on loopback only until login and TLS exist; use 127.0.0.1 and an SSH tunnel`,
      { exitCode: 2 },
    );
  }
  live.seed(alerts.list());
  const topics = new Topics({
    live,
    health,
    version,
    tokens: new Tokens(),
    blockable: (alert) => alerts.blockable?.(alert),
    get site() {
      return rules.site;
    },
    get policyRevision() {
      return rules.policyRevision;
    },
  });
  const hub = new Hub({ live, topics, clock, epoch: options.epoch ?? randomUUID(), build: version });
  const metrics = createExposition([...options.metrics, ...liveMetrics(live, () => clock.nowMs()), ...hubMetrics(hub)]);
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LONGEST_CLIENT_FRAME_BYTES,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  let server: Server | undefined;
  let port = options.port;

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const refusal = refuse(request);
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, serve);
  }

  function refuse(request: IncomingMessage): string | undefined {
    const { host, origin } = request.headers;
    if (!isAllowedHost(host, port)) return "421 Misdirected Request";
    if (!isOwnOrigin(origin, host, port)) return "403 Forbidden";
    if (request.url?.split("?")[0] !== LIVE_PATH) return "404 Not Found";
    const offered = request.headers["sec-websocket-protocol"]?.split(",").map((name) => name.trim());
    if (!offered?.includes(PROTOCOL)) return "400 Bad Request";
    return hub.canTakeMore ? undefined : "503 Service Unavailable";
  }

  function serve(socket: WebSocket): void {
    const session = hub.connect({
      send: (text) => socket.send(text, { compress: false }),
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      close: (code, reason) => socket.close(code, reason.slice(0, 120)),
      terminate: () => socket.terminate(),
    });
    socket.on("message", (data, isBinary) => session.receive(isBinary ? undefined : data.toString()));
    socket.on("close", () => hub.disconnect(session));
    // A broken frame or connection: `ws` closes the socket itself, with the right code.
    socket.on("error", () => {});
  }

  return {
    use(next) {
      rules = next;
    },
    async start() {
      const assets = readAssets(options.assetsFolder);
      if (!assets.has("/index.html")) log.warn("the console's page is not built; run npm run build", { folder: options.assetsFolder });
      const routes = createRoutes({
        live,
        alerts,
        health,
        topics,
        assets,
        metrics,
        clock,
        get policyRevision() {
          return rules.policyRevision;
        },
        port: () => port,
      });
      routes.onError((error) => {
        log.error("a console request failed", { reason: reasonOf(error) });
        return new Response("internal error\n", { status: 500 });
      });
      const created = createAdaptorServer({
        fetch: routes.fetch,
        serverOptions: { requestTimeout: 30_000, headersTimeout: 10_000 },
      }) as Server;
      created.on("upgrade", upgrade);
      await listen(created, options.port, address);
      server = created;
      port = (created.address() as AddressInfo).port;
      hub.start();
      health.set("console", "ok");
    },
    async stop() {
      hub.stop();
      for (const socket of sockets.clients) socket.terminate();
      if (!server) return;
      const closing = server;
      server = undefined;
      await new Promise<void>((resolve) => {
        closing.close(() => resolve());
        closing.closeAllConnections();
      });
    },
    get url() {
      return urlOf(address, port);
    },
  };
}

function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why =
        error.code === "EADDRINUSE"
          ? "is in use by another program; stop it or set console.port"
          : error.code === "EACCES"
            ? "needs rights this user lacks; set console.port above 1023"
            : `cannot be opened: ${reasonOf(error)}`;
      reject(new AppError("console_port", `console port ${port} on ${address} ${why}`, { cause: error }));
    });
    server.listen({ port, host: address, exclusive: true }, () => {
      server.removeAllListeners("error");
      resolve();
    });
  });
}

function urlOf(address: string, port: number): string {
  return `http://${address.includes(":") ? `[${address}]` : address}:${port}/`;
}
