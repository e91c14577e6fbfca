/** The fields of HTTP/2 messages that are read (RFC 9113 §8.3, RFC 9110); their place here is their number. */
export const FIELD_NAMES = [
  ":authority",
  ":method",
  ":path",
  ":status",
  ":protocol",
  "host",
  "user-agent",
  "content-type",
  "content-encoding",
  "accept",
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];
/** Of all others. */
export const NO_FIELD = FIELD_NAMES.length;

/** The static table (RFC 7541 appendix A), index 1 first: names, and values after "=". */
const STATIC_TABLE =
  ":authority|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http|:scheme=https|:status=200|:status=204|:status=206|:status=304|" +
  ":status=400|:status=404|:status=500|accept-charset|accept-encoding=gzip, deflate|accept-language|accept-ranges|accept|" +
  "access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|content-encoding|content-language|content-length|" +
  "content-location|content-range|content-type|cookie|date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|" +
  "if-unmodified-since|last-modified|link|location|max-forwards|proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|" +
  "server|set-cookie|strict-transport-security|transfer-encoding|user-agent|vary|via|www-authenticate";

/** One entry of a table; `value` is "" where nobody reads the field. */
export interface FieldEntry {
  readonly field: number;
  readonly value: string;
  readonly nameOctets: number;
  /** All it counts for in a table. */
  readonly octets: number;
}

const BYTES = FIELD_NAMES.map((name) => Buffer.from(name));

export const STATIC_ENTRIES: readonly FieldEntry[] = STATIC_TABLE.split("|").map((text) => {
  const [name, value = ""] = text.split("=");
  const bytes = Buffer.from(name);
  return { field: fieldOf(bytes, 0, bytes.length), value, nameOctets: bytes.length, octets: 0 };
});

/** Number of the field whose name bytes[start, end) are; NO_FIELD. */
export function fieldOf(bytes: Buffer, start: number, end: number): number {
  for (let field = 0; field < BYTES.length; field += 1) {
    const name = BYTES[field];
    if (name.length !== end - start) continue;
    let n = 0;
    while (n < name.length && bytes[start + n] === name[n]) n += 1;
    if (n === name.length) return field;
  }
  return NO_FIELD;
}
