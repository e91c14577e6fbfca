/** What differs between versions on the way to the first keys and in the names of packet types. */
export interface QuicVersion {
  /** RFC 9001 §5.2, RFC 9369 §3.3.1 and the drafts before them. Undefined: its first packets are not sealed, or nobody published how. */
  readonly salt: Buffer | undefined;
  /** Word in front of the labels of keys: "quic " or "quicv2 ". */
  readonly isV2: boolean;
  /** Google's: frames as before the IETF's. */
  readonly isGoogle: boolean;
}

/** Types of long-header packets as version 1 numbers them (RFC 9000 §17.2). */
export const INITIAL = 0;
export const ZERO_RTT = 1;
export const HANDSHAKE = 2;
export const RETRY = 3;

const salted = (hex: string, more: Partial<QuicVersion> = {}): QuicVersion => ({
  salt: Buffer.from(hex, "hex"),
  isV2: false,
  isGoogle: false,
  ...more,
});

const VERSION_1 = salted("38762cf7f55934b34d179ae6a4c80cadccbb7f0a");
const VERSION_2 = salted("0dede3def700a6db819381be6e269dcbf9bd2ed9", { isV2: true });
const DRAFT_29 = salted("afbfec289993d24c9e9786f19c6111e04390a899");
const DRAFT_23 = salted("c3eef712c72ebb5a11a7d2432bb46365bef9f502");
const DRAFT_22 = salted("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a");
const Q050 = salted("504574efd066fe2f9d945cfcdbd3a7f0d3b56b45", { isGoogle: true });
const T050 = salted("7ff579e5acd072915580304c43a2367c60488310", { isGoogle: true });
const T051 = salted("7a4edef4e7ccee5fa4506c19124fc8ccda6e033d", { isGoogle: true });
/** Google's before it sealed first packets. */
const PLAIN: QuicVersion = { salt: undefined, isV2: false, isGoogle: true };

/** What is known of a version number; undefined for one nobody knows (those that only force a negotiation among them). */
export function quicVersion(version: number): QuicVersion | undefined {
  switch (version) {
    case 1:
      return VERSION_1;
    case 0x6b3343cf:
      return VERSION_2;
    // Facebook's numbers of drafts 22 and 27.
    case 0xfaceb001:
      return DRAFT_22;
    case 0xfaceb002:
    case 0xfaceb00e:
      return DRAFT_23;
    case 0x51303530:
      return Q050;
    case 0x54303530:
      return T050;
    case 0x54303531:
      return T051;
  }
  if (version >= 0xff000016 && version <= 0xff000022) {
    const draft = version & 255;
    return draft >= 33 ? VERSION_1 : draft >= 29 ? DRAFT_29 : draft >= 23 ? DRAFT_23 : DRAFT_22;
  }
  return isGoogleVersion(version) ? PLAIN : undefined;
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
