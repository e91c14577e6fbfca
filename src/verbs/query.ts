import { join } from "node:path";
import { AppError } from "../lib/errors.ts";
import { defineVerb } from "./verb.ts";

interface Options {
  config?: string;
  from?: string;
  to?: string;
  zone?: string;
  country?: string;
  party?: string;
  judgement?: string;
  address?: string;
  name?: string;
  sql?: string;
  limit: string;
  format: string;
}

export const query = defineVerb({
  name: "query",
  declare(command, act) {
    command
      .description("Ask the flow history")
      .option("-c, --config <file>", "configuration file (it says where the history is)")
      .option("--from <time>", "RFC 3339 or relative: -1h, -30m, -2d; flows that overlap the window are found")
      .option("--to <time>", "RFC 3339, relative, or now")
      .option("--zone <name>", "only this zone")
      .option("--country <code>", "only this country (ISO 3166-1 alpha-2)")
      .option("--party <name>", "only this party")
      .option("--judgement <word>", "approved, authorised, violation, undecided, ignored")
      .option("--address <address>", "only this address or prefix, at either end")
      .option("--name <pattern>", 'only this name of the outside end; "*.acme.eu" works')
      .option("--sql <select>", "one SELECT over the views flows, flow_events and alerts; read-only")
      .option("--limit <rows>", "most rows", "100")
      .option("--format <format>", "table, csv or json", "table")
      .addHelpText(
        "after",
        '\nExamples:\n  bordertap query --from -1h --country US\n  bordertap query --sql "select zone, sum(bytes_out) from flows group by zone" --format csv\n',
      )
      .action((options: Options) =>
        act(async () => {
          const { loadConfig } = await import("../config/load.ts");
          const { FORMATS } = await import("../history/format.ts");
          const { runQuery } = await import("../history/query.ts");
          const { parseWhen } = await import("../history/when.ts");
          const format = FORMATS.find((known) => known === options.format);
          if (!format) throw new AppError("usage", `--format: "${options.format}" is none of ${FORMATS.join(", ")}`, { exitCode: 2 });
          const nowMs = Date.now();
          const { zone, country, party, judgement, address, name, sql } = options;
          const filters = { zone, country: country?.toUpperCase(), party, judgement, address, name, sql };
          await runQuery(
            {
              folder: join(loadConfig(options.config).config.state.folder, "history"),
              format,
              limit: Number(options.limit),
              ...(options.from === undefined ? {} : { fromMicros: parseWhen(options.from, nowMs, "--from") }),
              ...(options.to === undefined ? {} : { toMicros: parseWhen(options.to, nowMs, "--to") }),
              ...(Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)) as Record<string, string>),
            },
            (text) => process.stdout.write(text),
            (line) => process.stderr.write(`${line}\n`),
          );
          return 0;
        }),
      );
  },
});
