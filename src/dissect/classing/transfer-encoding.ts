/** Takes decoded bytes; they are valid within the call. */
interface DecodedSink {
  readPart(bytes: Buffer, start: number, end: number): void;
}

const CHUNK_BYTES = 3072;
/** One for all: decoded bytes are read at once, and nothing of them is kept here. */
const decoded = Buffer.allocUnsafeSlow(CHUNK_BYTES);

const NONE = 255;
const VALUES = new Uint8Array(256).fill(NONE);
for (const [value, letter] of [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].entries())
  VALUES[letter.charCodeAt(0)] = value;

/** RFC 2045 §6.8: bytes that are no part of the alphabet are passed over. */
export class Base64 {
  private bits = 0;
  private count = 0;

  begin(): void {
    this.bits = 0;
    this.count = 0;
  }

  read(bytes: Buffer, start: number, end: number, sink: DecodedSink): void {
    let length = 0;
    for (let at = start; at < end; at += 1) {
      const value = VALUES[bytes[at]];
      if (value === NONE) continue;
      this.bits = ((this.bits << 6) | value) & 0xffff;
      this.count += 6;
      if (this.count < 8) continue;
      this.count -= 8;
      decoded[length++] = (this.bits >>> this.count) & 0xff;
      if (length < CHUNK_BYTES) continue;
      sink.readPart(decoded, 0, length);
      length = 0;
    }
    if (length > 0) sink.readPart(decoded, 0, length);
    decoded.fill(0, 0, length);
  }
}

const EQUALS = 0x3d;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** RFC 2045 §6.7. */
export class QuotedPrintable {
  /** 0: as it stands; 1: after an equals sign; 2: after its first digit. */
  private place = 0;
  private high = 0;

  begin(): void {
    this.place = 0;
  }

  read(bytes: Buffer, start: number, end: number, sink: DecodedSink): void {
    let length = 0;
    for (let at = start; at < end; at += 1) {
      const byte = bytes[at];
      let value = -1;
      if (this.place === 0) {
        if (byte === EQUALS) this.place = 1;
        else value = byte;
      } else if (this.place === 1) {
        // A soft line break is the equals sign and the line's end.
        if (byte === LINE_FEED) this.place = 0;
        else if (byte !== CARRIAGE_RETURN) {
          this.high = hexDigit(byte);
          this.place = 2;
        }
      } else {
        value = ((this.high << 4) | hexDigit(byte)) & 0xff;
        this.place = 0;
      }
      if (value < 0) continue;
      decoded[length++] = value;
      if (length < CHUNK_BYTES) continue;
      sink.readPart(decoded, 0, length);
      length = 0;
    }
    if (length > 0) sink.readPart(decoded, 0, length);
    decoded.fill(0, 0, length);
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 0;
}
