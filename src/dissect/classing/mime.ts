import { lineFeed } from "../ascii.ts";
import { Base64, QuotedPrintable } from "./transfer-encoding.ts";

/** Boundaries of parts inside parts that are known at once. */
const MAX_BOUNDARIES = 8;
const LONGEST_BOUNDARY = 70;
/** Of a header line, or of one that may be a boundary. */
const KEPT = 256;
const DASH = 0x2d;

/** Takes parts as they are found. */
export interface PartSink {
  beginPart(): void;
  readPart(bytes: Buffer, start: number, end: number): void;
  endPart(): void;
}

type Encoding = "plain" | "base64" | "quoted-printable";

/**
 * Takes the parts out of a letter (RFC 5322, RFC 2045) or a multipart body (RFC 2046 §5.1, RFC 7578), and their transfer encoding
 * off. Of header fields only the two that matter are looked at, and one line is kept at most.
 */
export class MimeReader {
  private readonly sink: PartSink;
  private readonly kept = Buffer.allocUnsafeSlow(KEPT);
  private length = 0;
  private boundaries: string[] = [];
  private isHeader = true;
  /** The header field that a folded line goes on with. */
  private field: "type" | "encoding" | "other" = "other";
  private encoding: Encoding = "plain";
  private isInPart = false;
  /** At the beginning of a line of a body. */
  private isLineStart = true;
  private readonly base64 = new Base64();
  private readonly quoted = new QuotedPrintable();

  /** `boundary`: of a multipart body, whose own header was elsewhere; left out for a letter, which begins with its header. */
  constructor(sink: PartSink, boundary?: string) {
    this.sink = sink;
    if (boundary === undefined) return;
    this.boundaries.push(boundary);
    this.isHeader = false;
  }

  read(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; ) {
      const feed = lineFeed(bytes, at, end);
      const isWhole = feed >= 0;
      const stop = isWhole ? feed + 1 : end;
      if (this.isHeader || (this.isLineStart && this.couldBeBoundary(bytes, at, stop, isWhole))) this.keep(bytes, at, stop, isWhole);
      else this.readBody(bytes, at, stop, isWhole);
      at = stop;
    }
  }

  end(): void {
    if (this.length > 0 && !this.isHeader && !this.takeBoundary(this.kept.toString("latin1", 0, this.length).trimEnd()))
      this.readBody(this.kept, 0, this.length, true);
    this.length = 0;
    this.kept.fill(0);
    this.endPart();
  }

  private couldBeBoundary(bytes: Buffer, at: number, stop: number, isWhole: boolean): boolean {
    if (this.boundaries.length === 0) return false;
    if (this.length > 0) return true;
    if (bytes[at] !== DASH) return false;
    return stop - at === 1 ? !isWhole : bytes[at + 1] === DASH;
  }

  private keep(bytes: Buffer, start: number, stop: number, isWhole: boolean): void {
    const taken = Math.min(stop - start, KEPT - this.length);
    bytes.copy(this.kept, this.length, start, start + taken);
    this.length += taken;
    if (!isWhole && (this.isHeader || this.length < KEPT)) return;
    const { length } = this;
    this.length = 0;
    const line = isWhole ? this.kept.toString("latin1", 0, length).trimEnd() : "";
    if (this.isHeader) this.takeHeader(line);
    else if (!isWhole || !this.takeBoundary(line)) {
      this.readBody(this.kept, 0, length, isWhole);
      if (start + taken < stop) this.readBody(bytes, start + taken, stop, isWhole);
    }
  }

  private takeHeader(line: string): void {
    if (line === "") {
      this.isHeader = false;
      this.isLineStart = true;
      this.isInPart = true;
      this.sink.beginPart();
      return;
    }
    const isFolded = line[0] === " " || line[0] === "\t";
    if (!isFolded) this.field = /^content-type:/i.test(line) ? "type" : /^content-transfer-encoding:/i.test(line) ? "encoding" : "other";
    if (this.field === "type") {
      const boundary = boundaryOf(line);
      if (boundary === undefined) return;
      if (this.boundaries.length >= MAX_BOUNDARIES) this.boundaries.shift();
      this.boundaries.push(boundary);
    } else if (this.field === "encoding") {
      this.encoding = /\bbase64\b/i.test(line) ? "base64" : /\bquoted-printable\b/i.test(line) ? "quoted-printable" : "plain";
    }
  }

  /** True when the line ends a part. */
  private takeBoundary(line: string): boolean {
    for (let n = this.boundaries.length - 1; n >= 0; n -= 1) {
      const boundary = `--${this.boundaries[n]}`;
      if (line !== boundary && line !== `${boundary}--`) continue;
      this.endPart();
      const isLast = line !== boundary;
      this.boundaries.length = isLast ? n : n + 1;
      this.isHeader = !isLast;
      this.field = "other";
      return true;
    }
    return false;
  }

  private readBody(bytes: Buffer, start: number, stop: number, isWhole: boolean): void {
    this.isLineStart = isWhole;
    if (!this.isInPart) return;
    if (this.encoding === "plain") this.sink.readPart(bytes, start, stop);
    else (this.encoding === "base64" ? this.base64 : this.quoted).read(bytes, start, stop, this.sink);
  }

  private endPart(): void {
    if (this.isInPart) this.sink.endPart();
    this.isInPart = false;
    this.encoding = "plain";
    this.base64.begin();
    this.quoted.begin();
    this.isLineStart = true;
  }
}

/** The boundary parameter of a Content-Type field (RFC 2046 §5.1.1); undefined when there is none that may be one. */
export function boundaryOf(field: string): string | undefined {
  const found = /\bboundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(field);
  const boundary = found?.[1] ?? found?.[2];
  return boundary !== undefined && boundary.length <= LONGEST_BOUNDARY ? boundary : undefined;
}
