import { cat, ethernet, ipv4, ipv6, tcp, u8, u16, u32, udp } from "./frames.ts";

/** Builds tunnels from the standards, field by field, around one packet: TCP 10.9.0.1:1111 > 10.9.0.2:2222. */
export const INNER = ipv4(tcp(1111, 2222, 16, { payload: u8(9, 9) }), { from: "10.9.0.1", to: "10.9.0.2", protocol: 6 });
export const INNER6 = ipv6(tcp(1111, 2222, 16), { from: "2001:db8:9::1", to: "2001:db8:9::2", next: 6 });
export const INNER_FRAME = ethernet(0x0800, INNER, { from: "02:00:00:00:09:01", to: "02:00:00:00:09:02" });

/** The same with the checksum that says it is an IPv4 header (RFC 791 §3.1). */
export function summed(packet: Uint8Array): Buffer {
  const bytes = Buffer.from(packet);
  let sum = 0;
  for (let at = 0; at < (bytes[0] & 15) * 4; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  bytes.writeUInt16BE(~sum & 0xffff, 10);
  return bytes;
}
export const INNER_WHOLE = ethernet(0x0800, summed(INNER), { from: "02:00:00:00:09:01", to: "02:00:00:00:09:02" });
/** What may stand before the frame of an L2TPv3 session: a cookie and a sublayer (RFC 3931 §4.1, §4.6). */
const SESSIONS: [string, Uint8Array][] = [
  ["as it is", u8()],
  ["with a cookie", u32(0x1234)],
  ["with a sublayer", u32(0x40000001)],
  ["with a long cookie", cat(u32(0x12345678), u32(0x9abcdef0))],
  ["with a long cookie and a sublayer", cat(u32(0x12345678), u32(0x9abcdef0), u32(0x40000001))],
];

/** Subframes of an A-MSDU (802.11 §9.3.2.2.2), each on a multiple of four. */
export const aggregated = (...packets: Uint8Array[]) =>
  cat(
    ...packets.map((packet, n) => {
      const content = cat(u8(0xaa, 0xaa, 3, 0, 0, 0, packet[0] >> 4 === 4 ? 8 : 0x86, packet[0] >> 4 === 4 ? 0 : 0xdd), packet);
      const head = cat(u8(2, 0, 0, 0, 9, n), u8(2, 0, 0, 0, 8, n), u16(content.length));
      const isLast = n === packets.length - 1;
      return cat(head, content, Buffer.alloc(isLast ? 0 : -(head.length + content.length) & 3));
    }),
  );
/** 802.11 data with QoS that holds an A-MSDU. */
export const aggregateFrame = (...packets: Uint8Array[]) =>
  cat(u8(0x88, 1, 0, 0), Buffer.alloc(18, 3), u16(0), u16(0x8000), aggregated(...packets));

export const inUdp = (to: number, payload: Uint8Array, from = 49_152) => ethernet(0x0800, ipv4(udp(from, to, payload)));
export const inIp = (protocol: number, payload: Uint8Array) => ethernet(0x0800, ipv4(payload, { protocol }));
export const greHeader = (protocol: number, { flags = 0, fields = u8() as Uint8Array } = {}) => cat(u16(flags), u16(protocol), fields);
export const vni = (id: number) => u32(id << 8);
export const vxlan = (id: number, inner: Uint8Array) => cat(u32(0x08000000), vni(id), inner);
export const label = (value: number, isBottom = false) => u32((value << 12) | (isBottom ? 0x100 : 0) | 64);
export const gtp = (teid: number, inner: Uint8Array) => cat(u8(0x30, 255), u16(inner.length), u32(teid), inner);
/** 802.11 data to an access point with QoS: 26 bytes, then SNAP. */
export const wireless = (inner: Uint8Array, first = 0x88, flags = 1) =>
  cat(u8(first, flags, 0, 0), Buffer.alloc(18, 3), u16(0), u16(0), u8(0xaa, 0xaa, 3, 0, 0, 0, 8, 0), inner);

const TEREDO = ipv6(udp(1, 2), { from: "2001:0:1::1", to: "2001:db8::2" });
const OUTER = { source: { ip: "10.0.0.1" }, destination: { ip: "192.0.2.9" } };

/** Every kind of tunnel: what it is called, a frame, and what is to be known of it. */
export const TUNNELS: [string, Uint8Array, object[]][] = [
  ["IP in IP (RFC 2003)", inIp(4, INNER), [{ type: "ipip", ...OUTER }]],
  ["6in4 (RFC 4213)", inIp(41, INNER6), [{ type: "ipip", ...OUTER }]],
  ["EtherIP (RFC 3378)", inIp(97, cat(u16(0x3000), INNER_FRAME)), [{ type: "ipip", ...OUTER }]],
  ["Ethernet in IP (RFC 8986)", inIp(143, INNER_FRAME), [{ type: "ipip", ...OUTER }]],
  ["ERSPAN II without GRE", ethernet(0x88be, cat(u16(0x1017), u16(42), u32(0), INNER_FRAME)), [{ type: "erspan", id: "42" }]],
  [
    "VXLAN-GPE that states a protocol without the bit",
    inUdp(4790, cat(u8(8, 0, 0, 1), vni(8), INNER)),
    [{ type: "vxlan-gpe", id: "8", ...OUTER }],
  ],
  ["GRE (RFC 2784)", inIp(47, cat(greHeader(0x0800), INNER)), [{ type: "gre", ...OUTER }]],
  [
    "GRE with checksum, key and sequence (RFC 2890)",
    inIp(47, cat(greHeader(0x0800, { flags: 0xb000, fields: cat(u32(0), u32(4_000_000_000), u32(5)) }), INNER)),
    [{ type: "gre", id: "4000000000", ...OUTER }],
  ],
  ["Ethernet in GRE", inIp(47, cat(greHeader(0x6558), INNER_FRAME)), [{ type: "gretap", ...OUTER }]],
  [
    "Ethernet in GRE with a small key",
    inIp(47, cat(greHeader(0x6558, { flags: 0x2000, fields: u32(77) }), INNER_FRAME)),
    [{ type: "gretap", id: "77", ...OUTER }],
  ],
  [
    "NVGRE (RFC 7637)",
    inIp(47, cat(greHeader(0x6558, { flags: 0x2000, fields: u32((5001 << 8) | 3) }), INNER_FRAME)),
    [{ type: "nvgre", id: "5001", ...OUTER }],
  ],
  ["ERSPAN I", inIp(47, cat(greHeader(0x88be), INNER_FRAME)), [{ type: "gre", ...OUTER }, { type: "erspan" }]],
  [
    "ERSPAN II",
    inIp(47, cat(greHeader(0x88be, { flags: 0x1000, fields: u32(1) }), u16(0x1017), u16(42), u32(0), INNER_FRAME)),
    [
      { type: "gre", ...OUTER },
      { type: "erspan", id: "42" },
    ],
  ],
  [
    "ERSPAN III with its platform's part",
    inIp(
      47,
      cat(greHeader(0x22eb, { flags: 0x1000, fields: u32(1) }), u16(0x2017), u16(42), u32(0), u16(0), u16(1), u32(0), u32(0), INNER_FRAME),
    ),
    [
      { type: "gre", ...OUTER },
      { type: "erspan", id: "42" },
    ],
  ],
  [
    "PPTP (RFC 2637)",
    inIp(
      47,
      cat(greHeader(0x880b, { flags: 0x3081, fields: cat(u16(INNER.length + 4), u16(7), u32(1), u32(1)) }), u8(0xff, 3, 0, 0x21), INNER),
    ),
    [{ type: "pptp", id: "7", ...OUTER }],
  ],
  ["802.11 in GRE (Aruba)", inIp(47, cat(greHeader(0x8200), wireless(INNER))), [{ type: "gre", ...OUTER }]],
  ["GRE in UDP (RFC 8086)", inUdp(4754, cat(greHeader(0x0800), INNER)), [{ type: "gre", ...OUTER }]],
  ["VXLAN (RFC 7348)", inUdp(4789, vxlan(123, INNER_FRAME)), [{ type: "vxlan", id: "123", ...OUTER }]],
  ["VXLAN-GPE", inUdp(4790, cat(u8(0x0c, 0, 0, 1), vni(8), INNER)), [{ type: "vxlan-gpe", id: "8", ...OUTER }]],
  [
    "Geneve with options (RFC 8926)",
    inUdp(6081, cat(u8(1, 0), u16(0x6558), vni(9), u32(0), INNER_FRAME)),
    [{ type: "geneve", id: "9", ...OUTER }],
  ],
  ["Geneve with IP", inUdp(6081, cat(u8(0, 0), u16(0x0800), vni(9), INNER)), [{ type: "geneve", id: "9", ...OUTER }]],
  ["GTP-U (TS 29.281)", inUdp(2152, gtp(0x80000001, INNER)), [{ type: "gtp-u", id: "2147483649", ...OUTER }]],
  [
    "GTP-U with an extension header",
    inUdp(2152, cat(u8(0x34, 255), u16(INNER.length + 8), u32(5), u16(0), u8(0, 0x85), u8(1, 0, 9, 0), INNER)),
    [{ type: "gtp-u", id: "5", ...OUTER }],
  ],
  ["Teredo (RFC 4380)", inUdp(3544, TEREDO), [{ type: "teredo", ...OUTER }]],
  [
    "Teredo with authentication and origin",
    inUdp(3544, cat(u8(0, 1, 0, 0), Buffer.alloc(9), u8(0, 0), u16(0xffff), u32(1), TEREDO)),
    [{ type: "teredo", ...OUTER }],
  ],
  ["AYIYA", inUdp(5072, cat(u8(0x44, 0x52, 0x11, 41), u32(1), Buffer.alloc(16), Buffer.alloc(20), INNER6)), [{ type: "ayiya", ...OUTER }]],
  [
    "L2TP data (RFC 2661)",
    inUdp(1701, cat(u16(0x0002), u16(3), u16(4), u8(0xff, 3, 0, 0x21), INNER)),
    [{ type: "l2tp", id: "4", ...OUTER }],
  ],
  [
    "L2TP data with length, sequence and offset",
    inUdp(1701, cat(u16(0x4a02), u16(16 + 2 + INNER.length), u16(3), u16(4), u16(1), u16(1), u16(2), u16(0), u16(0x0021), INNER)),
    [{ type: "l2tp", id: "4", ...OUTER }],
  ],
  ...SESSIONS.map(([name, head]): [string, Uint8Array, object[]] => [
    `L2TPv3 over IP ${name} (RFC 3931)`,
    inIp(115, cat(u32(0x80001001), head, INNER_WHOLE)),
    [{ type: "l2tp", id: "2147487745", ...OUTER }],
  ]),
  [
    "L2TPv3 over UDP with a tagged frame (RFC 3931)",
    inUdp(1701, cat(u16(3), u16(0), u32(70_000), u32(0xc00c1e01), ethernet(0x0800, summed(INNER), { tags: [[0x8100, 7]] }))),
    [{ type: "l2tp", id: "70000", ...OUTER }],
  ],
  ["LISP (RFC 9300)", inUdp(4341, cat(u32(0x80000005), u32(1), summed(INNER))), [{ type: "lisp", ...OUTER }]],
  ["LISP with an instance", inUdp(4341, cat(u32(0x48000000), vni(77), INNER6)), [{ type: "lisp", id: "77", ...OUTER }]],
  ["an intercepted packet", inUdp(49_153, cat(u32(0x68800007), summed(INNER)), 49_152), [{ type: "bcm-li", id: "7", ...OUTER }]],
  [
    "an intercepted frame with PPPoE in two tags",
    inUdp(
      49_153,
      cat(
        u32(0x4e810469),
        ethernet(0x8864, cat(u8(0x11, 0), u16(99), u16(INNER.length + 2), u16(0x21), summed(INNER)), {
          tags: [
            [0x88a8, 7],
            [0x8100, 8],
          ],
        }),
      ),
      49_152,
    ),
    [
      { type: "bcm-li", id: String(0x10469), ...OUTER },
      { type: "pppoe", id: "99" },
    ],
  ],
  ["CAPWAP with 802.3 (RFC 5415)", inUdp(5247, cat(u32(0x00100000), u32(0), INNER_FRAME)), [{ type: "capwap", ...OUTER }]],
  ["CAPWAP with 802.11", inUdp(5247, cat(u32(0x00100300), u32(0), wireless(INNER))), [{ type: "capwap", ...OUTER }]],
  [
    "MPLS (RFC 3032)",
    ethernet(0x8847, cat(label(100), label(200, true), INNER)),
    [
      { type: "mpls", id: "100" },
      { type: "mpls", id: "200" },
    ],
  ],
  [
    "MPLS pseudowire with a control word (RFC 4448)",
    ethernet(0x8847, cat(label(100), label(200, true), u32(0), INNER_FRAME)),
    [
      { type: "mpls", id: "100" },
      { type: "mpls-pw", id: "200" },
    ],
  ],
  ["MPLS pseudowire without", ethernet(0x8847, cat(label(200, true), INNER_FRAME)), [{ type: "mpls-pw", id: "200" }]],
  ["MPLS in IP (RFC 4023)", inIp(137, cat(label(5, true), INNER)), [{ type: "mpls", id: "5", ...OUTER }]],
  ["MPLS in UDP (RFC 7510)", inUdp(6635, cat(label(5, true), INNER)), [{ type: "mpls", id: "5", ...OUTER }]],
  ["PPPoE (RFC 2516)", ethernet(0x8864, cat(u8(0x11, 0), u16(99), u16(INNER.length + 2), u16(0x21), INNER)), [{ type: "pppoe", id: "99" }]],
  ["802.1ah", ethernet(0x88e7, cat(u32(70_000), INNER_FRAME)), [{ type: "pbb", id: "70000" }]],
  [
    "VXLAN in GRE in IPv6",
    ethernet(0x86dd, ipv6(cat(greHeader(0x0800), ipv4(udp(1, 4789, vxlan(3, INNER_FRAME)))), { next: 47 })),
    [
      { type: "gre", source: { ip: "2001:db8::1" }, destination: { ip: "2001:db8::2" } },
      { type: "vxlan", id: "3", ...OUTER },
    ],
  ],
];
