import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineVerb } from "./verb.ts";

/** The reference pages, made from the declarations; paths are relative to the package's root. */
export async function referencePages(): Promise<{ path: string; text: string }[]> {
  const { renderDocs } = await import("../config/docs.ts");
  const { detectionsReference } = await import("../detect/reference.ts");
  const { metricsReference } = await import("../app/metrics-reference.ts");
  const { fieldsReference } = await import("../history/reference.ts");
  return [
    ...renderDocs(),
    { path: "docs/detections.md", text: detectionsReference() },
    { path: "docs/metrics.md", text: await metricsReference() },
    { path: "docs/fields.md", text: fieldsReference() },
  ];
}

export const docs = defineVerb({
  name: "docs",
  isHidden: true,
  declare(command, act) {
    command
      .description("Write the reference pages under docs/ from the declarations")
      .addHelpText("after", "\nExample:\n  bordertap docs\n")
      .action(() =>
        act(async () => {
          const root = fileURLToPath(new URL("../../", import.meta.url));
          for (const { path, text } of await referencePages()) {
            mkdirSync(dirname(join(root, path)), { recursive: true });
            writeFileSync(join(root, path), text);
            process.stdout.write(`${path}\n`);
          }
          return 0;
        }),
      );
  },
});
