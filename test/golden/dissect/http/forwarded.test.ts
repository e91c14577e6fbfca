import { expect, test } from "vitest";
import { httpRequest } from "../../../fuzz/seeds.mjs";
import { ask, Play, segments } from "../play.ts";

const forwarded = (...fields: string[]) => new Play(6, 80).send(ask(httpRequest("a.example", { fields }))).facts?.forwarded;

test.each([
  ["one address", ["X-Forwarded-For: 10.1.2.3"], "10.1.2.3"],
  ["a chain", ["x-forwarded-for: 10.1.2.3, 10.1.0.80 ,10.1.0.81"], "10.1.2.3, 10.1.0.80, 10.1.0.81"],
  ["ports", ["X-Forwarded-For: 10.1.2.3:4711, [2001:db8::17]:80"], "10.1.2.3, 2001:db8::17"],
  ["of two fields the last", ["X-Forwarded-For: 10.9.9.9", "X-Forwarded-For: 10.1.2.3"], "10.1.2.3"],
  ["what stands right of a word", ["X-Forwarded-For: 10.9.9.9, unknown, 10.1.2.3"], "10.1.2.3"],
  ["RFC 7239", ['Forwarded: for=10.1.2.3;proto=http;by=10.1.0.80, For="[2001:db8:cafe::17]:4711"'], "10.1.2.3, 2001:db8:cafe::17"],
  ["RFC 7239, hidden hop", ["Forwarded: for=10.1.2.3, for=_hidden, for=10.1.2.4;host=x.example"], "10.1.2.4"],
  ["what both fields say last", ["Forwarded: for=10.1.2.3, for=10.1.0.80", "X-Forwarded-For: 10.9.9.9, 10.1.0.80"], "10.1.0.80"],
  ["of one field what is before is the client's own word", ["Forwarded: for=10.1.2.3", "X-Forwarded-For: 10.9.9.9, 10.1.2.3"], "10.1.2.3"],
  ["both fields agree", ["Forwarded: for=10.1.2.3", "X-Forwarded-For: 10.1.2.3"], "10.1.2.3"],
  [
    "at most eight hops",
    [`X-Forwarded-For: ${Array.from({ length: 12 }, (_, n) => `10.0.0.${n}`).join(",")}`],
    "10.0.0.4, 10.0.0.5, 10.0.0.6, 10.0.0.7, 10.0.0.8, 10.0.0.9, 10.0.0.10, 10.0.0.11",
  ],
])("the addresses that a request was passed on for: %s", (_, fields, chain) => {
  expect(forwarded(...fields)).toEqual({ for: [chain] });
});

test.each([
  ["no such field", ["X-Forwarded-Host: 10.1.2.3"]],
  ["a name", ["X-Forwarded-For: patient-4711.ward.example"]],
  ["text after the address", ["X-Forwarded-For: 10.1.2.3 Jane Doe"]],
  ["the last hop hides who asked", ["X-Forwarded-For: 10.1.2.3, unknown"]],
  ["an octet beyond 255", ["X-Forwarded-For: 10.1.2.333"]],
  ["an obfuscated identifier", ["Forwarded: for=_SEVKISEK"]],
  ["no for parameter", ["Forwarded: by=10.1.0.80;host=10.1.2.3"]],
  ["fields that contradict each other", ["Forwarded: for=10.9.9.9", "X-Forwarded-For: 10.1.2.3"]],
])("near miss, nothing is kept: %s", (_, fields) => {
  expect(forwarded(...fields)).toBe(undefined);
});

test("each chain once, in any cut of the stream, and when only names are read", () => {
  const asked = Buffer.concat(
    ["10.1.2.3", "10.1.2.4", "10.1.2.3"].map((one) => httpRequest("a.example", { fields: [`X-Forwarded-For: ${one}`] })),
  );
  for (const detail of ["all", "names"] as const)
    for (const size of [1, 40, 4000])
      expect(new Play(6, 80, { detail }).send(...segments(ask(asked), size)).facts?.forwarded).toEqual({ for: ["10.1.2.3", "10.1.2.4"] });
});

test("a field of kilobytes costs a look at its end", () => {
  expect(forwarded(`X-Forwarded-For: ${"10.0.0.1,".repeat(500)}10.1.2.3`)?.for[0].endsWith(", 10.1.2.3")).toBe(true);
  expect(forwarded(`X-Forwarded-For: ${"9".repeat(3000)}`)).toBe(undefined);
});
