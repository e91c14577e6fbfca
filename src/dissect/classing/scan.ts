import type { ContentFacts } from "../../model/facts.ts";
import type { Classes } from "./classes.ts";
import { type ElementsState, newElementsState } from "./elements.ts";
import { OPENING_BYTES, standsAt } from "./label.ts";
import { MimeReader, type PartSink } from "./mime.ts";
import { type NumbersState, newNumbersState, type TakeNumber } from "./numbers.ts";
import { Tally } from "./tally.ts";
import type { WordHit } from "./words.ts";

/**
 * How content is put together: running text or a file as it stands; a piece from the middle of one; a letter with its header; a
 * multipart body; a DICOM data set.
 */
export type ContentForm = "plain" | "piece" | "letter" | "multipart" | "dicom";

/** A DICOM file has 128 bytes of anything before its mark (PS3.10 §7.1). */
const DICOM_FILE_BYTES = 132;
/** Bytes among the first of a part, by which text is told from the rest. */
const LOOKED_AT = 64;

/** Content of one direction of a flow. */
class SideScan implements PartSink {
  private readonly classes: Classes;
  private readonly tally: Tally;
  private readonly side: 0 | 1;
  private mime: MimeReader | undefined = undefined;
  /** The beginning of a part, until there is enough of it to tell what it is. */
  private readonly head = Buffer.alloc(DICOM_FILE_BYTES);
  private headBytes = 0;
  private isHeadRead = false;
  private word = 0;
  private readonly numbers: NumbersState = newNumbersState();
  private elements: ElementsState | undefined = undefined;
  /** A part that does not begin where its file does: nothing can be told by how it begins. */
  private isPiece = false;
  /** Nothing in the rest of the part is worth a look. */
  isOpaque = false;

  constructor(classes: Classes, tally: Tally, side: 0 | 1) {
    this.classes = classes;
    this.tally = tally;
    this.side = side;
  }

  begin(form: ContentForm, boundary: string | undefined): void {
    this.end();
    if (form === "letter") this.mime = new MimeReader(this);
    else if (form === "multipart") this.mime = new MimeReader(this, boundary);
    else {
      this.beginPart();
      this.isPiece = form === "piece";
      if (form === "dicom") this.beginElements();
    }
  }

  read(bytes: Buffer, start: number, end: number): void {
    if (this.mime) this.mime.read(bytes, start, end);
    else this.readPart(bytes, start, end);
  }

  end(): void {
    if (this.mime) this.mime.end();
    else this.endPart();
    this.mime = undefined;
  }

  /** False: the rest may be passed over. */
  get isOpen(): boolean {
    return this.mime !== undefined || !this.isOpaque;
  }

  beginPart(): void {
    this.headBytes = 0;
    this.isHeadRead = false;
    this.isOpaque = false;
    this.isPiece = false;
    this.elements = undefined;
    // A part begins as a line does.
    this.word = 0;
  }

  readPart(bytes: Buffer, start: number, end: number): void {
    if (this.isOpaque || start >= end) return;
    if (this.isHeadRead) {
      this.look(bytes, start, end);
      return;
    }
    // Usually the first piece is long enough, and nothing is copied.
    if (this.headBytes === 0 && end - start >= DICOM_FILE_BYTES) {
      this.readHead(bytes, start, end);
      return;
    }
    const taken = Math.min(end - start, DICOM_FILE_BYTES - this.headBytes);
    bytes.copy(this.head, this.headBytes, start, start + taken);
    this.headBytes += taken;
    if (this.headBytes < DICOM_FILE_BYTES) return;
    this.readHead(this.head, 0, DICOM_FILE_BYTES);
    if (!this.isOpaque) this.look(bytes, start + taken, end);
  }

  endPart(): void {
    if (!this.isHeadRead && this.headBytes > 0 && !this.isOpaque) this.readHead(this.head, 0, this.headBytes);
    this.classes.numbers.end(this.numbers, this.takeNumber);
    this.head.fill(0);
    this.headBytes = 0;
    this.isOpaque = true;
  }

  /** The first piece of a part: what it is, and then what is in it. */
  private readHead(bytes: Buffer, start: number, end: number): void {
    this.isHeadRead = true;
    if (this.elements === undefined) {
      if (!this.isPiece)
        for (const { label, test } of this.classes.openings) {
          if (!test(bytes, start, Math.min(end, start + OPENING_BYTES))) continue;
          this.tally.count(label, this.side);
          this.isOpaque = true;
          return;
        }
      if (!this.isPiece && end - start >= DICOM_FILE_BYTES && standsAt(bytes, start + DICOM_FILE_BYTES - 4, end, "DICM")) {
        this.beginElements();
        this.look(bytes, start + DICOM_FILE_BYTES, end);
        return;
      }
      if (!isText(bytes, start, end)) {
        this.isOpaque = true;
        return;
      }
    }
    this.look(bytes, start, end);
  }

  private beginElements(): void {
    this.elements = newElementsState();
    this.isHeadRead = true;
  }

