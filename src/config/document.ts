import type { Node, Pair } from "yaml";
import { yaml } from "../lib/yaml.ts";
import type { Finding, OptionPath } from "./problem.ts";

/** A configuration as text: its plain value, and where each part of it stands. */
export interface ConfigDocument {
  /** Plain JavaScript value; undefined when the text cannot be read at all. */
  value: unknown;
  /** What is wrong with it as YAML, with its offset in the text. */
  syntax: { offset: number; finding: Finding }[];
  /** Line and column, from 1, of an offset. */
  position(offset: number): { line: number; column: number };
  /** Offset of the value (or key) at a path, or of the nearest thing around it. */
  offsetOf(path: OptionPath, isAboutKey: boolean): number;
}

/** In plainer words than the parser's, where the operator can do something about it. */
const SYNTAX_WORDS: Record<string, string> = {
  TAB_AS_INDENT: "a tab is used for indentation: use spaces",
  DUPLICATE_KEY: "is given twice",
  MULTIPLE_DOCS: "holds a second document (---): only one is read",
};

/** Reads YAML 1.2 (core schema: `NO` is text, as Norway needs). Never throws. */
export function readDocument(text: string): ConfigDocument {
  // Nothing written is the built-in configuration: no parser is loaded to say so.
  if (text === "") return { value: null, syntax: [], position: () => ({ line: 1, column: 1 }), offsetOf: () => 0 };
  const { isAlias, LineCounter, parseDocument, visit } = yaml();
  const lines = new LineCounter();
  const position = (offset: number) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const unreadable = (message: string): ConfigDocument => ({
    value: undefined,
    syntax: [{ offset: 0, finding: { path: [], message } }],
    position,
    offsetOf: () => 0,
  });
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error", schema: "core", version: "1.2" });
    const root = document.contents as Node | null;
    const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
    const syntax = [...document.errors, ...document.warnings].map((error) => {
      const offset = error.pos[0];
      const key = error.code === "DUPLICATE_KEY" ? /^[^\s:]*/.exec(text.slice(offset, offset + 80))?.[0] : undefined;
      const message = SYNTAX_WORDS[error.code] ?? error.message.split("\n")[0].slice(0, 300);
      return { offset, finding: { path: [], message: key ? `${JSON.stringify(key)} ${message}` : message } };
    });
    if (document.directives?.yaml.explicit && document.directives.yaml.version !== "1.2") {
      syntax.unshift({ offset: 0, finding: { path: [], message: "is YAML 1.1: only YAML 1.2 is read (in 1.1, NO means false)" } });
    }
    visit(document, {
      Alias(_, alias) {
        if (alias.resolve(document)) return;
        syntax.push({
          offset: alias.range?.[0] ?? 0,
          finding: { path: [], message: `there is no anchor &${alias.source.slice(0, 80)} before this alias` },
        });
      },
    });
    const isReadable =
      syntax.length === 0 || (syntax.length === document.errors.length && document.errors.every((error) => error.code === "DUPLICATE_KEY"));
    const value: unknown = isReadable ? document.toJS({ maxAliasCount: 100 }) : undefined;
    return { value, syntax, position, offsetOf: (path, isAboutKey) => offsetOf(root, path, isAboutKey, resolve) };
  } catch (error) {
    // The parser recurses (RangeError) and bounds the growth of aliases (ReferenceError): both are the text's doing.
    if (error instanceof RangeError) return unreadable("is nested too deeply");
    if (error instanceof ReferenceError) return unreadable(`cannot be read: ${error.message.slice(0, 200)}`);
    throw error;
  }
}

function offsetOf(root: Node | null, path: OptionPath, isAboutKey: boolean, resolve: (node: unknown) => unknown): number {
  const { isMap, isSeq } = yaml();
  let offset = root?.range?.[0] ?? 0;
  let node: unknown = resolve(root);
  for (const [depth, part] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((item) => keyText(item) === String(part));
      if (!pair) return offset;
      const keyOffset = (pair.key as Node | null)?.range?.[0] ?? offset;
      const valueOffset = (pair.value as Node | null)?.range?.[0];
      offset = isLast && isAboutKey ? keyOffset : (valueOffset ?? keyOffset);
      node = resolve(pair.value);
    } else if (isSeq(node)) {
      const item = node.items[Number(part)] as Node | undefined;
      if (!item) return offset;
      offset = item.range?.[0] ?? offset;
      node = resolve(item);
    } else return offset;
  }
  return offset;
}

function keyText(pair: Pair): string {
  return yaml().isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}
