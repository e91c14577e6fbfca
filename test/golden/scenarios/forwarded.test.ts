import { expect, test } from "vitest";
import { ends, play } from "./play.ts";
import { RECORDS, SITE, US } from "./site.ts";
import { talk } from "./wire.ts";

const PROXY = "10.20.10.80";
const CONFIG = `${SITE.replace("longitude: 6.1 }", `longitude: 6.1, proxies: [${PROXY}/32] }`)}
assets:
  - { address: ${RECORDS}, name: LAB-7 }
  - { address: ${PROXY}, name: web-proxy }
`;
const upload = (from: string, ...fields: string[]) => {
  const head = ["POST /drop HTTP/1.1", "Host: drop.example.com", ...fields, "Content-Length: 4000", "", ""].join("\r\n");
  return talk(ends(from, US, 80), [
    [0, `${head}${"x".repeat(4000)}`],
    [1, "HTTP/1.1 204 No Content\r\n\r\n"],
  ]);
};
const told = async (...conversations: ReturnType<typeof upload>[]) =>
  (await play(CONFIG, conversations))
    .filter(({ detection }) => detection === "residency.violation")
    .map(({ evidence, zone }) => [evidence.asset, evidence.forwardedFor, evidence.insideAddress, zone]);

test("an alert names the client that the site's proxy sent it for", async () => {
  expect(await told(upload(PROXY, `X-Forwarded-For: ${RECORDS}`))).toEqual([["LAB-7", RECORDS, PROXY, "records"]]);
  expect(await told(upload(PROXY, `Forwarded: for="${RECORDS}:4711";proto=http`))).toEqual([["LAB-7", RECORDS, PROXY, "records"]]);
});

test.each([
  ["the proxy says nothing", PROXY, [], "web-proxy"],
  ["another host says it", "10.20.10.99", [`X-Forwarded-For: ${RECORDS}`], undefined],
  ["the client made it up, and the proxy told of the client", PROXY, [`X-Forwarded-For: ${RECORDS}, 10.20.10.12`], "10.20.10.12"],
  [
    "the client made one field up, with its proxy at the end, and the proxies added to the other",
    PROXY,
    [`X-Forwarded-For: ${RECORDS}, ${PROXY}`, `Forwarded: for=10.20.10.12, for=${PROXY}`],
    "web-proxy",
  ],
  ["two fields that differ", PROXY, [`Forwarded: for=${RECORDS}`, "X-Forwarded-For: 10.20.10.12"], "web-proxy"],
])("near miss: %s", async (_, from, fields, asset) => {
  expect((await told(upload(from, ...fields))).map(([name]) => name)).toEqual([asset]);
});
