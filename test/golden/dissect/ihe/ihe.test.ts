import { expect, test } from "vitest";
import { createClasses } from "../../../../src/dissect/classing/classes.ts";
import { soapEnvelope } from "../../../fuzz/content-seeds.mjs";
import { httpRequest } from "../../../fuzz/seeds.mjs";
import { answer, ask, Play, segments } from "../play.ts";

const QUERY = "urn:ihe:iti:2007:RegistryStoredQuery";
const STORE = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
const SOAP = "Content-Type: application/soap+xml; charset=utf-8";
const mtom = (action: string) =>
  `Content-Type: multipart/related; boundary="b"; type="application/xop+xml"; start="<a@x>"; start-info="application/soap+xml"; action="${action}"`;

function request(fields: string[], body: string): Buffer {
  return Buffer.concat([
    httpRequest("xds.example", { method: "POST", target: "/services/registry", fields: [...fields, `Content-Length: ${body.length}`] }),
    Buffer.from(body),
  ]);
}

function factsOf(bytes: Buffer) {
  const all = [1, 50, 1460].map((size) => {
    const play = new Play(6, 8080).send(...segments(ask(bytes), size));
    expect(play.dissection.counters()).toMatchObject({ bytesKept: 0, malformed: {} });
    return { protocols: play.facts?.protocols, ihe: play.facts?.ihe };
  });
  expect([all[1], all[2]]).toEqual([all[0], all[0]]);
  return all[0];
}

const xds = { protocols: ["http", "xds"], ihe: { transactions: ["ITI-18 Registry Stored Query"] } };
const store = { protocols: ["http", "xds"], ihe: { transactions: ["ITI-41 Provide and Register Document Set-b"] } };

test.each([
  ["the Content-Type field", request([`Content-Type: application/soap+xml; action="${QUERY}"`], "<x/>"), xds],
  ["the SOAPAction field", request(["Content-Type: text/xml", `SOAPAction: "${QUERY}"`, "User-Agent: u"], "<x/>"), xds],
  ["the body", request([SOAP], soapEnvelope(QUERY)), xds],
  ["the body, far behind", request([SOAP], soapEnvelope(QUERY, "x".repeat(3000))), xds],
  ["a package's type", request([mtom(STORE)], "--b--"), store],
  ["a package's body", request([mtom("")], `--b\r\nContent-Type: application/xop+xml\r\n\r\n${soapEnvelope(STORE)}\r\n--b--`), store],
])("a transaction is told by %s", (_where, bytes, facts) => {
  expect(factsOf(bytes)).toEqual(facts);
});

test.each([
  ["urn:ihe:iti:2007:RetrieveDocumentSet", "xds", "ITI-43 Retrieve Document Set"],
  ["urn:ihe:iti:2007:CrossGatewayQuery", "xca", "ITI-38 Cross Gateway Query"],
  ["urn:hl7-org:v3:PRPA_IN201301UV02", "pix", "ITI-44 Patient Identity Feed HL7 V3"],
  ["urn:hl7-org:v3:PRPA_IN201309UV02", "pix", "ITI-45 PIXV3 Query"],
  ["urn:hl7-org:v3:PRPA_IN201305UV02", "pdq", "ITI-47 Patient Demographics Query HL7 V3"],
  ["urn:hl7-org:v3:PRPA_IN201305UV02:CrossGatewayPatientDiscovery", "xcpd", "ITI-55 Cross Gateway Patient Discovery"],
])("%s is %s", (action, word, name) => {
  expect(factsOf(request([SOAP], soapEnvelope(action)))).toEqual({ protocols: ["http", word], ihe: { transactions: [name] } });
});

test("an empty action: the root element tells", () => {
  const body = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><ns1:PRPA_IN201305UV02 xmlns:ns1="urn:hl7-org:v3">';
  expect(factsOf(request(["Content-Type: text/xml", 'SOAPAction: ""'], body)).protocols).toEqual(["http", "pdq"]);
});

test("in chunks", () => {
  const body = soapEnvelope(QUERY);
  const bytes = Buffer.concat([
    httpRequest("xds.example", { method: "POST", fields: [SOAP, "Transfer-Encoding: chunked"] }),
    Buffer.from(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`),
  ]);
  expect(factsOf(Buffer.concat([bytes, request([mtom(STORE)], "--b--")])).ihe?.transactions).toEqual([
    ...xds.ihe.transactions,
    ...store.ihe.transactions,
  ]);
});

test("an answer alone", () => {
  const play = new Play(6, 8080).send(
    answer(Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; action="${QUERY}Response"\r\nContent-Length: 0\r\n\r\n`)),
  );
  expect(play.facts).toMatchObject(xds);
});

test.each([
  ["another action", request([SOAP], soapEnvelope("urn:ihe:iti:2007:RegistryStoredQueries"))],
  ["a type of association", request([SOAP], soapEnvelope("urn:ihe:iti:2007:AssociationType:RPLC"))],
  ["a page that speaks of it", request(["Content-Type: text/html"], soapEnvelope(QUERY))],
  ["a body that is compressed", request([SOAP, "Content-Encoding: gzip"], soapEnvelope(QUERY))],
  ["another schema's element", request([SOAP], "<PRPA_IN201305UV02x>")],
])("no transaction: %s", (_what, bytes) => {
  expect(factsOf(bytes)).toEqual({ protocols: ["http"], ihe: undefined });
});

test("the patient it is about is counted by what is classed, and told nowhere", () => {
  const body = soapEnvelope(QUERY, "", "'85073003328^^^&amp;1.2.3&amp;ISO'");
  const play = new Play(6, 8080, { classes: createClasses(64, () => {}) }).send(...segments(ask(request([SOAP], body)), 700));
  expect(play.facts).toMatchObject({ ...xds, content: [{ label: "national-id-be", count: 1 }] });
  expect(JSON.stringify(play.facts)).not.toContain("8507");
});

test("a body of which only the beginning was captured does not keep the next request from being read", () => {
  const first = request([SOAP], "x".repeat(5000));
  const play = new Play(6, 8080).send(ask(first, { captured: 300 }), ask(request([mtom(STORE)], "--b--")));
  expect(play.facts).toMatchObject(store);
});
