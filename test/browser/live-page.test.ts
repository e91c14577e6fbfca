import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { alert } from "../unit/console/fixtures.ts";
import { openChromium } from "./chromium.ts";
import { type Seeded, seeded } from "./seed.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let browser: Browser | undefined;

beforeAll(async () => {
  browser = await openChromium();
});

afterAll(async () => {
  await browser?.close();
});

/** Opens a page of a seeded console; complains about anything the content security policy stopped and any error. */
async function withPage(
  seed: Parameters<typeof seeded>[0],
  path: string,
  look: (page: Page, server: Seeded, outside: string[]) => Promise<void>,
  viewport = { width: 1440, height: 900 },
): Promise<void> {
  if (!browser) return;
  const server = await seeded(seed);
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  const complaints: string[] = [];
  const outside: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/ERR_CONNECTION_REFUSED/.test(message.text())) complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(server.console.url)) outside.push(request.url());
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
  });
  try {
    await page.goto(server.console.url.slice(0, -1) + path);
    await page.waitForSelector(".verdict:not(.waiting-bar)");
    await look(page, server, outside);
    expect(complaints).toEqual([]);
    expect(outside).toEqual([]);
  } finally {
    await context.close();
    await server.stop();
  }
}

/** Within the window, without scrolling. */
async function isInSight(page: Page, selector: string): Promise<boolean> {
  const box = await page.locator(selector).first().boundingBox();
  const size = page.viewportSize();
  return (
    box !== null && size !== null && box.y >= 0 && box.y + Math.min(box.height, 40) <= size.height && box.x + box.width <= size.width + 1
  );
}

describe("answers within sight at 1440 × 900", () => {
  it("q1 to q3 and q7 on the live page", () =>
    withPage({ scene: "violation" }, "/", async (page) => {
      for (const question of ["q1", "q2", "q3", "q7"]) expect(await isInSight(page, `[data-answer=${question}]`), question).toBe(true);
      expect(await page.textContent("[data-answer=q1]")).toMatch(/YES.*Patient data is leaving.*2 open alerts/);
      expect(await page.textContent("[data-answer=q3] li")).toMatch(/critical.*imaging.*Acme PACS.*US.*41\.0 MB.*no owner/);
      expect(await page.title()).toBe("(2) bordertap · CHL");
    }));

  it("q4 to q6 beside it, for one alert", () =>
    withPage({ scene: "violation" }, "/?sel=al_9F2c01", async (page) => {
      await page.waitForSelector("[data-answer=q4]");
      for (const question of ["q1", "q2", "q3", "q4", "q5", "q6"])
        expect(await isInSight(page, `[data-answer=${question}]`), question).toBe(true);
      expect(await page.textContent("[data-answer=q4]")).toMatch(/^asset·\w+ .*sent 41\.0 MB to pacs\.acme\.example/);
      expect(await page.textContent("[data-answer=q5]")).toContain("geo-whois-asn-country");
      expect(await page.textContent("[data-answer=q6]")).toContain("Would allow it");
      expect(await page.content()).not.toContain("10.1.2.3");
    }));

  it("all evidence of an alert: who, every claim with its kind and build, hashes, articles", () =>
    withPage({ scene: "violation" }, "/?sel=al_9F2c01", async (page) => {
      await page.waitForSelector("[data-answer=q5]");
      const claims = (await page.textContent("[data-answer=q5]")) ?? "";
      expect(claims).toMatch(/geo-whois-asn-country.*country database.*2026-06-17.*United States/);
      expect(claims).toMatch(/contract.*Germany.*the processing agreement names Germany/);
      expect(await page.textContent(".evidence")).toMatch(/who.*to whom.*192\.0\.2\.1/);
      expect(await page.textContent(".proof")).toMatch(/policy revision r412a9c3d0e1.*geo-whois-asn-country 2026-06-17, sha256 7c1e0/);
      expect(await page.textContent(".detail")).toContain("GDPR 44–46");
    }));

  it("none seen, with the time that was watched", () =>
    withPage({ scene: "quiet" }, "/", async (page) => {
      expect(await page.textContent("[data-answer=q1]")).toMatch(/NONE SEEN.*in 15 min of watched traffic/);
    }));

  it("cannot say, and why, when no sensor reports", () =>
    withPage({ scene: "blind" }, "/", async (page) => {
      expect(await page.textContent("[data-answer=q1]")).toMatch(/CANNOT SAY.*no sensor has reported yet/);
      expect(await page.textContent("[data-answer=q2]")).toContain("BLIND");
      expect(await page.textContent("#destinations-title >> xpath=ancestor::section")).toContain("Cannot know");
    }));

  it("marks a replay", () =>
    withPage({ scene: "violation", mode: "replay" }, "/", async (page) => {
      expect(await page.textContent(".mode")).toContain("REPLAY");
    }));
});