  private look(bytes: Buffer, start: number, end: number): void {
    const { classes, elements } = this;
    if (elements) {
      classes.elements.read(bytes, start, end, elements, this.takeElement);
      if (elements.isOver) this.isOpaque = true;
    } else this.word = classes.words.read(bytes, start, end, this.word, this.takeWord);
    classes.numbers.read(bytes, start, end, this.numbers, this.takeNumber);
  }

  private readonly takeWord = ({ index, isBeside }: WordHit): void => this.tally.countWord(index, isBeside, this.side);
  private readonly takeElement = (index: number): void => this.tally.count(this.classes.elementLabels[index].label, this.side);
  private readonly takeNumber: TakeNumber = (index, characters, isRight) => this.tally.countNumber(index, characters, isRight, this.side);
}

/** Text has few control characters among its first bytes, and no zeros. */
function isText(bytes: Buffer, start: number, end: number): boolean {
  const stop = Math.min(end, start + LOOKED_AT);
  let controls = 0;
  for (let at = start; at < stop; at += 1) {
    const byte = bytes[at];
    if (byte === 0) return false;
    if (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09 && byte !== 0x0b && byte !== 0x1c) controls += 1;
  }
  return controls * 16 <= stop - start;
}

/** What a scan keeps in memory: itself with what it has found, and each direction that it looks at, about. */
const SCAN_BYTES = 1024;
const SIDE_BYTES = 2048;

/** What is looked at of one flow's content, within a budget for each side: who answers much leaves room for what is asked. */
export class ContentScan {
  private readonly classes: Classes;
  private readonly tally: Tally;
  private readonly sides: [SideScan | undefined, SideScan | undefined] = [undefined, undefined];
  /** Content that has begun, and nothing of it has come yet. */
  private readonly begun: [Begun | undefined, Begun | undefined] = [undefined, undefined];
  private bytesLeft: [number, number];
  private hasToldEnd = false;
  /** Bytes kept in memory, about. */
  keptBytes = SCAN_BYTES;

  constructor(classes: Classes) {
    this.classes = classes;
    this.tally = new Tally(classes);
    this.bytesLeft = [classes.bytesPerSide, classes.bytesPerSide];
  }

  /** Whether more would be looked at on this side. */
  isOpen(side: 0 | 1): boolean {
    return this.bytesLeft[side] > 0 && (this.begun[side] !== undefined || (this.sides[side]?.isOpen ?? false));
  }

  hasBudget(side: 0 | 1): boolean {
    return this.bytesLeft[side] > 0;
  }

  /** True once: a side's budget is used up. */
  takeEnd(): boolean {
    if (this.hasToldEnd || (this.bytesLeft[0] > 0 && this.bytesLeft[1] > 0)) return false;
    this.hasToldEnd = true;
    return true;
  }

  begin(side: 0 | 1, form: ContentForm, boundary: string | undefined): void {
    if (this.bytesLeft[side] <= 0) return;
    this.sides[side]?.end();
    this.begun[side] = { form, boundary };
  }

  /** True when there is something new to tell. */
  read(side: 0 | 1, bytes: Buffer, start: number, end: number): boolean {
    const stop = this.spend(side, start, end);
    const begun = this.begun[side];
    if (begun !== undefined) {
      this.begun[side] = undefined;
      if (this.sides[side] === undefined) this.keptBytes += SIDE_BYTES;
      this.sides[side] ??= new SideScan(this.classes, this.tally, side);
      this.sides[side].begin(begun.form, begun.boundary);
    }
    this.sides[side]?.read(bytes, start, stop);
    return this.tally.isNew;
  }

  /** Nothing was found so far: as if it were new. */
  refill(): void {
    const { bytesPerSide } = this.classes;
    this.bytesLeft = [bytesPerSide, bytesPerSide];
    this.tally.forgetBesides();
  }

  /** Looks for numbers in text that is whole, whatever content is under way. True when there is something new to tell. */
  readAside(side: 0 | 1, bytes: Buffer, start: number, end: number): boolean {
    const { numbers } = this.classes;
    const state = newNumbersState();
    const take: TakeNumber = (index, characters, isRight) => this.tally.countNumber(index, characters, isRight, side);
    numbers.read(bytes, start, this.spend(side, start, end), state, take);
    numbers.end(state, take);
    return this.tally.isNew;
  }

  end(side: 0 | 1): boolean {
    this.begun[side] = undefined;
    this.sides[side]?.end();
    return this.tally.isNew;
  }

  content(responder: 0 | 1): ContentFacts[] {
    this.tally.isNew = false;
    return this.tally.content(responder);
  }

  /** Where what may still be looked at of bytes[start, end) ends. */
  private spend(side: 0 | 1, start: number, end: number): number {
    const stop = Math.min(end, start + this.bytesLeft[side]);
    this.bytesLeft[side] -= stop - start;
    return stop;
  }
}

interface Begun {
  readonly form: ContentForm;
  readonly boundary: string | undefined;
}
