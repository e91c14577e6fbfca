/** Lines of a text without comments (`#`), empty ones left out; numbers count from 1. */
export function linesOf(bytes: Buffer): { text: string; line: number }[] {
  return bytes
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((text, n) => ({ text: text.replace(/#[\s\S]*$/, "").trim(), line: n + 1 }))
    .filter(({ text }) => text !== "");
}
