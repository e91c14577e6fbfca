import { ethernet, icmp, ipv4, ipv6, MAC_A, MAC_B, type Packet, TCP, tcp, udp } from "../../unit/decode/frames.ts";
import { at } from "../../unit/flows/flow-runs.ts";

const { syn, ack, fin, psh, rst } = TCP;

/** A workstation that looks a name up, loads a page, and is pinged. */
function office(): Packet[] {
  const client = "10.16.0.10";
  const up = (seconds: number, to: string, protocol: number, bytes: Uint8Array): Packet => ({
    frame: ethernet(0x0800, ipv4(bytes, { from: client, to, protocol })),
    micros: at(seconds),
  });
  const down = (seconds: number, from: string, protocol: number, bytes: Uint8Array): Packet => ({
    frame: ethernet(0x0800, ipv4(bytes, { from, to: client, protocol }), { from: MAC_B, to: MAC_A }),
    micros: at(seconds),
  });
  const web = "192.0.2.80";
  return [
    up(0, "10.16.0.1", 17, udp(50_123, 53, Buffer.alloc(30))),
    down(0.004, "10.16.0.1", 17, udp(53, 50_123, Buffer.alloc(46))),
    up(0.01, web, 6, tcp(51_000, 80, syn, { seq: 1 })),
    down(0.03, web, 6, tcp(80, 51_000, syn | ack, { seq: 7 })),
    up(0.031, web, 6, tcp(51_000, 80, ack, { seq: 2 })),
    up(0.032, web, 6, tcp(51_000, 80, psh | ack, { seq: 2, payload: Buffer.alloc(120) })),
    down(0.06, web, 6, tcp(80, 51_000, psh | ack, { seq: 8, payload: Buffer.alloc(1400) })),
    up(0.07, web, 6, tcp(51_000, 80, fin | ack, { seq: 122 })),
    down(0.09, web, 6, tcp(80, 51_000, fin | ack, { seq: 1408 })),
    up(0.1, web, 6, tcp(51_000, 80, ack, { seq: 123 })),
    down(1, "198.51.100.7", 1, icmp(8, 0)),
    up(1.001, "198.51.100.7", 1, icmp(0, 0)),
  ];
}

/** The same client port twice in a row, a scan that is refused, and a tagged IPv6 host. */
function reuse(): Packet[] {
  const segment = (seconds: number, isUp: boolean, port: number, flags: number, seq: number): Packet => ({
    frame: ethernet(
      0x0800,
      ipv4(isUp ? tcp(40_000, port, flags, { seq }) : tcp(port, 40_000, flags, { seq }), {
        protocol: 6,
        ...(isUp ? {} : { from: "192.0.2.9", to: "10.0.0.1" }),
      }),
    ),
    micros: at(seconds),
  });
  const connection = (start: number, seq: number) => [
    segment(start, true, 104, syn, seq),
    segment(start + 0.01, false, 104, syn | ack, 5),
    segment(start + 0.02, true, 104, ack, seq + 1),
    segment(start + 0.03, true, 104, fin | ack, seq + 1),
    segment(start + 0.04, false, 104, fin | ack, 6),
  ];
  const six = (isUp: boolean): Packet => ({
    frame: ethernet(0x86dd, ipv6(isUp ? udp(6000, 6001) : udp(6001, 6000), isUp ? {} : { from: "2001:db8::2", to: "2001:db8::1" }), {
      tags: [
        [0x88a8, 30],
        [0x8100, 31],
      ],
    }),
    micros: at(3),
  });
  return [
    ...connection(0, 100),
    ...connection(1, 900),
    segment(2, true, 22, syn, 1),
    segment(2.001, false, 22, rst | ack, 0),
    six(true),
    six(false),
  ];
}

export const CAPTURES: Record<string, () => Packet[]> = { office, reuse };
