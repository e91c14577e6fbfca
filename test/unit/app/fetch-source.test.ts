import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchSource, redirected } from "../../../src/app/fetch-source.ts";

let server: Server;
let base: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const to = new URL(request.url!, "http://x").searchParams.get("to");
    if (to === null) response.end("list");
    else response.writeHead(302, { location: to }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

test("a redirect is followed where nobody can change what comes", async () => {
  expect((await fetchSource(`${base}/?to=/list`, false, 100)).toString()).toBe("list");
});

// 192.0.2.0/24 is for documentation: nobody is asked there.
test.each<[string, string, RegExp]>([
  [
    "plain http without a known SHA-256",
    "http://192.0.2.1/list?key=secret",
    /^http:\/\/192\.0\.2\.1\/list: plain http can be changed on the way; use https/,
  ],
  [
    "a redirect to plain http",
    "/?to=http://192.0.2.1/list%3Fkey=secret",
    /is redirected to http:\/\/192\.0\.2\.1\/list: plain http can be changed/,
  ],
  ["a redirect to a file", "/?to=file:///etc/passwd", /is redirected to what is no web address/],
  ["a redirect without end", "/?to=", /redirected more than 5 times/],
])("%s is refused", async (_, path, message) => {
  const asked = fetchSource(path.startsWith("http") ? path : `${base}${path}`, false, 100);
  await expect(asked).rejects.toMatchObject({ code: "geo_missing", message: expect.stringMatching(message) });
  await expect(asked).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
});

test("no redirect leads out of https", () => {
  expect(() => redirected("https://a.example/list", "http://a.example/list", "https://a.example/list")).toThrow(/from https to http/);
  expect(redirected("https://a.example/x/list", "../new", "s")).toBe("https://a.example/new");
});

test("more than may be is refused", async () => {
  await expect(fetchSource(`${base}/list`, true, 3)).rejects.toMatchObject({ code: "geo_corrupt" });
});
