import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { communityId } from "../../../src/lib/community-id.ts";
import { sha1Block } from "../../../src/lib/sha1.ts";
import { NO_PORT } from "../../../src/model/flow.ts";
import { flowDocument } from "../../../src/outputs/index.ts";
import { judgedFlow, party, place, type Spec } from "../detect/judged.ts";

const document = (spec: Spec, options = { hasSite: false }) => JSON.parse(flowDocument(judgedFlow(spec), options));

describe("flow document", () => {
  it("tells a TCP flow as the contract says, and nothing else", () => {
    expect(
      document({
        out: 2000,
        in: 500,
        transport: 6,
        initiatorMac: [0x0050_56aa, 0x1_bb0c],
        place: place(["US"], { asn: 64_500, organization: 'Acme "Net"' }),
      }),
    ).toEqual({
      "@timestamp": "2026-11-21T13:41:03.000000Z",
      event: { start: "2026-11-21T13:41:02.000000Z", end: "2026-11-21T13:41:03.000000Z", duration: 1_000_000_000 },
      network: { type: "ipv4", transport: "tcp", community_id: expect.stringMatching(/^1:.{28}$/), packets: 7, bytes: 2500 },
      source: { ip: "10.1.2.3", port: 50_000, mac: "00:50:56:aa:bb:0c", packets: 4, bytes: 2000 },
      destination: {
        ip: "203.0.113.9",
        port: 443,
        packets: 3,
        bytes: 500,
        geo: { country_iso_code: "US" },
        as: { number: 64_500, organization: { name: 'Acme "Net"' } },
      },
      tcp: { flags: ["fin", "syn", "psh", "ack"] },
      bordertap: { tcp: { state: "closed" } },
    });
  });

  const cases: { tells: string; spec: Spec; has: object; lacks?: string[] }[] = [
    {
      tells: "UDP has no flags and no state",
      spec: { transport: 17 },
      has: { network: { transport: "udp" } },
      lacks: ["tcp", "bordertap"],
    },
    {
      tells: "ICMP has its types as ports, each type and code once",
      spec: {
        transport: 1,
        insidePort: 8,
        outsidePort: 0,
        icmp: [
          [8, 0],
          [0, 0],
          [3, 1],
        ],
      },
      has: { network: { protocol: "icmp" }, source: { port: 8 }, destination: { port: 0 }, icmp: { type: [8, 0, 3], code: [0, 1] } },
    },
    {
      tells: "a transport without ports has none",
      spec: { transport: 47 },
      has: { network: { transport: "gre" } },
      lacks: ["source.port", "destination.port"],
    },
    {
      tells: "a transport that is a protocol of its own says so",
      spec: { transport: 50 },
      has: { network: { transport: "esp", protocol: "ipsec" }, bordertap: { protocols: ["ipsec"] } },
    },
    { tells: "a transport without keyword is its number", spec: { transport: 253 }, has: { network: { transport: "253" } } },
    {
      tells: "fragments without their first one have no ports",
      spec: { transport: 17, insidePort: NO_PORT, outsidePort: NO_PORT, lostOrphan: 3 },
      has: { bordertap: { losses: { fragment_orphan: 3 } } },
      lacks: ["source.port"],
    },
    {
      tells: "VLAN ids as text, outermost first",
      spec: { vlans: [100, 7] },
      has: { network: { vlan: { id: "100" }, inner: { vlan: { id: "7" } } }, bordertap: { vlan_ids: ["100", "7"] } },
    },
    {
      tells: "one VLAN has no inner",
      spec: { vlans: [5] },
      has: { network: { vlan: { id: "5" } }, bordertap: { vlan_ids: ["5"] } },
      lacks: ["network.inner"],
    },
    {
      tells: "IPv6",
      spec: { inside: "fd00::1", outside: "2001:db8::9" },
      has: { network: { type: "ipv6" }, source: { ip: "fd00::1" }, destination: { ip: "2001:db8::9" } },
    },
    {
      tells: "an IPv4 address inside IPv6 is shown as what it was",
      spec: { inside: "::ffff:10.0.0.1", outside: "2001:db8::9" },
      has: { network: { type: "ipv6" }, source: { ip: "::ffff:10.0.0.1" } },
    },
    {
      tells: "opened from outside, the place is the source's",
      spec: {
        direction: "inbound",
        place: place(["RS"]),
        facts: { protocols: ["tls"], names: [{ name: "portal.chl.lu", source: "sni" }] },
      },
      has: {
        source: { ip: "203.0.113.9", geo: { country_iso_code: "RS" }, bytes: 500 },
        destination: { ip: "10.1.2.3", domain: "portal.chl.lu", bytes: 2000 },
      },
      lacks: ["destination.geo", "source.domain"],
    },
    {
      tells: "a special place is not geolocated",
      spec: { place: place(["AU"], { special: "Private-Use" }) },
      has: {},
      lacks: ["destination.geo", "destination.as"],
    },
    { tells: "a known name", spec: { name: "pacs.acme.eu", nameSource: "dns" }, has: { destination: { domain: "pacs.acme.eu" } } },
    { tells: "losses", spec: { lostGap: 2, lostSnaplen: 9 }, has: { bordertap: { losses: { snaplen: 9, gap: 2 } } } },
    {
      tells: "facts in the contract's spelling, without what is internal or empty",
      spec: {
        facts: {
          protocols: ["tls", "http"],
          factsDropped: 4,
          names: [{ name: "www.example.org", source: "sni" }],
          resolved: [{ name: "secret", addresses: [], aliases: [], ttlSeconds: 1, atMicros: 1 }],
          tls: {
            version: "1.3",
            versionProtocol: "tls",
            nextProtocol: "h2",
            established: true,
            client: { serverName: "www.example.org", alpn: [] },
          },
          dns: { questions: [{ name: "a.example", type: "A", responseCode: "NOERROR", answers: ["192.0.2.1"] }] },
          dicom: { calledAe: ["EXTPACS"], callingAe: ["WS"], result: "accepted" },
          hl7: { messageTypes: ["ORU^R01"], messages: 0 },
        },
      },
      has: {
        network: { protocol: "tls" },
        destination: { domain: "www.example.org" },
        tls: {
          version: "1.3",
          version_protocol: "tls",
          next_protocol: "h2",
          established: true,
          client: { server_name: "www.example.org" },
        },
        dns: { questions: [{ name: "a.example", type: "A", response_code: "NOERROR", answers: ["192.0.2.1"] }] },
        dicom: { called_ae: ["EXTPACS"], calling_ae: ["WS"], result: "accepted" },
        hl7: { message_types: ["ORU^R01"], messages: 0 },
        bordertap: { protocols: ["tls", "http"], facts_dropped: 4 },
      },
      lacks: ["names", "resolved", "protocols", "tls.client.alpn", "factsDropped"],
    },
    { tells: "impossible times have a text", spec: { start: 1e15, end: 1e16 }, has: { event: { start: "9999-12-31T23:59:59.999999Z" } } },
  ];
  it.each(cases)("$tells", ({ spec, has, lacks = [] }) => {
    const found = document(spec);
    expect(found).toMatchObject(has);
    for (const path of lacks)
      expect(
        path.split(".").reduce((node, key) => node?.[key], found),
        path,
      ).toBeUndefined();
  });

  it("tells the site's words only where there is a site", () => {
    const spec: Spec = { party: party("Acme"), asset: { address: "10.1.2.3", name: "CT-3", owner: undefined, department: undefined } };
    expect(document(spec, { hasSite: true }).bordertap).toMatchObject({
      zone: "imaging",
      asset: "CT-3",
      party: "Acme",
      location: "outside-list",
      judgement: "violation",
    });
    expect(Object.keys(document(spec).bordertap)).toEqual(["tcp"]);
  });

  it("is one line, whatever the wire said", () => {
    const text = flowDocument(
      judgedFlow({ name: 'a"b\\c\n\u2028.example', facts: { protocols: ["dicom"], dicom: { calledAe: ['X"\n'] } } }),
      { hasSite: true },
    );
    expect(text).not.toContain("\n");
    expect(JSON.parse(text).dicom.called_ae).toEqual(['X"\n']);
  });
});

