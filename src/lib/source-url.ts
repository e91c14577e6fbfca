/** undefined when the text is no URL. */
export function parseUrl(text: string, base?: string): URL | undefined {
  return URL.canParse(text, base) ? new URL(text, base) : undefined;
}

/** True for a web address; anything else that a source names is a file. */
export function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/**
 * True where somebody on the way could change what is fetched without anybody noticing: http, but for this very machine.
 * False for a text that is no URL.
 */
export function isOpenToTampering(text: string): boolean {
  const url = parseUrl(text);
  return url?.protocol === "http:" && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

/** Licence keys stand in the query or before the host: this is what may be shown. */
export function withoutSecrets(from: string): string {
  if (!isUrl(from)) return from;
  const url = parseUrl(from);
  return url === undefined ? "(no URL)" : `${url.origin}${url.pathname}`;
}
