import { openHistory } from "../history/query.ts";
import { AppError } from "../lib/errors.ts";
import type { Alert } from "../model/alert.ts";

/**
 * Outside addresses of recorded flows that belong to an alert: of its zone, to its party (or, without one, under its name), in
 * its countries and its time; those with most bytes first. Empty when there is no history, or nothing but an address is known.
 */
export async function outsideAddresses(folder: string, alert: Readonly<Alert>, limit: number): Promise<string[]> {
  const { zone, party, name, countries, firstMicros, lastMicros } = alert;
  if (party === undefined && name === undefined) return [];
  const conditions = [
    party === undefined ? `name = ${quoted(name!)}` : `party = ${quoted(party)}`,
    ...(zone === undefined ? [] : [`zone = ${quoted(zone)}`]),
    ...(countries.length === 0 ? [] : [`country IN (${countries.map(quoted).join(", ")})`]),
  ];
  const sql = `SELECT outside_ip FROM (SELECT CASE WHEN CAST(direction AS VARCHAR) = 'inbound' THEN source_ip ELSE destination_ip END
    AS outside_ip, bytes_out FROM flows WHERE ${conditions.join(" AND ")}) GROUP BY outside_ip ORDER BY sum(bytes_out) DESC, outside_ip`;
  try {
    const history = await openHistory(folder);
    const { rows } = await history.query({ sql, limit, fromMicros: firstMicros, toMicros: lastMicros + 1 });
    return rows.map(([address]) => String(address));
  } catch (error) {
    if (error instanceof AppError && error.code === "history_unavailable") return [];
    throw error;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
