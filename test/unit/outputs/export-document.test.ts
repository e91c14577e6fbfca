import { describe, expect, it } from "vitest";
import type { ExportFacts } from "../../../src/model/facts.ts";
import { flowDocument } from "../../../src/outputs/index.ts";
import { judgedFlow } from "../detect/judged.ts";

const document = (exported: Partial<ExportFacts>, transport = 6) =>
  JSON.parse(
    flowDocument(
      judgedFlow({ out: 2000, in: 500, transport, facts: { protocols: [], export: { kind: "ipfix", observer: "10.9.9.1", ...exported } } }),
      { hasSite: false },
    ),
  );

describe("the document of an exported record", () => {
  it("tells the exporter and what it said, and nothing of a way back that it did not count", () => {
    const told = document({ domainId: 7, templateId: 256, samplingRate: 100, ingress: 3, egress: 0, direction: "ingress" });
    expect(told).toMatchObject({
      observer: { ip: "10.9.9.1" },
      source: { packets: 4, bytes: 2000 },
      bordertap: {
        export: { kind: "ipfix", domain_id: 7, template_id: 256, sampling_rate: 100, ingress: 3, egress: 0, direction: "ingress" },
      },
    });
    expect(told.destination).not.toHaveProperty("bytes");
    expect(told).not.toHaveProperty("export");
  });

  it("tells both directions of a biflow", () => {
    expect(document({ isBiflow: true }).destination).toMatchObject({ packets: 3, bytes: 500 });
  });

  it("leaves out counters that the record does not have", () => {
    const told = document({ uncounted: ["bytes"] });
    expect(told.source).toMatchObject({ packets: 4 });
    expect(told.source).not.toHaveProperty("bytes");
    expect(told.network).not.toHaveProperty("bytes");
    expect(document({ uncounted: ["bytes", "packets"] }).source).not.toHaveProperty("packets");
  });

  it("tells translated ends", () => {
    const told = document({ natSource: { ip: "203.0.113.5", port: 1024 }, natDestination: { port: 8443 } });
    expect(told.source.nat).toEqual({ ip: "203.0.113.5", port: 1024 });
    expect(told.destination.nat).toEqual({ port: 8443 });
  });

  it("leaves out an exporter and a transport that nobody knows", () => {
    const told = document({ observer: "" }, 255);
    expect(told).not.toHaveProperty("observer");
    expect(told.network).not.toHaveProperty("transport");
  });
});
