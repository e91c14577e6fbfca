/**
 * Who may talk to the console. It listens on loopback only, but every page in the operator's browser can reach loopback
 * too: so names that a DNS answer could have turned into 127.0.0.1 are refused (Host), and so is whatever another site
 * asks the browser to do (Origin, a header that only our own page can set).
 */
export const LOOPBACK_ADDRESSES = ["127.0.0.1", "::1", "localhost"] as const;

const HOST_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** CONSOLE's policy: nothing but our own files, no inline script or style, no frame, no sink for script text. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

export function isAllowedHost(host: string | undefined, port: number): boolean {
  return (
    host !== undefined &&
    HOST_NAMES.some((name) => host.toLowerCase() === `${name}:${port}` || (port === 80 && host.toLowerCase() === name))
  );
}

/** The page's own origin: it must be the host that was asked, over plain HTTP. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined, port: number): boolean {
  return origin !== undefined && isAllowedHost(host, port) && origin.toLowerCase() === `http://${host?.toLowerCase()}`;
}
