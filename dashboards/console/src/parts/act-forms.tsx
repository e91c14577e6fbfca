import { useState } from "preact/hooks";
import type { AlertDetail } from "../../../../src/console/wire.ts";
import { CLOSE_REASONS } from "../../../../src/console/wire.ts";
import { type ActInput, act } from "../acts.ts";
import { nowMs } from "../store.ts";

const HOUR_MS = 3_600_000;
const SNOOZES: [string, number][] = [
  ["1 hour", HOUR_MS],
  ["4 hours", 4 * HOUR_MS],
  ["1 day", 24 * HOUR_MS],
  ["7 days", 7 * 24 * HOUR_MS - 60_000],
];

type Form = "snooze" | "close" | "note" | "block";

const SUBMIT: Record<Form, string> = { snooze: "Snooze it", close: "Close it", note: "Add note", block: "Approve" };

/** Take, snooze, close, note, approve for the block list. The act names the revision that was seen: a changed alert is refused, not overwritten. */
export function ActForms({ alert }: { alert: AlertDetail }) {
  const [form, setForm] = useState<Form | undefined>(undefined);
  const [trouble, setTrouble] = useState("");
  const [by, setBy] = useState(() => sessionStorage.getItem("by") ?? "");

  async function send(input: ActInput): Promise<void> {
    const name = by.trim();
    const said = await act(alert.id, alert.rev, name === "" ? input : { ...input, by: name });
    setTrouble(said);
    if (said === "") setForm(undefined);
  }

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    const text = (name: string) => String(data.get(name) ?? "").trim();
    const note = text("note") === "" ? {} : { note: text("note") };
    if (form === "snooze") void send({ act: "snooze", untilMs: nowMs.value + Number(text("for")), reason: text("reason"), ...note });
    else if (form === "close") void send({ act: "close", reason: text("reason"), ...note });
    else if (form === "block") {
      if (by.trim() === "") setTrouble("Not done: an approval needs your name, in the field above.");
      else void send({ act: "block", ...(text("days") === "" ? {} : { days: Number(text("days")) }), ...note });
    } else void send({ act: "note", ...note });
  }

  const isClosed = alert.state === "closed";
  const needsNote = form === "note" || (form === "close" && (alert.severity === "critical" || alert.severity === "high"));
  return (
    <div class="acts">
      <div class="act-buttons">
        {isClosed ? (
          <button type="button" onClick={() => void send({ act: "reopen" })}>
            Reopen
          </button>
        ) : (
          <>
            <button type="button" class="first" onClick={() => void send({ act: "take" })}>
              Take
            </button>
            <FormButton form="snooze" word="Snooze" open={form} setOpen={setForm} />
            <FormButton form="close" word="Close" open={form} setOpen={setForm} />
          </>
        )}
        <FormButton form="note" word="Note" open={form} setOpen={setForm} />
        {alert.block === null ? null : <FormButton form="block" word="Block list…" open={form} setOpen={setForm} />}
        <label class="by">
          as
          <input
            type="text"
            maxLength={40}
            placeholder="your name"
            autocomplete="nickname"
            value={by}
            onInput={(event) => {
              setBy(event.currentTarget.value);
              sessionStorage.setItem("by", event.currentTarget.value);
            }}
          />
        </label>
      </div>
      {form === undefined ? null : (
        <form onSubmit={submit}>
          {form === "snooze" ? (
            <>
              <label>
                For
                <select name="for">
                  {SNOOZES.map(([word, ms]) => (
                    <option key={ms} value={ms}>
                      {word}
                    </option>
                  ))}
                </select>
              </label>
              <label>
                Reason
                <input name="reason" type="text" required maxLength={200} />
              </label>
            </>
          ) : null}
          {form === "close" ? (
            <label>
              Because
              <select name="reason">
                {CLOSE_REASONS.map((reason) => (
                  <option key={reason}>{reason}</option>
                ))}
              </select>
            </label>
          ) : null}
          {form === "block" ? (
            <>
              <p class="whole">
                Approves <b class="mono">{alert.block}</b> for the block list: firewalls that fetch the list will stop it. bordertap itself
                blocks nothing.
              </p>
              <label>
                Days
                <input name="days" type="number" min={1} max={365} placeholder="usual" />
              </label>
            </>
          ) : null}
          <label class="grow">
            Note{needsNote ? "" : " (optional)"}
            <input name="note" type="text" maxLength={1000} required={needsNote} />
          </label>
          <button type="submit" class="first">
            {SUBMIT[form]}
          </button>
        </form>
      )}
      {trouble === "" ? null : (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

function FormButton({
  form,
  word,
  open,
  setOpen,
}: {
  form: Form;
  word: string;
  open: Form | undefined;
  setOpen: (form: Form | undefined) => void;
}) {
  return (
    <button type="button" aria-expanded={open === form} onClick={() => setOpen(open === form ? undefined : form)}>
      {word}
    </button>
  );
}
