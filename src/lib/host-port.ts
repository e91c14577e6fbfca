/** A host and, where one is said, its port. */
export interface HostPort {
  /** Name or address as it was written, without brackets. */
  host: string;
  port: number | undefined;
}

/** Reads "host", "host:port", "[ip6]" and "[ip6]:port" (RFC 3986 §3.2.2, 3.2.3); undefined when it is none of them. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([^[\]:\s/]{1,253}))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const port = match[3] === undefined ? undefined : Number(match[3]);
  return port !== undefined && port > 65_535 ? undefined : { host: match[1] ?? match[2], port };
}
