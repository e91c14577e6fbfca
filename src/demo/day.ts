import { type Beat, dicom, type Ends, lookup, media, mllp, tls } from "./conversation.ts";
import type { Host } from "./frames.ts";
import type { Random } from "./payloads.ts";

/** An outside party as the demo plays it. */
interface Peer {
  name: string;
  address: string;
  alias?: string;
  rttMicros: number;
}

const ARCHIVE: Peer = { name: "archiv.nordwolke.example", address: "78.46.10.20", rttMicros: 13_000 };
const ARCHIVE_DRIFTED: Peer = { name: "edge7.nordwolke.example", address: "52.20.10.10", rttMicros: 92_000 };
const LAB: Peer = { name: "gate.labexchange.example", address: "80.90.47.10", rttMicros: 3_000 };
const LAB_CLEAR: Peer = { name: "legacy.labexchange.example", address: "5.39.1.20", rttMicros: 11_000 };
const VIDEO: Peer = { name: "sfu2.videovisit.example", address: "51.15.10.10", rttMicros: 11_000 };
const MAIL: Peer = { name: "outlook.office365.com", address: "51.144.10.10", alias: "ams-efz.ms-acdc.example", rttMicros: 12_000 };
const FILES: Peer = { name: "chdemo.sharepoint.com", address: "52.239.140.10", rttMicros: 12_000 };
const US_CLOUD: Peer = { name: "ingest.medinsight.example", address: "54.231.10.4", alias: "lb-1.cloud.example", rttMicros: 94_000 };
const SECOND_OPINION: Peer = { name: "pacs.zweitmeinung.example", address: "130.59.1.10", rttMicros: 15_000 };
const UNKNOWN_PACS: Peer = { name: "store.teleread.example", address: "89.216.10.10", rttMicros: 34_000 };
const WEB: Peer = { name: "www.guichet.public.lu", address: "194.154.192.20", rttMicros: 3_000 };
const GUEST_SITE: Peer = { name: "video.stream.example", address: "104.16.10.10", rttMicros: 9_000 };
const UPLOADER: Peer = { name: "dropzone.sendbig.example", address: "95.217.10.4", rttMicros: 38_000 };

const host = (address: string): Host => ({
  address,
  mac: `02:10:${address
    .split(".")
    .map((n) => Number(n).toString(16).padStart(2, "0"))
    .join(":")}`,
});
const outside = (peer: Peer): Host => ({ address: peer.address, mac: "02:00:00:00:00:01" });
const RESOLVER = host("10.20.0.53");

/** A recurring piece of the day. */
interface Scene {
  name: string;
  /** When it first plays, seconds after the start, and how long to the next time on average. */
  firstSeconds: number;
  everySeconds: number;
  play(stage: Stage): Iterable<Beat>[];
}

/** Hands out hosts and ports to scenes. */
export class Stage {
  readonly random: Random;
  readonly now: () => Date;
  private port = 32_768;

  constructor(random: Random, now: () => Date) {
    this.random = random;
    this.now = now;
  }

  ends(client: string, peer: Peer, serverPort: number): Ends {
    return {
      ...this.port2(),
      client: host(client),
      server: outside(peer),
      serverPort,
      rttMicros: peer.rttMicros * (0.95 + this.random() * 0.1),
      random: this.random,
    };
  }

  inside(client: string, server: string, serverPort: number): Ends {
    return { ...this.port2(), client: host(client), server: host(server), serverPort, rttMicros: 400, random: this.random };
  }

  /** DNS first, then what needs the name. */
  named(client: string, peer: Peer, conversation: Iterable<Beat>): Iterable<Beat> {
    const asks = { ...this.port2(), client: host(client), server: RESOLVER, serverPort: 53, rttMicros: 900, random: this.random };
    return inTurn(lookup(asks, peer.name, peer.address, peer.alias), conversation);
  }

  pick(prefix: string, from: number, count: number): string {
    return `${prefix}.${from + Math.floor(this.random() * count)}`;
  }

  private port2(): { clientPort: number } {
    this.port = this.port >= 60_999 ? 32_768 : this.port + 1;
    return { clientPort: this.port };
  }
}

function* inTurn(first: Iterable<Beat>, second: Iterable<Beat>): Generator<Beat> {
  yield* first;
  let isFirst = true;
  for (const beat of second) {
    yield isFirst ? { ...beat, afterMicros: beat.afterMicros + 1_500 } : beat;
    isFirst = false;
  }
}

const kB = 1_000;
const MB = 1_000_000;