describe("live", () => {
  it("shows a new alert as a row, and a rise in its place", () =>
    withPage({ scene: "violation" }, "/", async (page, server) => {
      await page.waitForSelector(".rows [data-alert=al_9F2c01]");
      const now = Date.now() * 1000;
      const fresh = server.book.put(
        alert({
          id: "al_new",
          detection: "clear.dicom_external",
          severity: "critical",
          zone: "records",
          firstMicros: now,
          lastMicros: now,
        }),
      );
      await page.waitForSelector(".rows [data-alert=al_new]", { timeout: 2000 });
      expect(await page.textContent("[role=alert]")).toContain("clear.dicom_external");
      server.book.put({ ...fresh, revision: 2, bytesOut: 77_000_000 });
      await page.waitForFunction(() => document.querySelector("[data-alert=al_new]")?.textContent?.includes("77.0 MB"));
    }));

  it("moves nothing under the pointer: counts, then shows on demand", () =>
    withPage({ scene: "violation" }, "/", async (page, server) => {
      const order = () => page.$$eval(".alerts tbody tr", (rows) => rows.map((row) => (row as HTMLElement).dataset.alert));
      await page.waitForSelector("[data-alert=al_0042ff]");
      await page.hover("[data-alert=al_0042ff]");
      const before = await order();
      const now = Date.now() * 1000;
      server.book.put(alert({ id: "al_new", severity: "critical", firstMicros: now, lastMicros: now }));
      const old = server.book.get("al_4b7e22");
      if (old) server.book.put({ ...old, revision: 9, state: "closed" });
      await page.waitForSelector(".pill");
      expect(await page.textContent(".pill")).toBe("1 new, 1 critical: show");
      expect(await order()).toEqual(before);
      await page.waitForSelector("tr.gone[data-alert=al_4b7e22]");
      expect(await order()).toEqual(before);
      await page.click(".pill");
      await page.waitForSelector("[data-alert=al_new]");
      expect(await order()).not.toContain("al_4b7e22");
    }));

  it("takes an alert, and tells who was first when it changed meanwhile", () =>
    withPage({ scene: "violation" }, "/?sel=al_9F2c01", async (page, server) => {
      await page.fill(".by input", "ana");
      await page.click(".acts button:has-text('Take')");
      await page.waitForFunction(() => document.querySelector(".detail .facts")?.textContent?.startsWith("taken · ana"));
      expect(server.book.get("al_9F2c01")).toMatchObject({ state: "taken", owner: "ana (console, not verified)" });
      await page.click(".acts button:has-text('Close')");
      await page.selectOption(".acts select[name=reason]", "incident");
      await page.fill(".acts input[name=note]", "INC-7");
      const current = server.book.get("al_9F2c01");
      // Changed behind the page's back: the store knows, the page does not yet.
      if (current)
        server.book.alerts.set(current.id, { ...current, revision: 9, history: [{ atMs: Date.now(), who: "ben", what: "note" }] });
      await page.click(".acts button:has-text('Close it')");
      await page.waitForSelector(".trouble");
      expect(await page.textContent(".trouble")).toContain("changed since by ben");
      expect(server.book.get("al_9F2c01")?.state).toBe("taken");
    }));

  it("approves an address for the block list, with the name of who does", () =>
    withPage({ scene: "violation" }, "/?sel=al_9F2c01", async (page, server) => {
      await page.click(".acts button:has-text('Block list')");
      expect(await page.textContent(".acts form")).toMatch(/Approves 192\.0\.2\.1 for the block list.*bordertap itself blocks nothing/);
      await page.fill(".acts input[name=days]", "7");
      await page.click(".acts button:has-text('Approve')");
      await page.waitForSelector(".trouble");
      expect(await page.textContent(".trouble")).toContain("needs your name");
      expect(server.book.acts).toEqual([]);
      await page.fill(".by input", "ana");
      await page.click(".acts button:has-text('Approve')");
      await page.waitForSelector(".acts form", { state: "detached" });
      expect(server.book.acts).toMatchObject([{ id: "al_9F2c01", act: "block", who: "ana (console, not verified)", days: 7 }]);
    }));

  it("pauses with one key", () =>
    withPage({ scene: "violation" }, "/", async (page, server) => {
      await page.waitForSelector("[data-alert=al_9F2c01]");
      await page.keyboard.press("p");
      await page.waitForSelector("text=PAUSED");
      await page.waitForTimeout(100);
      server.book.put(alert({ id: "al_new", severity: "critical" }));
      await page.waitForTimeout(1200);
      expect(await page.locator("[data-alert=al_new]").count()).toBe(0);
      await page.keyboard.press("p");
      await page.waitForSelector("[data-alert=al_new]");
    }));

  it("draws the map and the same figures as a table", () =>
    withPage({ scene: "violation" }, "/", async (page) => {
      await page.waitForSelector(".world svg path.land");
      expect(await page.locator(".world path.land.outside").count()).toBe(2);
      expect(await page.textContent(".countries")).toMatch(/US · United States.*outside the list.*violation/);
      expect(await page.textContent(".nowhere")).toMatch(/no source names a country/);
      await page.click(".countries button:has-text('Serbia')");
      expect(await page.textContent(".chosen-text")).toContain("Serbia");
      await page.click(".map-buttons button:has-text('Europe')");
    }));
});

