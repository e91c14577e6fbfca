import { FLAG, ROW } from "../model/row.ts";
import { TUNNEL_PORTS } from "./tunnel-ports.ts";

const TUNNELS = TUNNEL_PORTS;
const { source, destination, ports, tags, space, flags, sequence, payloadStart, payloadEnd, missing, mac, ip } = ROW;
const MAC = FLAG.mac;
/** Ethernet, one VLAN tag, IPv4 without options, TCP without options. */
const LONGEST_HEADERS = 14 + 4 + 20 + 20;
const IPV4_WITHOUT_OPTIONS = 0x080045;
const MORE_OR_OFFSET = 0x3fff0000;
const TCP = 6;
const UDP = 17;
const UDP_IP_AND_IPV6 = 8 + 20 + 40;

/**
 * A short cut for what nearly all frames are: TCP or UDP in whole IPv4 packets without options, on Ethernet with one VLAN
 * tag at most, nothing cut, nothing odd. It fills the same row as the decoders proper, or fills nothing and returns false
 * for them to do it: a test holds the two against each other. Worth having because it is one function without calls.
 */
export function createPlainDecoder(rows: Int32Array) {
  return function plain(view: DataView, start: number, captured: number, wire: number, row: number): boolean {
    if (captured < LONGEST_HEADERS || wire < captured) return false;
    let at = start + 12;
    let word = view.getInt32(at);
    let vlans = 0;
    if (word >>> 16 === 0x8100) {
      vlans = (word & 0xfff) << 12;
      at += 4;
      word = view.getInt32(at);
    }
    if (word >>> 8 !== IPV4_WITHOUT_OPTIONS) return false;
    const fragmentWord = view.getInt32(at + 8);
    if ((fragmentWord & MORE_OR_OFFSET) !== 0) return false;
    const totalBytes = view.getUint16(at + 4);
    const wireBytes = wire - (at + 2 - start);
    const protocol = fragmentWord & 0xff;
    const ipBytes = Math.min(totalBytes, wireBytes);
    const capturedBytes = captured - (at + 2 - start);
    const end = at + 2 + Math.min(ipBytes, capturedBytes);
    const left = ipBytes < capturedBytes ? 0 : ipBytes - capturedBytes;
    if (protocol === TCP) {
      const header = view.getUint16(at + 34);
      const payloadAt = at + 22 + ((header >> 12) << 2);
      if (totalBytes < 40 || header < 0x5000 || payloadAt > end) return false;
      rows[row + sequence] = view.getInt32(at + 26);
      rows[row + flags] = MAC | (header & 0xff);
      rows[row + payloadStart] = payloadAt;
    } else if (protocol === UDP) {
      // A datagram that does not fill its packet is left to the decoder proper.
      if (totalBytes < 28 || view.getUint16(at + 26) !== totalBytes - 20 || totalBytes > wireBytes) return false;
      const pair = view.getInt32(at + 22);
      const isTunnel = (TUNNELS[pair >>> 21] & (1 << (pair >>> 16))) | (TUNNELS[(pair & 0xffff) >> 5] & (1 << pair));
      // IPv6 right behind UDP is Teredo's, on any port.
      if (isTunnel !== 0 || (view.getInt32(at + 30) >>> 28 === 6 && view.getUint16(at + 34) === totalBytes - UDP_IP_AND_IPV6)) return false;
      rows[row + sequence] = 0;
      rows[row + flags] = MAC;
      rows[row + payloadStart] = at + 30;
    } else return false;
    rows[row + source] = view.getInt32(at + 14);
    rows[row + destination] = view.getInt32(at + 18);
    rows[row + ports] = view.getInt32(at + 22);
    rows[row + tags] = (protocol << 24) | vlans;
    rows[row + space] = 0;
    rows[row + payloadEnd] = end;
    rows[row + missing] = left;
    rows[row + mac] = start;
    rows[row + ip] = at + 2;
    return true;
  };
}
