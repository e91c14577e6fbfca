/** An error answer, RFC 9457: `application/problem+json` with a type that stays, a title for people, and what to do. */
export function problem(status: number, type: string, title: string, detail: string, requestId: string): Response {
  return Response.json(
    { type: `urn:bordertap:problem:${type}`, title, status, detail, requestId },
    { status, headers: { "content-type": "application/problem+json", "cache-control": "no-store" } },
  );
}
