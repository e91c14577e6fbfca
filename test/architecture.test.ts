import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Everything a stage may import beside its own folder. */
const COMMON = new Set(["model", "lib", "obs"]);
/** Who may see several stages: the pipeline's pages, the assembly, the verbs and the entry. */
const ASSEMBLY = new Set(["pipeline", "app", "verbs", "app.ts", "main.ts"]);

const files = filesUnder(src).map((path) => {
  const text = readFileSync(path, "utf8");
  const place = relative(src, path).split("/");
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) =>
    relative(src, resolve(dirname(path), match[1])),
  );
  return { path: relative(root, path), stage: place[0], text, imports };
});

describe("layout", () => {
  it("lets a stage import only model, lib, obs and itself", () => {
    const wrong = files
      .filter(({ stage }) => !ASSEMBLY.has(stage))
      .flatMap(({ path, stage, imports }) =>
        imports
          .map((target) => target.split("/")[0])
          .filter((target) => target !== stage && !COMMON.has(target))
          .map((target) => `${path} imports ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it("keeps model free of logic from elsewhere, and lib and obs below the stages", () => {
    const allowed: Record<string, string[]> = { model: ["model"], lib: ["lib", "model"], obs: ["obs", "lib", "model"] };
    const wrong = files.flatMap(({ path, stage, imports }) =>
      allowed[stage] ? imports.filter((t) => !allowed[stage].includes(t.split("/")[0])).map((t) => `${path} imports ${t}`) : [],
    );
    expect(wrong).toEqual([]);
  });

  it("exits the process in main.ts only", () => {
    expect(
      files
        .filter(({ path, text }) => path !== "src/main.ts" && /process\.exit\(/.test(text) && !/-child\.ts$|child\.ts$/.test(path))
        .map(({ path }) => path),
    ).toEqual([]);
  });

  it("has no default exports, enums or any", () => {
    expect(files.filter(({ text }) => /^export default|^\s*(export )?(const )?enum /m.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("names files in kebab-case and folders without utils, helpers, manager or service", () => {
    expect(
      files.map(({ path }) => path).filter((path) => !/^src\/[a-z0-9/.-]+\.ts$/.test(path) || /util|helper|manager|service/.test(path)),
    ).toEqual([]);
  });

  it("keeps files short: none over 500 lines, nine in ten under 250", () => {
    const lines = files.map(({ path, text }) => ({ path, lines: text.split("\n").length }));
    expect(lines.filter((file) => file.lines > 500)).toEqual([]);
    expect(lines.filter((file) => file.lines > 250).length / lines.length).toBeLessThan(0.1);
  });

  it("has only the agreed folders at the top level", () => {
    const known = ["dashboards", "docs", "geo-db", "src", "systemd", "test"];
    const folders = readdirSync(root).filter(
      (name) => !name.startsWith(".") && statSync(join(root, name)).isDirectory() && !["node_modules", "dist", "coverage"].includes(name),
    );
    expect(folders.sort()).toEqual(known);
  });
});

describe("registries", () => {
  // Folder, the registry file, and the names that are no members (contract, shared parts).
  const members: { folder: string; call: RegExp }[] = [
    { folder: "dissect", call: /defineDissector\(/ },
    { folder: "detect", call: /defineDetection\(/ },
    { folder: "decode", call: /defineDecoder\(/ },
  ];
  it.each(members)("$folder/index.ts lists every member of the folder", ({ folder, call }) => {
    const index = readFileSync(join(src, folder, "index.ts"), "utf8");
    const defined = files.filter(
      ({ stage, text, path }) =>
        stage === folder && call.test(text.replace(/export function define\w+\(/, "")) && !path.endsWith("index.ts"),
    );
    const missing = defined.filter(({ path }) => !index.includes(`"./${path.split("/").slice(2).join("/")}"`)).map(({ path }) => path);
    expect(missing).toEqual([]);
  });
});
