import { expect, it } from "vitest";
import { type Beat, dicom, lookup, mllp, tls } from "../../../src/demo/conversation.ts";
import { ends, play } from "./play.ts";
import { ANYCAST, DE, DEVICE, IMAGING, kB, OFFICE, RECORDS, RESOLVER, SITE, US } from "./site.ts";
import { after, datagrams, letterInTls, talk } from "./wire.ts";

const EDGE = "104.16.10.10";
const now = () => new Date(Date.UTC(2026, 10, 21, 14));
const CONFIG = `${SITE}
parties:
  - { name: archive, role: processor, domains: [archive.example], countries: [DE], agreementEnds: "2029-12-31" }
  - { name: updates, role: provider, domains: [update.example, ocsp.example, windowsupdate.com], networks: [${DE}/32] }
  - { name: vendor, role: processor, domains: [vendor.example], cdnAllowed: true }
  - { name: clock, role: provider, networks: [195.13.23.5/32] }
authorisations:
  - { id: U-1, zones: [records, imaging], parties: [updates], countries: [US], purpose: system updates without personal data, basis: GDPR 46, until: "2027-12-31" }
detections:
  device.unapproved_cloud: { profiles: [{ zones: [devices], names: [vendor.example] }] }
`;

/** NTP client and server packets (RFC 5905 §7.3): mode 3, mode 4. */
const ntp = (from: string): Iterable<Beat> => {
  const packet = (mode: number) => Buffer.concat([Buffer.from([0x20 | mode, 2, 6, 0xe9]), Buffer.alloc(44)]);
  return datagrams(ends(from, "195.13.23.5", 123), [
    [0, packet(3)],
    [1, packet(4)],
  ]);
};
const asked = (client: string, name: string, address: string) => lookup(ends(client, RESOLVER, 53, 800), name, address);

/** An hour of what a hospital's border sees all day: nothing that anybody has to act on, but for one thing that somebody may ask about. */
function hour(n: number): Iterable<Beat>[] {
  return [
    asked(OFFICE, `www${n}.news.example`, EDGE),
    tls(ends(OFFICE, EDGE, 443), `www${n}.news.example`, 3 * kB, 90 * kB),
    tls(ends(OFFICE, US, 443), `shop${n}.example.org`, 4 * kB, 120 * kB),
    tls(ends(IMAGING, US, 443), "dl.update.example", 3 * kB, 200 * kB),
    tls(ends(RECORDS, US, 443), "sls.windowsupdate.com", 2 * kB, 80 * kB),
    tls(ends(IMAGING, DE, 443), "n1.archive.example", 400 * kB, 20 * kB),
    tls(ends(DEVICE, EDGE, 443), "telemetry.vendor.example", 5 * kB, 2 * kB),
    tls(ends("10.20.90.5", US, 443), "video.example.com", 20 * kB, 300 * kB),
    tls(ends("10.20.90.6", ANYCAST, 443), "cloudflare-dns.com", 4 * kB, 9 * kB),
    talk(ends("10.20.50.25", DE, 25), letterInTls),
    ntp(RECORDS),
    ntp(DEVICE),
    dicom(ends(IMAGING, "10.20.20.10", 104), "PACS", "CT03", 100 * kB),
    mllp(ends(RECORDS, "10.20.30.10", 2575), 4, now),
    // A printer, inside the house.
    talk(ends(OFFICE, "10.20.50.200", 9100), [[0, Buffer.alloc(3000, 0x1b)]]),
    after(3600, asked(RECORDS, `mx${n}.clinic.example`, DE)),
  ];
}

it("a noisy day raises at most three alerts, and none that wakes anybody", async () => {
  const alerts = await play(CONFIG, Array.from({ length: 24 }, (_, n) => hour(n)).flat());
  expect(alerts.map(({ sentence }) => sentence).slice(3)).toEqual([]);
  expect(alerts.filter(({ severity }) => severity === "critical" || severity === "high").map(({ sentence }) => sentence)).toEqual([]);
});
