import { ALERT_COLUMNS } from "./alert-columns.ts";
import { FLOW_COLUMNS } from "./columns.ts";

/** docs/fields.md: what `bordertap query --sql` can name, from the declarations of the columns. */
export function fieldsReference(): string {
  const table = (columns: readonly { name: string; type: string; doc: string }[]) => [
    "| column | type | meaning |",
    "|---|---|---|",
    ...columns.map(({ name, type, doc }) => `| \`${name}\` | ${type} | ${doc} |`),
  ];
  return `${[
    "# Fields of the flow history",
    "",
    "Generated from the declarations by `npm run docs`. Do not edit.",
    "",
    '`bordertap query --sql "SELECT …"` reads three views: `flow_events` (every report of every flow), `flows` (the newest report of each flow: its',
    "totals are those of the whole flow) and `alerts` (the newest state of each alert). Times are UTC. What is unknown is NULL.",
    "",
    "## flows, flow_events",
    "",
    ...table(FLOW_COLUMNS),
    "",
    "## alerts",
    "",
    ...table(ALERT_COLUMNS),
  ].join("\n")}\n`;
}
