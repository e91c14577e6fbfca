import { defineVerb } from "./verb.ts";

export const geo = defineVerb({
  name: "geo",
  declare(command, act) {
    command
      .description("Ask where addresses are, and who says so")
      .addHelpText("after", "\nExample:\n  bordertap geo lookup 198.51.100.7\n");
    command
      .command("lookup")
      .description("Where an address is: every claim with its source, and what the jurisdiction lists make of it")
      .argument("<address>", "IPv4 or IPv6 address")
      .option("-c, --config <file>", "configuration file: then also its zone and party")
      .addHelpText("after", "\nExample:\n  bordertap geo lookup 2001:4860:4860::8888 --config hospital.yaml\n")
      .action((address: string, options: { config?: string }) =>
        act(async () => {
          const { loadConfig } = await import("../config/load.ts");
          const { geoLookup, formatGeoReport } = await import("../enrich/geo-lookup.ts");
          const { openPlaces } = await import("../enrich/location/places.ts");
          const { GEO_FOLDER } = await import("../app/rules.ts");
          const { site, config } = loadConfig(options.config);
          const places = openPlaces({ folder: GEO_FOLDER, countryDatabase: config.geo.country });
          const report = geoLookup(address, {
            places,
            site: options.config ? site : undefined,
            lists: site.jurisdictions,
            databasePath: config.geo.country,
          });
          process.stdout.write(formatGeoReport(report));
          return 0;
        }),
      );
    command
      .command("compile", { hidden: true })
      .description("Compile the embedded databases into fast tables: part of the build")
      .option("--if-stale", "leave what is up to date")
      .addHelpText("after", "\nExample:\n  bordertap geo compile --if-stale\n")
      .action((options: { ifStale?: true }) =>
        act(async () => {
          const { compileGeo } = await import("../enrich/location/compile.ts");
          const { GEO_FOLDER } = await import("../app/rules.ts");
          for (const { name, build, isNew } of compileGeo({ outFolder: GEO_FOLDER, ifStale: options.ifStale === true }))
            if (isNew) process.stdout.write(`compiled ${name}, build ${build}\n`);
          return 0;
        }),
      );
  },
});
