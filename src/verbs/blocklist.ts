import { AppError } from "../lib/errors.ts";
import type { Alert } from "../model/alert.ts";
import type { BlockEntry } from "../outputs/blocklist.ts";
import { defineVerb } from "./verb.ts";

interface Options {
  config?: string;
  state?: string;
  by?: string;
  days?: string;
  dryRun?: true;
  address?: string[];
  all?: true;
}

const FORMATS: Readonly<Record<string, string>> = { edl: "blocklist.txt", json: "blocklist.json", nft: "blocklist.nft" };

const ADDRESSES_SHOWN = 5;

async function open({ config, state }: Options) {
  const { loadConfig } = await import("../config/load.ts");
  const { Blocklist } = await import("../app/blocklist.ts");
  const loaded = loadConfig(config);
  return new Blocklist(loaded, state ?? loaded.config.state.folder, Date.now);
}

export const blocklist = defineVerb({
  name: "blocklist",
  declare(command, act) {
    command
      .description(
        "Feed of outside addresses of confirmed violations, for firewalls; a person approves each, bordertap itself blocks nothing",
      )
      .addHelpText(
        "after",
        '\nExamples:\n  bordertap blocklist candidates\n  bordertap blocklist approve 4f1c22d09ab3 --by "M. Weber" --dry-run\n  bordertap blocklist export nft\n',
      );
    const sub = (name: string, description: string) =>
      command
        .command(name)
        .description(description)
        .option("-c, --config <file>", "configuration file")
        .option("--state <folder>", "state folder; without it the configuration's");
    sub("candidates", "alerts whose outside address is not on the list")
      .addHelpText("after", "\nExample:\n  bordertap blocklist candidates --state /var/lib/bordertap\n")
      .action((options: Options) =>
        act(async () => {
          const list = await open(options);
          const alerts = list.candidates();
          for (const alert of alerts) {
            const { id, severity, state, detection, evidence } = alert;
            const [first, ...others] = await list.addressesOf(alert);
            const more = others.length === 0 ? "" : `, also ${others.slice(0, ADDRESSES_SHOWN).join(" ")}`;
            const rest = others.length > ADDRESSES_SHOWN ? ` and ${others.length - ADDRESSES_SHOWN} more` : "";
            process.stdout.write(
              `${id}  ${severity.padEnd(8)} ${state.padEnd(7)} ${detection.padEnd(28)} ${first}  ${evidence.name ?? ""}${more}${rest}\n`,
            );
          }
          if (alerts.length === 0) process.stdout.write("no alert names an outside address that is not listed\n");
          return 0;
        }),
      );
    sub("approve", "list the outside address of an alert, or several that its flows went to")
      .argument("<alert>", "id of the alert")
      .requiredOption("--by <name>", "who approves")
      .option("--address <address...>", "these of its addresses (see candidates), instead of the one of its evidence")
      .option("--all", "all addresses that its flows went to, as far as the history has them")
      .option("--days <days>", "how long it stays; without it blocklist.days")
      .option("--dry-run", "say what the list would be, and write nothing")
      .addHelpText("after", '\nExample:\n  bordertap blocklist approve 4f1c22d09ab3 --by "M. Weber" --days 7\n')
      .action((alert: string, options: Options) =>
        act(async () => {
          const days = options.days === undefined ? undefined : Number(options.days);
          if (days !== undefined && !Number.isInteger(days))
            throw new AppError("usage", `--days ${options.days} is no whole number`, { exitCode: 2 });
          const list = await open(options);
          const found = list.alert(alert);
          const addresses = await chosen(list, found, options);
          const more = { ...(addresses === undefined ? {} : { addresses }), ...(days === undefined ? {} : { days }) };
          show(list.approve(found, options.by!, { isDryRun: options.dryRun === true, ...more }), options);
          return 0;
        }),
      );
    sub("remove", "take an address off the list")
      .argument("<address>", "IPv4 or IPv6 address")
      .option("--dry-run", "say what the list would be, and write nothing")
      .addHelpText("after", "\nExample:\n  bordertap blocklist remove 198.51.100.7\n")
      .action((address: string, options: Options) =>
        act(async () => {
          show((await open(options)).remove(address, options.dryRun === true), options);
          return 0;
        }),
      );
    sub("list", "what is listed, by whom and until when; writes the feeds anew, without what has run out")
      .addHelpText("after", "\nExample:\n  bordertap blocklist list\n")
      .action((options: Options) =>
        act(async () => {
          show((await open(options)).refresh(), options);
          return 0;
        }),
      );
    sub("export", "print the list for a firewall")
      .argument("<format>", `${Object.keys(FORMATS).join(", ")}`)
      .addHelpText("after", "\nExample:\n  bordertap blocklist export nft | nft -c -f -\n")
      .action((format: string, options: Options) =>
        act(async () => {
          const file = FORMATS[format];
          if (file === undefined)
            throw new AppError("usage", `no format ${format}; there are ${Object.keys(FORMATS).join(", ")}`, { exitCode: 2 });
          process.stdout.write((await open(options)).feeds()[file]);
          return 0;
        }),
      );
  },
});

/** Only addresses that the alert's flows went to: a slip of the pen blocks nobody else. */
async function chosen(list: Awaited<ReturnType<typeof open>>, alert: Alert, { address, all }: Options): Promise<string[] | undefined> {
  if (address === undefined && all === undefined) return undefined;
  const known = await list.addressesOf(alert);
  if (address === undefined) return known;
  const stranger = address.find((one) => !known.includes(one));
  if (stranger !== undefined)
    throw new AppError("usage", `--address ${stranger}: no flow of alert ${alert.id} went there; there are ${known.join(", ") || "none"}`, {
      exitCode: 2,
    });
  return address;
}

function show(entries: readonly BlockEntry[], { dryRun }: Options): void {
  if (dryRun) process.stdout.write("dry run, nothing is written; the list would be:\n");
  for (const { address, detection, approvedBy, untilMs, alertId } of entries)
    process.stdout.write(
      `${address.padEnd(39)} until ${new Date(untilMs).toISOString().slice(0, 16)}Z  ${detection}, alert ${alertId}, approved by ${approvedBy}\n`,
    );
  if (entries.length === 0) process.stdout.write("the list is empty\n");
}
