import { type Host, TCP_FLAGS, tcpFrame, udpFrame } from "./frames.ts";
import { ciphertext, clientHello, dicomAssociate, dicomData, dns, hl7, noise, type Random, serverHello } from "./payloads.ts";

/** One packet of a conversation, so many microseconds after the one before. */
export interface Beat {
  afterMicros: number;
  frame: Buffer;
}

export interface Ends {
  client: Host;
  server: Host;
  vlan?: number | undefined;
  clientPort: number;
  serverPort: number;
  /** Round-trip time from the tap to the server. */
  rttMicros: number;
  random: Random;
}

const { syn, ack, psh, fin } = TCP_FLAGS;
const SEGMENT_BYTES = 1460;

/** A TCP connection that is opened, talks as `talk` says, and is closed. */
export class TcpTalk {
  private readonly ends: Ends;
  private readonly sequence: [number, number];

  constructor(ends: Ends) {
    this.ends = ends;
    this.sequence = [ends.random() * 2 ** 32, ends.random() * 2 ** 32];
  }

  *open(): Generator<Beat> {
    yield this.beat(0, 0, syn);
    yield this.beat(this.ends.rttMicros, 1, syn | ack);
    yield this.beat(80, 0, ack);
  }

  *send(side: 0 | 1, payload: Buffer, afterMicros: number): Generator<Beat> {
    for (let at = 0; at < payload.length; at += SEGMENT_BYTES) {
      const part = payload.subarray(at, at + SEGMENT_BYTES);
      const isLast = at + SEGMENT_BYTES >= payload.length;
      yield this.beat(at === 0 ? afterMicros : 40, side, ack | (isLast ? psh : 0), part);
      if (isLast || (at / SEGMENT_BYTES) % 8 === 7) yield this.beat(30, side === 0 ? 1 : 0, ack);
    }
  }

  *close(): Generator<Beat> {
    yield this.beat(20_000, 0, fin | ack);
    yield this.beat(this.ends.rttMicros, 1, fin | ack);
    yield this.beat(60, 0, ack);
  }

  private beat(afterMicros: number, side: 0 | 1, flags: number, payload: Buffer = Buffer.alloc(0)): Beat {
    const { client, server, clientPort, serverPort, vlan } = this.ends;
    const ports =
      side === 0
        ? { from: client, to: server, fromPort: clientPort, toPort: serverPort }
        : { from: server, to: client, fromPort: serverPort, toPort: clientPort };
    const frame = tcpFrame(
      { ...ports, vlan, payload },
      { sequence: this.sequence[side], acknowledge: flags & ack ? this.sequence[1 - side] : 0, flags },
    );
    this.sequence[side] = (this.sequence[side] + payload.length + (flags & (syn | fin) ? 1 : 0)) >>> 0;
    return { afterMicros, frame };
  }
}

/** HTTPS: a hello that says the name, then exchanges until so many bytes went up and down. */
export function* tls(ends: Ends, name: string | undefined, upBytes: number, downBytes: number, paceMicros = 20_000): Generator<Beat> {
  const talk = new TcpTalk(ends);
  yield* talk.open();
  yield* talk.send(0, clientHello(name, ["h2", "http/1.1"], ends.random), 200);
  yield* talk.send(1, serverHello(ends.random), ends.rttMicros);
  yield* talk.send(0, ciphertext(80, ends.random), 500);
  let up = upBytes;
  let down = downBytes;
  while (up > 0 || down > 0) {
    if (up > 0) yield* talk.send(0, ciphertext(up, ends.random), paceMicros);
    if (down > 0) yield* talk.send(1, ciphertext(down, ends.random), paceMicros);
    up -= 16_384;
    down -= 16_384;
  }
  yield* talk.close();
}

/** A DICOM association in clear text that stores so many bytes of images. */
export function* dicom(ends: Ends, calledAe: string, callingAe: string, imageBytes: number): Generator<Beat> {
  const talk = new TcpTalk(ends);
  yield* talk.open();
  yield* talk.send(0, dicomAssociate(true, calledAe, callingAe), 300);
  yield* talk.send(1, dicomAssociate(false, calledAe, callingAe), ends.rttMicros);
  for (let left = imageBytes; left > 0; left -= 16_000) {
    yield* talk.send(0, dicomData(Math.min(left, 16_000), ends.random), 15_000);
  }
  yield* talk.send(0, Buffer.from([5, 0, 0, 0, 0, 4, 0, 0, 0, 0]), 2_000);
  yield* talk.send(1, Buffer.from([6, 0, 0, 0, 0, 4, 0, 0, 0, 0]), ends.rttMicros);
  yield* talk.close();
}

/** HL7 v2 over MLLP in clear text: results and their acknowledgements. */
export function* mllp(ends: Ends, messages: number, now: () => Date): Generator<Beat> {
  const talk = new TcpTalk(ends);
  yield* talk.open();
  for (let n = 0; n < messages; n += 1) {
    const id = Math.floor(ends.random() * 1e6);
    yield* talk.send(0, hl7(true, id, now()), 150_000);
    yield* talk.send(1, hl7(false, id, now()), ends.rttMicros);
  }
  yield* talk.close();
}

/** A name is asked for and answered. */
export function* lookup(ends: Ends, name: string, address: string, alias?: string): Generator<Beat> {
  const { client, server, vlan, clientPort, serverPort } = ends;
  const id = Math.floor(ends.random() * 65_536);
  yield {
    afterMicros: 0,
    frame: udpFrame({ from: client, to: server, vlan, fromPort: clientPort, toPort: serverPort, payload: dns(id, name, address, false) }),
  };
  yield {
    afterMicros: ends.rttMicros,
    frame: udpFrame({
      from: server,
      to: client,
      vlan,
      fromPort: serverPort,
      toPort: clientPort,
      payload: dns(id, name, address, true, alias),
    }),
  };
}

/** Telemedicine media: datagrams both ways at a steady rate, opaque. */
export function* media(ends: Ends, seconds: number): Generator<Beat> {
  const { client, server, vlan, clientPort, serverPort, random } = ends;
  for (let n = 0; n < seconds * 25; n += 1) {
    const header = Buffer.from([0x80, 0x60, n >> 8, n & 255, 0, 0, n >> 8, n & 255, 0xde, 0x30, 0, 1]);
    const payload = Buffer.concat([header, noise(700, random)]);
    const ports =
      n % 2 === 0
        ? { from: client, to: server, fromPort: clientPort, toPort: serverPort }
        : { from: server, to: client, fromPort: serverPort, toPort: clientPort };
    yield { afterMicros: 40_000, frame: udpFrame({ ...ports, vlan, payload }) };
  }
}
