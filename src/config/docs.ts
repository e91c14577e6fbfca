import { configReference } from "./describe.ts";

/** The pages of docs/ that are made from the declarations; `path` is relative to the package's root. */
export function renderDocs(): { path: string; text: string }[] {
  return [{ path: "docs/configuration.md", text: configReference() }];
}
