/** What differs between versions on the way to the first keys and in the names of packet types. */
export interface QuicVersion {
  /** RFC 9001 §5.2, RFC 9369 §3.3.1 and the drafts before them. Undefined: no TLS in its first packets, or nobody published how. */
  readonly salt: Buffer | undefined;
  /** Word in front of the labels of keys: "quic " or "quicv2 ". */
  readonly isV2: boolean;
}

/** Types of long-header packets as version 1 numbers them (RFC 9000 §17.2). */
export const INITIAL = 0;
export const ZERO_RTT = 1;
export const HANDSHAKE = 2;
export const RETRY = 3;

const salted = (hex: string, isV2 = false): QuicVersion => ({ salt: Buffer.from(hex, "hex"), isV2 });

const VERSION_1 = salted("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
const VERSION_2 = salted("0dede3def700a6db819381be6e269dcbf9bd2ed9", true);
const DRAFT_29 = salted("afbfec289993d24c9e9786f19c6111e04390a899");
const DRAFT_23 = salted("c3eef712c72ebb5a11a7d2432bb46365bef9f502");
/** Versions whose first packets stay closed: Google's own handshakes, and drafts nobody speaks any more. */
const CLOSED: QuicVersion = { salt: undefined, isV2: false };

/** What is known of a version number; undefined for one nobody knows (those that only force a negotiation among them). */
export function quicVersion(version: number): QuicVersion | undefined {
  switch (version) {
    case 1:
      return VERSION_1;
    case 0x6b3343cf:
      return VERSION_2;
    // Facebook's numbers of drafts 22 and 27.
    case 0xfaceb001:
      return CLOSED;
    case 0xfaceb002:
    case 0xfaceb00e:
      return DRAFT_23;
  }
  if (version >= 0xff000016 && version <= 0xff000022) {
    const draft = version & 255;
    return draft >= 33 ? VERSION_1 : draft >= 29 ? DRAFT_29 : draft >= 23 ? DRAFT_23 : CLOSED;
  }
  return isGoogleVersion(version) ? CLOSED : undefined;
}

/** "Q0" or "T0" and two digits. */
export function isGoogleVersion(version: number): boolean {
  const tens = (version >>> 8) & 255;
  const ones = version & 255;
  return (version >>> 16 === 0x5130 || version >>> 16 === 0x5430) && tens >= 0x30 && tens <= 0x39 && ones >= 0x30 && ones <= 0x39;
}

/** `0x00000001`. */
export function quicVersionText(version: number): string {
  return `0x${version.toString(16).padStart(8, "0")}`;
}

/** Type of a packet by its first byte, as version 1 numbers it (RFC 9369 §3.2 turns the numbers by one). */
export function packetType(firstByte: number, { isV2 }: QuicVersion): number {
  const type = (firstByte >>> 4) & 3;
  return isV2 ? (type + 3) & 3 : type;
}
