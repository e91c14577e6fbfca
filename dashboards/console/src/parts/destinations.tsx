import { bytes, country, duration } from "../format.ts";
import { overview, status } from "../store.ts";
import { JUDGEMENT } from "../words.ts";
import { Panel, Waiting } from "./panel.tsx";

const BARS = 8;

/** Where the bytes of patient-data zones go, by country and judgement. */
export function Destinations() {
  const found = overview.value;
  const note = found ? `up, ${duration(found.windowMs)}` : undefined;
  return (
    <Panel id="destinations" title="Where patient-data bytes go" note={note}>
      {found ? <Bars /> : <Waiting rows={BARS} />}
    </Panel>
  );
}

function Bars() {
  const bars = overview.value?.byCountry ?? [];
  if (bars.length === 0) return <p class="empty-text">{whyEmpty()}</p>;
  const most = Math.max(...bars.map((bar) => bar.upBytes));
  return (
    <table class="bars">
      <thead class="unseen">
        <tr>
          <th scope="col">Country</th>
          <th scope="col">Share</th>
          <th scope="col">Bytes up</th>
          <th scope="col">Judgement</th>
        </tr>
      </thead>
      <tbody>
        {bars.slice(0, BARS).map((bar) => {
          const { word, look } = JUDGEMENT[bar.judgement];
          return (
            <tr key={`${bar.country} ${bar.judgement}`}>
              <th scope="row" title={country(bar.country)}>
                {bar.country ?? "?"}
              </th>
              <td class="bar-cell">
                <svg class="bar" viewBox="0 0 160 12" width="100%" height="12" preserveAspectRatio="none" aria-hidden="true">
                  <rect class={`bar-fill ${look}`} width={Math.max(1.5, (bar.upBytes / most) * 160)} height="12" />
                </svg>
              </td>
              <td class="number">{bytes(bar.upBytes)}</td>
              <td class={`judgement ${look}`}>{bar.country === null && bar.judgement === "undecided" ? "nowhere certain" : word}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Nothing happened, or nobody could have seen it: never the same words. */
export function whyEmpty(): string {
  const coverage = status.value?.coverage;
  if (coverage?.state === "none" || coverage?.state === "unknown")
    return `Cannot know: ${coverage.reasons[0] ?? "nothing is being watched"}.`;
  return "Nothing left these zones in this window.";
}
