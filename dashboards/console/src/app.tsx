import { useEffect } from "preact/hooks";
import { AlertDetailPane } from "./parts/alert-detail.tsx";
import { AlertsTable } from "./parts/alerts-table.tsx";
import { CoveragePanel } from "./parts/coverage-panel.tsx";
import { Destinations } from "./parts/destinations.tsx";
import { MapPanel } from "./parts/map-panel.tsx";
import { Patterns } from "./parts/patterns.tsx";
import { Tiles } from "./parts/tiles.tsx";
import { LinkState, TopBar } from "./parts/top-bar.tsx";
import { VerdictBar } from "./parts/verdict-bar.tsx";
import { WorstOpen } from "./parts/worst-open.tsx";
import { ZoneTable } from "./parts/zone-table.tsx";
import { announcement, criticalAnnouncement, link, overview, select, selected, status, togglePause } from "./store.ts";

/** The Live page. */
export function App() {
  useEffect(() => {
    document.addEventListener("keydown", shortcuts);
    return () => document.removeEventListener("keydown", shortcuts);
  }, []);
  const isStale = link.value === "lost";
  const verdict = overview.value?.verdict;
  useEffect(() => {
    const mark = isStale ? "(not live) " : verdict?.answer === "yes" ? `(${verdict.count}) ` : "";
    document.title = `${mark}bordertap · ${status.value?.site ?? "live"}`;
    document.getElementById("favicon")?.setAttribute("href", isStale ? "/favicon-stale.svg" : "/favicon.svg");
  }, [isStale, verdict?.answer, verdict?.count, status.value?.site]);
  return (
    <>
      <Patterns />
      <a class="skip" href="#main">
        Skip to the answer
      </a>
      <TopBar />
      <LinkState />
      <div class={selected.value === undefined ? "page" : "page has-detail"}>
        <main id="main" class={isStale ? "stale" : undefined} tabIndex={-1}>
          <h1 class="unseen">Live</h1>
          <VerdictBar />
          <div class="pair">
            <WorstOpen />
            <Destinations />
          </div>
          <Tiles />
          <AlertsTable />
          <MapPanel />
          <ZoneTable />
          <CoveragePanel />
        </main>
        {selected.value === undefined ? null : <AlertDetailPane />}
      </div>
      <footer class="foot">
        <span>Boundaries: Natural Earth, as drawn, no legal statement.</span>
        <span>
          Location data as built into bordertap (CC BY 4.0: geo-whois-asn-country, ASN data by ip-location-db). A foreign address is an
          indicator, not a finding of breach.
        </span>
      </footer>
      <div class="unseen" role="status">
        {announcement.value}
      </div>
      <div class="unseen" role="alert">
        {criticalAnnouncement.value}
      </div>
    </>
  );
}

function shortcuts(event: KeyboardEvent): void {
  const isTyping = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && selected.value !== undefined) select(undefined);
  else if (event.key === "p" && !isTyping) togglePause();
}
