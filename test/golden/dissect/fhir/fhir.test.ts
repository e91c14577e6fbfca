import { expect, test } from "vitest";
import { httpRequest } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play } from "../play.ts";

const send = (method: string, target: string, fields: string[] = []) =>
  new Play(6, 8080).send(ask(httpRequest("f.example", { method, target, fields }))).facts;

/** HL7 FHIR R4 §3.1.0. */
test.each([
  ["GET", "/fhir/metadata", "capabilities", undefined],
  ["GET", "/fhir/Patient/4711", "read", ["Patient"]],
  ["GET", "/fhir/Patient/4711/_history/2", "vread", ["Patient"]],
  ["GET", "/fhir/Patient/4711/_history", "history-instance", ["Patient"]],
  ["GET", "/fhir/Patient/_history", "history-type", ["Patient"]],
  ["GET", "/a/fhir/R4/Observation?patient=4711", "search-type", ["Observation"]],
  ["POST", "/fhir/Observation/_search", "search-type", ["Observation"]],
  ["GET", "/fhir/Patient/4711/Observation", "search-type", ["Patient", "Observation"]],
  ["POST", "/fhir/Patient", "create", ["Patient"]],
  ["PUT", "/fhir/Patient/4711", "update", ["Patient"]],
  ["PATCH", "/fhir/Patient/4711", "patch", ["Patient"]],
  ["DELETE", "/fhir/Patient/4711", "delete", ["Patient"]],
  ["POST", "/fhir/Patient/$match", "operation", ["Patient"]],
])("by its path: %s %s", (method, target, interaction, resourceTypes) => {
  const facts = send(method, target);
  expect(facts?.protocols).toEqual(["http", "fhir"]);
  expect(facts?.fhir).toEqual({ interactions: [interaction], ...(resourceTypes ? { resourceTypes } : {}) });
  expect(JSON.stringify(facts)).not.toContain("4711");
});

test("by its media types, with the version", () => {
  expect(send("POST", "/", ["Content-Type: application/fhir+json; fhirVersion=4.0"])?.fhir).toEqual({
    interactions: ["batch"],
    version: "4.0",
  });
  expect(send("GET", "/api/Patient/1", ["Accept: text/html, application/fhir+xml"])?.fhir).toEqual({
    interactions: ["read"],
    resourceTypes: ["Patient"],
  });
});

test("by the answer's media type alone", () => {
  const play = new Play(6, 80).send(
    ask(httpRequest("f.example", { target: "/x" })),
    answer(Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json;fhirVersion=5.0\r\nContent-Length: 0\r\n\r\n")),
  );
  expect(play.facts).toMatchObject({ protocols: ["http", "fhir"], fhir: { version: "5.0" } });
});

test("where only names are wanted too", () => {
  const play = new Play(6, 80, { detail: "names" }).send(ask(httpRequest("f.example", { target: "/fhir/Patient" })));
  expect(play.facts).toEqual({
    protocols: ["http", "fhir"],
    names: [{ name: "f.example", source: "host" }],
    fhir: { interactions: ["search-type"], resourceTypes: ["Patient"] },
  });
});

test.each([
  ["/Patient/4711", []],
  ["/fhir/about", []],
  ["/shop/List", ["Accept: application/json"]],
  ["/x?y=/fhir/Patient", []],
  ["/Patient", ["Accept: application/fhirst+json"]],
])("not FHIR: %s", (target, fields) => {
  expect(send("GET", target, fields)?.fhir).toBeUndefined();
});
