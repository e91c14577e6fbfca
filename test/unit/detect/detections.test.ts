import { describe, expect, it } from "vitest";
import { catalogue, createDetections, DETECTIONS, defaultSettings } from "../../../src/detect/index.ts";
import { detectionsReference } from "../../../src/detect/reference.ts";
import type { Finding } from "../../../src/model/alert.ts";
import { GUEST, IMAGING, judgedFlow, party, place } from "./judged.ts";

describe("settings", () => {
  it.each([
    [
      "an unknown detection",
      { "residency.violations": {} },
      /no detection is called "residency\.violations"; there are residency\.violation,/,
    ],
    [
      "an unknown threshold",
      { "residency.violation": { confidense: 3 } },
      /no setting confidense: 3; it has enabled, severity, confidence, criticalBytes/,
    ],
    ["a threshold that is no number", { "residency.violation": { confidence: "80" } }, /no setting confidence/],
    ["a severity that is none", { "residency.violation": { severity: "urgent" } }, /no setting severity: urgent/],
  ])("refuse %s", (_, settings, message) => {
    expect(() => createDetections({ settings, emit() {} })).toThrow(message);
  });

  it("take thresholds and a severity from configuration", () => {
    const found: Finding[] = [];
    const detections = createDetections({
      settings: { "residency.violation": { confidence: 50, severity: "low" } },
      emit: (finding) => void found.push(finding),
    });
    detections.onFlow(judgedFlow({ place: place(["US"], { confidence: 60 }), party: party("Acme") }));
    expect(found).toMatchObject([{ severity: "low", confidence: 60 }]);
  });

  it("are complete by default, and switch off", () => {
    expect(createDetections({ settings: defaultSettings(), emit() {} }).names).toEqual(DETECTIONS.map(({ name }) => name));
    const off = Object.fromEntries(DETECTIONS.map(({ name }) => [name, { enabled: false }]));
    expect(createDetections({ settings: off, emit() {} }).names).toEqual([]);
  });
});

describe("the catalogue", () => {
  it.each(DETECTIONS.map((detection) => [detection.name, detection] as const))("%s says what alerts and people need", (name, detection) => {
    const isAboutItself = detection.reads === "status" || detection.clearsItself === true;
    expect(catalogue()[name]).toMatchObject({ clearsItself: isAboutItself });
    expect(detection.next.length).toBeGreaterThan(0);
    expect(detection.relevantTo.join()).toMatch(/GDPR|NIS2/);
    expect(detectionsReference()).toContain(`## ${name}\n`);
    for (const threshold of Object.keys(detection.thresholds)) expect(detectionsReference()).toContain(`| \`${threshold}\` |`);
  });
});

it("counts findings by detection", () => {
  const detections = createDetections({ emit() {} });
  for (let id = 0; id < 3; id += 1) detections.onFlow(judgedFlow({ id, party: party("Acme") }));
  const counts = new Map<string, number>();
  detections.metrics()[0].read((value, name) => counts.set(name, value));
  expect(counts.get("residency.violation")).toBe(3);
  expect(counts.get("clear.hl7_external")).toBe(0);
});

it("lets boring events pass without a word", () => {
  const detections = createDetections({
    emit() {
      throw new Error("should not fire");
    },
  });
  const approved = { place: place(["LU"]), verdict: "inside-list" as const };
  for (const spec of [
    { ...approved, party: party("Acme", { countries: ["LU"] }) },
    { zone: GUEST, word: "ignored" as const },
    { direction: "internal" as const, word: "ignored" as const },
    { direction: "transit" as const, zone: undefined },
    { ...approved, facts: { protocols: ["tls"], tls: { version: "1.3" } } },
  ])
    detections.onFlow(judgedFlow(spec));
});

it("tells first data of two zones to one autonomous system apart, whatever their order", () => {
  const found: Finding[] = [];
  const detections = createDetections({ emit: (finding) => void found.push(finding) });
  const where = place(["LU"], { asn: 64_501 });
  for (const zone of [IMAGING, { ...IMAGING, name: "laboratory" }])
    for (let id = 0; id < 2; id += 1) detections.onFlow(judgedFlow({ id, zone, place: where, verdict: "inside-list", out: 80_000 }));
  expect(found.map(({ zone, newBytesOut, newFlows }) => [zone, newBytesOut, newFlows])).toEqual([
    ["imaging", 160_000, 2],
    ["laboratory", 160_000, 2],
  ]);
});

it("makes no second finding while the alert of the first takes what repeats it", () => {
  const found: Finding[] = [];
  const grown: unknown[] = [];
  const detections = createDetections({
    settings: { "residency.violation": { severity: "low" } },
    emit(finding) {
      found.push(finding);
      return {
        grow(_, severity, { bytesOut, flows }) {
          if (grown.length === 2) return false;
          grown.push([severity, bytesOut, flows]);
          return true;
        },
      };
    },
  });
  for (let id = 0; id < 4; id += 1) detections.onFlow(judgedFlow({ id, party: party("Acme"), out: 1000 + id }));
  expect(grown).toEqual([
    ["low", 1001, 1],
    ["low", 1002, 1],
  ]);
  expect(found.map(({ newBytesOut, severity }) => [newBytesOut, severity])).toEqual([
    [1000, "low"],
    [1003, "low"],
  ]);
});

it("asks a detection of two concerns once of an event that is of both", () => {
  const found: Finding[] = [];
  const detections = createDetections({ emit: (finding) => void found.push(finding) });
  const media = { transport: 17, packetsOut: 9000, packetsIn: 9000, facts: { protocols: ["stun"], stun: { methods: ["allocate"] } } };
  detections.onFlow(judgedFlow({ ...media, end: 70, kind: "closed", out: 7_000_000 }));
  const told = found.filter(({ detection }) => detection === "telemedicine.relay_outside");
  expect(told.map(({ newBytesOut, newFlows }) => [newBytesOut, newFlows])).toEqual([[7_000_000, 1]]);
});
