import { expect, it } from "vitest";
import { createWellKnown, loadServices } from "../../../src/enrich/well-known.ts";
import { parseAddress } from "../../../src/lib/ip.ts";

const services = createWellKnown(loadServices());
const find = (name: string | undefined, address = "203.0.113.9") => services.find(name, ...parseAddress(address)!);

it.each([
  ["api.openai.com", "OpenAI"],
  ["OPENAI.com", "OpenAI"],
  ["bucket.s3.eu-central-1.amazonaws.com", "Amazon S3"],
  ["dns.mullvad.net", "Mullvad DNS"],
  ["am.i.mullvad.net", "Mullvad VPN"],
  ["teams.microsoft.com", "Microsoft Teams"],
  ["contoso-my.sharepoint.com", "SharePoint Online"],
])("%s is %s", (name, service) => expect(find(name)?.name).toBe(service));

it.each(["notopenai.com", "openai.com.example.org", "amazonaws.com", "example.org"])("%s is nobody known", (name) =>
  expect(find(name)).toBeUndefined(),
);

it("knows a resolver by its address where there is no name, and not against the name", () => {
  expect(find(undefined, "9.9.9.9")).toEqual({ name: "Quad9", kind: "resolver" });
  expect(find(undefined, "2606:4700:4700::1111")?.name).toBe("Cloudflare DNS");
  expect(find("www.example.org", "9.9.9.9")).toBeUndefined();
  expect(find(undefined, "9.9.9.8")).toBeUndefined();
});

it("lists no name twice", () => {
  const names = loadServices().flatMap(({ domains }) => domains);
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
});
