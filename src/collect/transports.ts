import { formatAddress, V4_MAPPED } from "../lib/ip.ts";
import type { PacketBlock } from "../model/packet.ts";
import { type DecodedBatch, FLAG, ROW, SPACE } from "../model/row.ts";
import type { Collector } from "./collector.ts";
import { ExportMessage } from "./export-message.ts";
import { SctpMessages } from "./sctp-messages.ts";
import { TcpStreams } from "./tcp-streams.ts";

const UDP = 17;
const TCP = 6;
const SCTP = 132;

/** Finds export messages in captured packets: in UDP datagrams (all protocols), and in SCTP and TCP (IPFIX, RFC 7011 §10). */
export interface Transports {
  /** Takes the rows that were decoded of a block. */
  take(batch: DecodedBatch, block: PacketBlock): void;
  /** Messages found. */
  readonly found: number;
}

export function createTransports(collector: Collector): Transports {
  const message = new ExportMessage();
  let found = 0;
  const deliver = (bytes: Buffer, start: number, end: number, observer: string, arrivalMicros: number) => {
    message.use(bytes, start, end);
    message.observer = observer;
    message.arrivalMicros = arrivalMicros;
    if (collector.take(message)) found += 1;
  };
  const tcp = new TcpStreams(deliver);
  const sctp = new SctpMessages(deliver);

  function take({ rows, addresses, count, datagrams }: DecodedBatch, block: PacketBlock): void {
    for (let n = 0; n < count; n += 1) {
      const row = n * ROW.words;
      const start = rows[row + ROW.payloadStart];
      const end = rows[row + ROW.payloadEnd];
      const transport = rows[row + ROW.tags] >>> 24;
      const flags = rows[row + ROW.flags];
      const isWhole = (flags & FLAG.reassembled) !== 0;
      const isPiece = (flags & (FLAG.firstFragment | FLAG.laterFragment)) !== 0 && !isWhole;
      if (isPiece || end <= start || (transport !== UDP && transport !== TCP && transport !== SCTP)) continue;
      const micros = block.timeMicros[rows[row + ROW.packet]];
      const isV6 = (rows[row + ROW.space] & SPACE.ipv6) !== 0;
      const at = n * 8;
      const observer = isV6
        ? formatAddress(addresses[at], addresses[at + 1], addresses[at + 2], addresses[at + 3])
        : formatAddress(0, 0, V4_MAPPED, rows[row + ROW.source]);
      const bytes = isWhole ? datagrams : block.bytes;
      if (transport === UDP) deliver(bytes, start, end, observer, micros);
      else {
        const ports = rows[row + ROW.ports];
        const destination = isV6 ? `${addresses.subarray(at + 4, at + 8)}` : String(rows[row + ROW.destination]);
        const key = `${observer} ${destination} ${ports}`;
        if (transport === TCP) tcp.take(key, observer, rows[row + ROW.sequence], flags & 0xff, bytes, start, end, micros);
        else sctp.take(key, observer, bytes, start, end, micros);
      }
    }
  }

  return {
    take,
    get found() {
      return found;
    },
  };
}