describe("community id", () => {
  // Values of the specification's reference implementation.
  it.each<[string, Spec, string]>([
    ["tcp", { inside: "128.232.110.120", insidePort: 34_855, outside: "66.35.250.204", outsidePort: 80 }, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="],
    [
      "tcp, the other way",
      { inside: "66.35.250.204", insidePort: 80, outside: "128.232.110.120", outsidePort: 34_855 },
      "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
    ],
    [
      "udp",
      { transport: 17, inside: "192.168.1.52", insidePort: 54_585, outside: "8.8.8.8", outsidePort: 53 },
      "1:d/FP5EW3wiY1vCndhwleRRKHowQ=",
    ],
    [
      "icmp echo",
      { transport: 1, inside: "192.168.0.89", insidePort: 8, outside: "192.168.0.1", outsidePort: 0 },
      "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=",
    ],
    [
      "icmp6 neighbour",
      { transport: 58, inside: "fe80::200:86ff:fe05:80da", insidePort: 135, outside: "fe80::260:97ff:fe07:69ea", outsidePort: 136 },
      "1:dGHyGvjMfljg6Bppwm3bg0LO8TY=",
    ],
    [
      "sctp",
      { transport: 132, inside: "192.168.170.8", insidePort: 7, outside: "192.168.170.56", outsidePort: 7 },
      "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs=",
    ],
  ])("%s", (_, spec, id) => {
    expect(communityId(judgedFlow(spec).flow)).toBe(id);
  });

  it("uses the same SHA-1 as everybody", () => {
    for (let length = 0; length <= 55; length += 1) {
      const message = Buffer.from(Array.from({ length }, (_, n) => (n * 37 + length) & 255));
      const block = new Uint8Array(64);
      block.set(message);
      const out = Buffer.alloc(20);
      sha1Block(block, length, out);
      expect(out.toString("hex")).toBe(createHash("sha1").update(message).digest("hex"));
    }
  });
});
