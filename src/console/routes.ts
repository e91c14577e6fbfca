import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Registry } from "prom-client";
import type { Clock } from "../lib/clock.ts";
import type { Health } from "../obs/health.ts";
import { carryOut, readActRequest } from "./acts.ts";
import { type Asset, assetResponse } from "./assets.ts";
import { isAllowedHost, isOwnOrigin, SECURITY_HEADERS } from "./guard.ts";
import type { AlertBook, LiveState } from "./live.ts";
import { problem } from "./problem.ts";
import type { Topics } from "./topics.ts";
import type { AlertRow } from "./wire.ts";

const LONGEST_BODY_BYTES = 64 * 1024;

export interface RouteContext {
  live: LiveState;
  alerts: AlertBook;
  health: Health;
  topics: Topics;
  assets: ReadonlyMap<string, Asset>;
  metrics: Registry;
  clock: Clock;
  policyRevision: string | undefined;
  /** The port that clients see; known once the server listens. */
  port(): number;
}

/** All that the console answers over HTTP. Reads need the right Host; writes also our own Origin and `X-Bordertap: 1`. */
export function createRoutes(context: RouteContext): Hono {
  const { topics, health, assets, clock } = context;
  const app = new Hono();
  const fail = (status: number, type: string, title: string, detail: string) => problem(status, type, title, detail, randomUUID());

  app.use(async (c, next) => {
    const host = c.req.header("host");
    if (!isAllowedHost(host, context.port())) {
      c.res = fail(421, "host", "Wrong host", "Open the console as http://127.0.0.1 or http://localhost with its own port.");
    } else if (!isRead(c.req.method) && !isOwnOrigin(c.req.header("origin"), host, context.port())) {
      c.res = fail(403, "origin", "Wrong origin", "Only the console's own page may change anything.");
    } else if (!isRead(c.req.method) && c.req.header("x-bordertap") !== "1") {
      c.res = fail(403, "header", "Header missing", "A change needs the header X-Bordertap: 1.");
    } else await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value);
  });

  app.get("/healthz", (c) => c.json(health.toJSON(), health.state === "failed" ? 503 : 200, { "cache-control": "no-store" }));
  app.get("/metrics", async (c) =>
    c.body(await context.metrics.metrics(), 200, { "content-type": context.metrics.contentType, "cache-control": "no-store" }),
  );

  app.get("/api/v1/overview", (c) => {
    const win = c.req.query("win");
    const source = topics.source("overview", win === undefined ? {} : { win });
    if (typeof source === "string") return fail(400, "query", "Wrong query", source);
    return c.json(envelope(context, source(clock.nowMs()).rows[0]), 200, { "cache-control": "no-store" });
  });
  app.get("/api/v1/coverage", (c) => c.json(envelope(context, topics.coverage(clock.nowMs())), 200, { "cache-control": "no-store" }));
  app.get("/api/v1/alerts", (c) => alertPage(context, c.req.query(), fail));
  app.get("/api/v1/alerts/:id", (c) => {
    const alert = context.alerts.get(c.req.param("id"));
    if (!alert) return fail(404, "alert", "No such alert", "It may be from another site, or closed so long ago that it was removed.");
    return c.json(envelope(context, topics.detail(alert)), 200, { "cache-control": "no-store" });
  });
  app.post(
    "/api/v1/alerts/acts",
    bodyLimit({
      maxSize: LONGEST_BODY_BYTES,
      onError: () => fail(413, "body", "Too long", `A request has at most ${LONGEST_BODY_BYTES / 1024} KiB.`),
    }),
    async (c) => {
      if (!/^application\/json\b/.test(c.req.header("content-type") ?? ""))
        return fail(415, "type", "Wrong type", "Send application/json.");
      let body: unknown;
      try {
        body = await c.req.json();
      } catch {
        return fail(400, "json", "Not JSON", "The body could not be read as JSON.");
      }
      const request = readActRequest(body, clock.nowMs());
      if (typeof request === "string") return fail(422, "act", "Cannot be done", request);
      return c.json({ results: carryOut(request, context.alerts) }, 200, { "cache-control": "no-store" });
    },
  );

  app.get("*", (c) => {
    const path = c.req.path === "/" || c.req.path === "/live" ? "/index.html" : c.req.path;
    const asset = assets.get(path);
    if (asset) return assetResponse(asset, c.req.header("accept-encoding"));
    if (path !== "/index.html") return fail(404, "path", "Nothing here", "The console has one page, /, and an API below /api/v1.");
    return c.text(
      "bordertap runs, but its web page was not built. Run: npm run build\n/healthz, /metrics and /api/v1 work without it.\n",
      503,
    );
  });
  app.all("*", () => fail(405, "method", "Not allowed", "This address can only be read."));
  return app;
}

function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD";
}

function envelope(context: RouteContext, data: unknown) {
  const { ratio, state, reasons } = context.topics.coverage(context.clock.nowMs());
  const asOf = context.live.asOfMs;
  return { asOf, coverage: { ratio, state, gaps: reasons }, complete: state === "full", policyRev: context.policyRevision ?? null, data };
}

/** A page of alerts; `after` is the id of the last row of the page before. */
function alertPage(
  context: RouteContext,
  query: Record<string, string>,
  fail: (status: number, type: string, title: string, detail: string) => Response,
): Response {
  const { q = "", sort = "severity", limit = "200", after, ...others } = query;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) return fail(400, "query", "Wrong query", `There is no parameter "${unknown}".`);
  const order = context.topics.orderedAlerts(q, sort);
  if (typeof order === "string") return fail(400, "query", "Wrong query", order);
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 200)
    return fail(400, "query", "Wrong query", "limit is a whole number from 1 to 200.");
  const all = order();
  const start = after === undefined ? 0 : all.findIndex((alert) => alert.id === after) + 1;
  if (after !== undefined && start === 0)
    return fail(410, "page", "The page is gone", "The alert to start after is no longer in this list; begin again.");
  const rows: AlertRow[] = all.slice(start, start + count).map((alert) => context.topics.row(alert));
  return Response.json({ ...envelope(context, rows), total: all.length }, { headers: { "cache-control": "no-store" } });
}
