const EMPTY = Buffer.alloc(0);

/** One export message, who sent it, and when it came. One object serves all: never keep it, nor `bytes`. */
export class ExportMessage {
  bytes: Buffer = EMPTY;
  view: DataView = new DataView(EMPTY.buffer, EMPTY.byteOffset, 0);
  /** The message is bytes[start, end). */
  start = 0;
  end = 0;
  /** Address of the exporter, as text; "" when nobody knows. */
  observer = "";
  /** Time of arrival, microseconds; NaN when nobody knows. */
  arrivalMicros = Number.NaN;

  /** Points it at other bytes. */
  use(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.start = start;
    this.end = end;
  }
}
