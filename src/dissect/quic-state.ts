import { header } from "./quic-header.ts";
import { type InitialKeys, initialKeys, openInitial } from "./quic-keys.ts";
import { quicWork } from "./quic-work.ts";
import type { Stream } from "./stream.ts";
import { type WaitingHello, waitingHellos } from "./waiting-hellos.ts";

/** What is remembered of one QUIC connection while its hellos are awaited. The parts kept are the client's. */
export interface QuicState extends WaitingHello {
  keys: InitialKeys | undefined;
  serverKeys: InitialKeys | undefined;
  /** Version and connection id that the keys were made of; of the server's keys the version (it may choose another, RFC 9368). */
  keyVersion: number;
  keyId: Buffer;
  serverVersion: number;
  /** The version of the client's first packet, also where the server then wants another; 0: none yet. */
  firstVersion: number;
  /** The side whose packets opened; -1: not known yet. */
  clientSide: -1 | 0 | 1;
  datagrams: number;
  failures: number;
  /** Packets of the server that were tried. */
  serverTries: number;
  hasHello: boolean;
  hasServerHello: boolean;
  /** Where in the client's handshake the hello that is awaited begins: after the first one, when the server asked for another. */
  helloAt: number;
  helloBytes: number;
}

const NOTHING = Buffer.alloc(0);

export function beginQuic(): QuicState {
  return {
    keys: undefined,
    serverKeys: undefined,
    keyVersion: 0,
    keyId: NOTHING,
    serverVersion: 0,
    firstVersion: 0,
    clientSide: -1,
    datagrams: 0,
    failures: 0,
    serverTries: 0,
    hasHello: false,
    hasServerHello: false,
    helloAt: 0,
    helloBytes: 0,
    pieces: [],
    keptBytes: 0,
    sinceMicros: 0,
  };
}

/** The frames of the client's packet in `header`, with the keys that are there or those of its own connection id (a new one after a Retry). */
export function openClient(stream: Stream, state: QuicState, at: number): Buffer | undefined {
  const { bytes, end } = stream;
  const { known, version, idStart, idEnd, numberAt, packetEnd } = header;
  const work = quicWork(stream);
  const isSameVersion = version === state.keyVersion;
  if (state.keys !== undefined && isSameVersion) {
    if (!work.mayOpen(stream)) return undefined;
    const frames = openInitial(state.keys, bytes, at, numberAt, packetEnd, end);
    if (frames !== undefined) return frames;
  }
  const id = bytes.subarray(idStart, idEnd);
  if (isSameVersion && state.keyId.equals(id)) return undefined;
  if (!work.mayOpen(stream)) return undefined;
  const keys = initialKeys(known!, known!.salt!, id);
  const frames = openInitial(keys, bytes, at, numberAt, packetEnd, end);
  if (frames === undefined) return undefined;
  waitingHellos(stream).forget(state);
  state.keys = keys;
  state.serverKeys = undefined;
  state.keyVersion = version;
  state.keyId = Buffer.from(id);
  return frames;
}

/** Takes the version and the connection id in `header` for those of which keys are made from now on. */
export function moveTo(state: QuicState, bytes: Buffer): void {
  state.keyVersion = header.version;
  state.keyId = Buffer.from(bytes.subarray(header.idStart, header.idEnd));
  state.keys = undefined;
  state.serverKeys = undefined;
}

/** The frames of the server's packet in `header`: its keys come of the connection id that the client's first packet went to. */
export function openServer(stream: Stream, state: QuicState, at: number): Buffer | undefined {
  const { bytes, end } = stream;
  const { known, version, numberAt, packetEnd } = header;
  if (!quicWork(stream).mayOpen(stream)) return undefined;
  if (state.serverKeys === undefined || state.serverVersion !== version) {
    state.serverKeys = initialKeys(known!, known!.salt!, state.keyId, true);
    state.serverVersion = version;
  }
  return openInitial(state.serverKeys, bytes, at, numberAt, packetEnd, end);
}
