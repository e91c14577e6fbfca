import { useEffect, useRef } from "preact/hooks";
import type { AlertDetail } from "../../../../src/console/wire.ts";
import { CLAIM_KIND_WORDS } from "../../../../src/lib/words.ts";
import { country, dateTime } from "../format.ts";
import { detail, select } from "../store.ts";
import { sureness, VERDICT } from "../words.ts";
import { ActForms } from "./act-forms.tsx";
import { SeverityMark } from "./glyph.tsx";
import { Waiting } from "./panel.tsx";

/** One alert: the sentence, then why, then what to do. */
export function AlertDetailPane() {
  const found = detail.value;
  const heading = useRef<HTMLHeadingElement>(null);
  const id = typeof found === "object" ? found.id : found;
  useEffect(() => {
    if (id !== undefined) heading.current?.focus({ preventScroll: true });
  }, [id]);
  return (
    <aside class="detail" aria-label="Alert">
      <button type="button" class="quiet close" onClick={() => select(undefined)}>
        Close <kbd>Esc</kbd>
      </button>
      {found === undefined ? (
        <Waiting rows={8} />
      ) : found === "gone" ? (
        <p class="empty-text">This alert is not known here any more. The store keeps alerts up to its limit, closed ones go first.</p>
      ) : (
        <>
          <h2 ref={heading} tabIndex={-1}>
            <SeverityMark severity={found.severity} /> {found.detection}
          </h2>
          <p class="facts">
            {found.state}
            {found.owner ? ` · ${found.owner}` : ""}
            {found.snoozedUntilMs === null ? "" : ` · until ${dateTime(found.snoozedUntilMs)}`}
            {found.closedReason === null ? "" : ` · ${found.closedReason}`} · revision {found.rev} · <span class="mono">{found.id}</span>
          </p>
          <Sentence text={found.sentence} />
          <ActForms alert={found} />
          <Rule found={found} />
          <Claims found={found} />
          <Ends found={found} />
          {found.next.length > 0 ? (
            <section aria-label="What to do next">
              <h3>Next</h3>
              <ol class="next">
                {found.next.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </section>
          ) : null}
          <History found={found} />
          <Proof found={found} />
        </>
      )}
    </aside>
  );
}

/** Who sent how much to whom, where, since when; what follows in the text is told by the parts below. */
function Sentence({ text }: { text: string }) {
  const end = /\.\s+(?=\p{Lu})/u.exec(text);
  const first = end === null ? text : text.slice(0, end.index + 1);
  return (
    <>
      <p class="sentence" data-answer="q4">
        {first}
      </p>
      {end === null ? null : (
        <details>
          <summary>Full text, as sent out</summary>
          <p>{text}</p>
        </details>
      )}
    </>
  );
}

/** Shown by parts of their own. */
const TOLD_ELSEWHERE = new Set(["where", "claim", "which means", "rule", "because", "would allow", "policy", "database"]);

/** Who, to whom and how that is known, through what, in the words of "bordertap explain". */
function Ends({ found }: { found: AlertDetail }) {
  const rows = found.evidence.filter(([label]) => !TOLD_ELSEWHERE.has(label));
  if (rows.length === 0) return null;
  return (
    <section aria-label="Who and to whom">
      <h3>Who and to whom</h3>
      <dl class="evidence">
        {rows.map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Rule({ found }: { found: AlertDetail }) {
  return (
    <section aria-label="Rule" data-answer="q6">
      <h3>Rule</h3>
      <p>
        {found.rule.id === null ? "No rule took part: the detection stands for itself." : <span class="mono">{found.rule.id}</span>}
        {found.rule.because === null ? "" : ` ${found.rule.because}`}
      </p>
      {found.rule.wouldAllow === null ? null : (
        <p>
          <b>Would allow it:</b> {found.rule.wouldAllow}
        </p>
      )}
    </section>
  );
}

function Claims({ found }: { found: AlertDetail }) {
  const where = found.evidence.find(([label]) => label === "where")?.[1];
  return (
    <section aria-label="Where, every claim" data-answer="q5">
      <h3>Where, every claim</h3>
      {found.verdict === null ? (
        where === undefined ? null : (
          <p>{where}</p>
        )
      ) : (
        <p>
          {found.countries.map(country).join(", ") || "No country"}:{" "}
          <b>
            <span aria-hidden="true">{VERDICT[found.verdict].glyph}</span> {VERDICT[found.verdict].word}
          </b>
          {found.confidence === null ? "" : `, confidence ${sureness(found.confidence)}`}
          {found.meaning === null ? null : <span class="dim"> · {found.meaning}</span>}
        </p>
      )}
      {found.claims.length === 0 ? (
        <p class="dim">No source says anything about this place.</p>
      ) : (
        <table class="claims">
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Build</th>
              <th scope="col">Says</th>
            </tr>
          </thead>
          <tbody>
            {found.claims.map((claim) => (
              <tr key={`${claim.source} ${claim.note}`}>
                <th scope="row">
                  {claim.source}
                  <span class="dim kind">{CLAIM_KIND_WORDS[claim.kind]}</span>
                </th>
                <td class="nowrap">{claim.build?.slice(0, 10) ?? "–"}</td>
                <td>
                  {claim.countries.map(country).join(", ") || "no country"}
                  {claim.note === null ? null : <span class="dim"> · {claim.note}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function History({ found }: { found: AlertDetail }) {
  if (found.history.length === 0) return null;
  return (
    <section aria-label="History">
      <h3>History</h3>
      <ol class="history">
        {[...found.history].reverse().map((entry, index) => (
          <li key={`${entry.atMs} ${index}`}>
            <time>{dateTime(entry.atMs)}</time> {entry.who} · {entry.what}
            {entry.note === null ? "" : ` “${entry.note}”`}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Proof({ found }: { found: AlertDetail }) {
  return (
    <section aria-label="Proof">
      <h3>Proof</h3>
      <ul class="mono small proof">
        {found.evidence
          .filter(([label]) => label === "policy" || label === "database")
          .map(([label, text]) => (
            <li key={text}>{label === "policy" ? `policy ${text}` : text}</li>
          ))}
      </ul>
      {found.relevantTo.length === 0 ? null : <p class="small dim">Relevant to: {found.relevantTo.join("; ")}. Not a finding of breach.</p>}
      <p class="small dim">Assets are shown as tokens here. Their names are in the alert itself, as outputs and the store hold it.</p>
    </section>
  );
}
