import * as content from "../../../fuzz/content-seeds.mjs";
import { ends } from "../play.ts";
import type { WireScenario } from "../scenario.ts";
import { DE, IMAGING } from "../site.ts";
import { datagrams, talk } from "../wire.ts";

/** Made-up Luxembourg numbers: date and serial, then the check digits over these eleven, Luhn's and Verhoeff's. */
const NUMBERS = ["1971020310142", "1971020310220", "1971020310301"];
const post = (numbers: readonly string[]): readonly [0 | 1, string][] => {
  const body = numbers.map((number) => `{"matricule":"${number}"}`).join("\n");
  return [
    [
      0,
      `POST /in HTTP/1.1\r\nHost: api.partner.example\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    ],
    [1, "HTTP/1.1 204 No Content\r\n\r\n"],
  ];
};

const file = Buffer.from(`nr\n${NUMBERS.join("\n")}\n`);
/** A negotiation (MS-SMB2 §2.2.3), and a file written after it. */
const write = (command: number): readonly [0 | 1, Buffer][] => [
  [0, content.smbSession(content.smb2Unit(0, Buffer.alloc(36)))],
  [0, content.smbSession(content.smb2Unit(command, content.smb2Write(file)))],
];
const WRITE = 9;
const LOCK = 10;
const key = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);
const socket = (bits: number): readonly [0 | 1, string | Buffer][] => [
  [0, "GET / HTTP/1.1\r\nHost: ws.partner.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"],
  [1, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"],
  [0, content.webSocketFrame(file, { key, bits })],
];
const COMPRESSED = 0x40;
const logs = (numbers: readonly string[]): [0, Buffer][] => numbers.map((number) => [0, content.syslogMessage(`booked ${number}`)]);
const audit: [0, Buffer] = [0, content.syslogMessage(content.auditMessage(NUMBERS), { id: "IHE+DICOM" })];

export const scenario: WireScenario = {
  fires: [
    {
      tells: "three national numbers in a clear upload",
      severity: "critical",
      packets: () => [talk(ends(IMAGING, DE, 80), post(NUMBERS))],
    },
    { tells: "a file written over SMB", severity: "critical", packets: () => [talk(ends(IMAGING, DE, 445), write(WRITE))] },
    { tells: "logs", severity: "critical", packets: () => [datagrams(ends(IMAGING, DE, 514), logs(NUMBERS))] },
    { tells: "an audit message", severity: "critical", packets: () => [datagrams(ends(IMAGING, DE, 514), [audit])] },
    { tells: "a WebSocket", severity: "critical", packets: () => [talk(ends(IMAGING, DE, 80), socket(0))] },
    { tells: "a stream of text that nobody knows", severity: "critical", packets: () => [talk(ends(IMAGING, DE, 9999), [[0, file]])] },
    {
      tells: "datagrams of text that nobody knows",
      severity: "critical",
      packets: () => [datagrams(ends(IMAGING, DE, 9999), [[0, file]])],
    },
  ],
  nearMisses: [
    { tells: "the same bytes in another message of SMB", packets: () => [talk(ends(IMAGING, DE, 445), write(LOCK))] },
    { tells: "logs with two", packets: () => [datagrams(ends(IMAGING, DE, 514), logs(NUMBERS.slice(1)))] },
    { tells: "a compressed WebSocket", packets: () => [talk(ends(IMAGING, DE, 80), socket(COMPRESSED))] },
    { tells: "a stream that is no text", packets: () => [talk(ends(IMAGING, DE, 9999), [[0, Buffer.concat([Buffer.alloc(8), file])]])] },
    { tells: "two of them", packets: () => [talk(ends(IMAGING, DE, 80), post(NUMBERS.slice(1)))] },
    { tells: "inside the house", packets: () => [talk(ends(IMAGING, "10.20.20.10", 80), post(NUMBERS))] },
  ],
};