export const SCENES: Scene[] = [
  {
    name: "images to the contracted archive",
    firstSeconds: 0.2,
    everySeconds: 6,
    play: (s) => [s.named("10.20.20.10", ARCHIVE, tls(s.ends("10.20.20.10", ARCHIVE, 443), ARCHIVE.name, 900 * kB, 20 * kB, 8_000))],
  },
  {
    name: "images inside the house",
    firstSeconds: 0.3,
    everySeconds: 8,
    play: (s) => [dicom(s.inside(s.pick("10.20.20", 31, 4), "10.20.20.10", 104), "PACS", "CT03", 300 * kB)],
  },
  {
    name: "results to the laboratory exchange",
    firstSeconds: 0.4,
    everySeconds: 5,
    play: (s) => [s.named("10.20.30.10", LAB, tls(s.ends("10.20.30.10", LAB, 443), LAB.name, 60 * kB, 10 * kB))],
  },
  {
    name: "orders inside the house",
    firstSeconds: 0.5,
    everySeconds: 4,
    play: (s) => [mllp(s.inside("10.20.10.10", "10.20.30.10", 2575), 4, s.now)],
  },
  {
    name: "mail and documents",
    firstSeconds: 0.6,
    everySeconds: 3,
    play: (s) => {
      const client = s.pick("10.20.50", 20, 40);
      return [
        s.named(client, MAIL, tls(s.ends(client, MAIL, 443), MAIL.name, 30 * kB, 120 * kB)),
        s.named(client, FILES, tls(s.ends(client, FILES, 443), FILES.name, 80 * kB, 40 * kB)),
      ];
    },
  },
  {
    name: "video consultation",
    firstSeconds: 0.8,
    everySeconds: 30,
    play: (s) => [
      s.named("10.20.40.20", VIDEO, tls(s.ends("10.20.40.20", VIDEO, 443), VIDEO.name, 20 * kB, 20 * kB)),
      media(s.ends("10.20.40.20", VIDEO, 3478), 25),
    ],
  },
  {
    name: "the web",
    firstSeconds: 0.7,
    everySeconds: 2,
    play: (s) => {
      const client = s.pick("10.20.50", 20, 40);
      return [s.named(client, WEB, tls(s.ends(client, WEB, 443), WEB.name, 5 * kB, 200 * kB))];
    },
  },
  {
    name: "guests",
    firstSeconds: 0.9,
    everySeconds: 3,
    play: (s) => {
      const client = s.pick("10.20.90", 20, 60);
      return [s.named(client, GUEST_SITE, tls(s.ends(client, GUEST_SITE, 443), GUEST_SITE.name, 4 * kB, 600 * kB))];
    },
  },
  {
    name: "second opinion in Zürich, authorised",
    firstSeconds: 1.5,
    everySeconds: 40,
    play: (s) => [
      s.named("10.20.20.10", SECOND_OPINION, tls(s.ends("10.20.20.10", SECOND_OPINION, 443), SECOND_OPINION.name, 400 * kB, 5 * kB)),
    ],
  },
  {
    name: "records to a cloud in the United States",
    firstSeconds: 2,
    everySeconds: 45,
    play: (s) => [s.named("10.20.10.10", US_CLOUD, tls(s.ends("10.20.10.10", US_CLOUD, 443), US_CLOUD.name, 1.4 * MB, 10 * kB, 5_000))],
  },
  {
    name: "the archive drifts abroad",
    firstSeconds: 3,
    everySeconds: 60,
    play: (s) => [
      s.named(
        "10.20.20.10",
        ARCHIVE_DRIFTED,
        tls(s.ends("10.20.20.10", ARCHIVE_DRIFTED, 443), ARCHIVE_DRIFTED.name, 700 * kB, 6 * kB, 5_000),
      ),
    ],
  },
  {
    name: "clear-text DICOM leaves",
    firstSeconds: 4,
    everySeconds: 90,
    play: (s) => [s.named("10.20.20.31", UNKNOWN_PACS, dicom(s.ends("10.20.20.31", UNKNOWN_PACS, 11112), "TELEREAD", "CT03", 500 * kB))],
  },
  {
    name: "clear-text HL7 leaves",
    firstSeconds: 5,
    everySeconds: 75,
    play: (s) => [s.named("10.20.30.10", LAB_CLEAR, mllp(s.ends("10.20.30.10", LAB_CLEAR, 2575), 6, s.now))],
  },
  {
    name: "an unregistered service",
    firstSeconds: 6,
    everySeconds: 80,
    play: (s) => [s.named("10.20.10.21", UPLOADER, tls(s.ends("10.20.10.21", UPLOADER, 443), UPLOADER.name, 250 * kB, 5 * kB))],
  },
];