it("says since when it is not live, and comes back by itself", async () => {
  await withPage({ scene: "violation", epoch: "one" }, "/", async (page, server) => {
    const port = Number(new URL(server.console.url).port);
    await page.waitForSelector("[data-alert=al_9F2c01]");
    await server.console.stop();
    await page.waitForSelector(".link-state", { timeout: 6000 });
    expect(await page.textContent(".link-state")).toMatch(/Not live since \d\d:\d\d:\d\dZ/);
    await page.waitForSelector("main.stale", { timeout: 10_000 });
    expect(await page.title()).toMatch(/^\(not live\)/);
    expect(await page.getAttribute("#favicon", "href")).toBe("/favicon-stale.svg");
    expect(await page.locator("[data-alert=al_9F2c01]").count()).toBe(1);
    const again = await seeded({ scene: "violation", port, epoch: "two" });
    try {
      await page.waitForSelector("main:not(.stale)", { timeout: 20_000 });
      again.book.put(alert({ id: "al_after", severity: "critical" }));
      await page.waitForSelector("[data-alert=al_after]", { timeout: 3000 });
    } finally {
      await page.goto("about:blank");
      await again.stop();
    }
  });
});

describe("accessibility", () => {
  const scenes: [string, Parameters<typeof seeded>[0], string, { width: number; height: number }][] = [
    ["live, light", { scene: "violation" }, "/?theme=light", { width: 1440, height: 900 }],
    ["live, dark", { scene: "violation" }, "/?theme=dark", { width: 1440, height: 900 }],
    ["one alert, noc", { scene: "violation" }, "/?theme=noc&sel=al_9F2c01", { width: 1440, height: 900 }],
    ["nothing, light", { scene: "quiet" }, "/?theme=light", { width: 1440, height: 900 }],
    ["blind, dark", { scene: "blind" }, "/?theme=dark", { width: 1440, height: 900 }],
    ["narrow", { scene: "violation" }, "/?sel=al_9F2c01", { width: 320, height: 800 }],
  ];
  it.each(scenes)("%s has no fault that axe can find", (_, seed, path, viewport) =>
    withPage(
      seed,
      path,
      async (page) => {
        await page.waitForSelector(".world svg");
        if (path.includes("sel=")) await page.waitForSelector("[data-answer=q4]");
        await page.evaluate(axeSource);
        const faults = await page.evaluate(async (tags) => {
          const { axe } = window as unknown as {
            axe: {
              run(
                root: Document,
                options: object,
              ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
            };
          };
          const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
          return violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join(" | ")}`,
          );
        }, WCAG);
        expect(faults).toEqual([]);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width).toBeLessThanOrEqual(viewport.width);
      },
      viewport,
    ),
  );

  it("is reached by keyboard alone: from the list to the sentence and back", () =>
    withPage({ scene: "violation" }, "/", async (page) => {
      await page.focus("[data-answer=q3] button");
      await page.keyboard.press("Enter");
      await page.waitForSelector("[data-answer=q4]");
      expect(await page.evaluate(() => document.activeElement?.closest(".detail") !== null)).toBe(true);
      await page.keyboard.press("Escape");
      await page.waitForSelector(".detail", { state: "detached" });
    }));
});

it("stays within its budget of requests before the map", () =>
  withPage({ scene: "violation" }, "/", async (page) => {
    const names = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname));
    expect(names.filter((name) => !name.includes("world")).length).toBeLessThanOrEqual(6);
  }));
