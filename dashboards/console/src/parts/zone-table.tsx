import { bytes, count, country, duration } from "../format.ts";
import { overview } from "../store.ts";
import { JUDGEMENT, plural, VERDICT } from "../words.ts";
import { whyEmpty } from "./destinations.tsx";
import { Panel, Waiting } from "./panel.tsx";

/** Zones × countries: most bytes out first. */
export function ZoneTable() {
  const found = overview.value;
  if (!found) {
    return (
      <Panel id="zones" title="Zones × countries">
        <Waiting rows={6} />
      </Panel>
    );
  }
  return (
    <Panel id="zones" title="Zones × countries" note={`over the border, ${duration(found.windowMs)}`}>
      {found.zones.length === 0 ? (
        <p class="empty-text">{whyEmpty()}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        <section class="scroll" tabIndex={0} aria-label="Zones and countries">
          <table class="rows">
            <thead>
              <tr>
                <th scope="col">Zone</th>
                <th scope="col">Country</th>
                <th scope="col">Location</th>
                <th scope="col">Judgement</th>
                <th scope="col" class="number">
                  Up
                </th>
                <th scope="col" class="number">
                  Down
                </th>
                <th scope="col" class="number">
                  New flows
                </th>
              </tr>
            </thead>
            <tbody>
              {found.zones.map((row) => (
                <tr key={`${row.zone} ${row.country} ${row.verdict} ${row.judgement}`}>
                  <th scope="row">
                    {row.zone}
                    {row.holdsPatientData ? <span class="dim"> · patient data</span> : null}
                  </th>
                  <td>{row.country === null ? "no country known" : `${row.country} · ${country(row.country)}`}</td>
                  <td>{row.verdict === null ? "not located" : `${VERDICT[row.verdict].glyph} ${VERDICT[row.verdict].word}`}</td>
                  <td class={`judgement ${JUDGEMENT[row.judgement].look}`}>{JUDGEMENT[row.judgement].word}</td>
                  <td class="number">{bytes(row.upBytes)}</td>
                  <td class="number">{bytes(row.downBytes)}</td>
                  <td class="number">{count(row.flows)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.zonesOther.rows > 0 ? (
            <p class="empty-text">
              and {plural(found.zonesOther.rows, "smaller row")}: {bytes(found.zonesOther.upBytes)} up, {bytes(found.zonesOther.downBytes)}{" "}
              down
            </p>
          ) : null}
        </section>
      )}
    </Panel>
  );
}
