/**
 * Metrics as stages declare them; the console copies them into prom-client when it is scraped. Hot counters stay in
 * typed arrays of their stage. Names: bordertap_<stage>_<noun>_<unit>[_total]; labels are closed sets, never addresses.
 */
export interface Metric {
  name: `bordertap_${string}`;
  type: "counter" | "gauge";
  help: string;
  labels: readonly string[];
  /** Calls back once for each label set, values in the order of `labels`. Counters give their total. */
  read(emit: (value: number, ...labelValues: string[]) => void): void;
}
