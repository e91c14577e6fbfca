import type { Act, ActResult } from "../../../src/console/wire.ts";
import { clockSeconds } from "./format.ts";
import { say } from "./store.ts";

export interface ActInput {
  act: Act;
  by?: string;
  untilMs?: number;
  reason?: string;
  note?: string;
  days?: number;
}

/** Asks the server to act on one alert. Resolves to what people should read: empty when it was done. */
export async function act(id: string, rev: number, input: ActInput): Promise<string> {
  let response: Response;
  try {
    response = await fetch("/api/v1/alerts/acts", {
      method: "POST",
      headers: { "content-type": "application/json", "x-bordertap": "1" },
      body: JSON.stringify({ ids: [id], revs: [rev], ...input }),
    });
  } catch {
    return "Not done: the server cannot be reached. Nothing was changed.";
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    const detail = (answer as { detail?: string } | undefined)?.detail ?? `the server answered ${response.status}`;
    return `Not done: ${detail}`;
  }
  const result = (answer as { results: Record<string, ActResult> }).results[id];
  if (result.ok) {
    say(`Done: ${input.act}`);
    return "";
  }
  const who = result.by === null ? "" : ` by ${result.by}${result.atMs === null ? "" : ` at ${clockSeconds(result.atMs)}`}`;
  return `Not done: ${result.reason}${who}. The newest state is shown; try again.`;
}
