/** What a query of history asks. Times are microseconds since 1970, UTC; a flow is in the window when it overlaps [from, to). */
export interface QueryOptions {
  fromMicros?: number;
  toMicros?: number;
  zone?: string;
  /** ISO 3166-1 alpha-2. */
  country?: string;
  party?: string;
  judgement?: string;
  /** An address or a prefix, of either end. */
  address?: string;
  /** A name, or a pattern with `*`. */
  name?: string;
  /** Rows wanted at most. */
  limit: number;
  /** One SELECT over the views `flows`, `flow_events` and `alerts`; the other filters but the window do not apply to it. */
  sql?: string;
  /** Stops the query after so many seconds (60 when not given). */
  timeoutSeconds?: number;
}

/** A value as JSON has it: text, number, boolean, null, or a list or object of those. Times are RFC 3339, UTC. */
export type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

export interface QueryRows {
  columns: string[];
  rows: Plain[][];
  /** There was more than `limit`. */
  isCut: boolean;
}

export const MOST_ROWS = 100_000;
