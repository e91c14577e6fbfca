import { AppError, reasonOf } from "../lib/errors.ts";
import { isOpenToTampering, isUrl, parseUrl, withoutSecrets } from "../lib/source-url.ts";

const FETCH_MS = 120_000;
const MOST_REDIRECTS = 5;

/**
 * The bytes behind a URL, at most `mostBytes`. `isPinned`: their SHA-256 is known and will be checked; only then may they come
 * by plain http. No redirect leads from https down to http. Throws AppError `geo_missing`, `geo_corrupt`; never names a secret.
 */
export async function fetchSource(from: string, isPinned: boolean, mostBytes: number): Promise<Buffer> {
  const shown = withoutSecrets(from);
  const signal = AbortSignal.timeout(FETCH_MS);
  try {
    let url = from;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
      refuseTampering(url, shown, isPinned);
      const response = await fetch(url, { redirect: "manual", signal });
      if (response.status >= 300 && response.status < 400 && response.status !== 304) {
        await response.body?.cancel();
        url = redirected(url, response.headers.get("location"), shown);
        continue;
      }
      if (!response.ok || response.body === null) throw new AppError("geo_missing", `${shown}: the server answers ${response.status}`);
      return await wholeOf(response.body, shown, mostBytes);
    }
    throw new AppError("geo_missing", `${shown}: is redirected more than ${MOST_REDIRECTS} times`);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : reasonOf(error);
    throw new AppError("geo_missing", `${shown}: cannot be fetched (${cause})`, { cause: error });
  }
}

/** Where a redirect (RFC 9110 §15.4) leads. Throws AppError `geo_missing` where it leads nowhere, or out of the encryption. */
export function redirected(url: string, location: string | null, shown: string): string {
  const next = location === null ? undefined : parseUrl(location, url);
  if (next === undefined || !isUrl(next.href)) throw new AppError("geo_missing", `${shown}: is redirected to what is no web address`);
  if (next.protocol === "http:" && /^https:/i.test(url))
    throw new AppError(
      "geo_missing",
      `${shown}: is redirected from https to http (${withoutSecrets(next.href)}); nothing was taken from there`,
    );
  return next.href;
}

function refuseTampering(url: string, shown: string, isPinned: boolean): void {
  if (isPinned || !isOpenToTampering(url)) return;
  const where = withoutSecrets(url);
  throw new AppError(
    "geo_missing",
    `${shown}: ${where === shown ? "plain http" : `is redirected to ${where}: plain http`} can be changed on the way; use https, or state its sha256`,
  );
}

async function wholeOf(body: AsyncIterable<Uint8Array>, shown: string, mostBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new AppError("geo_corrupt", `${shown}: is larger than ${mostBytes / 1e6} MB, and no database`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
