/** Builders of DICOM data sets (PS3.5 §7.1), little endian. */

export type Element = readonly [tag: number, representation: string, value: string | Buffer | readonly Buffer[]];

const u16 = (n: number) => Buffer.from([n & 255, n >>> 8]);
const u32 = (n: number) => Buffer.concat([u16(n & 0xffff), u16(n >>> 16)]);
const UNDEFINED = 0xffffffff;
const tagOf = (tag: number) => Buffer.concat([u16(tag >>> 16), u16(tag & 0xffff)]);

/** A value filled up to an even length: UIDs by a zero, texts by a space (PS3.5 §6.2). */
function even(value: string | Buffer, representation: string): Buffer {
  const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(representation === "UI" ? "\0" : " ")]);
}

/** Elements one after the other. A list of Buffers is a sequence of such items; `isOpen`: its lengths are undefined (§7.5). */
export function dataSet(isExplicit: boolean, elements: readonly Element[], isOpen = true): Buffer {
  return Buffer.concat(
    elements.map(([tag, representation, value]) => {
      const isSequence = typeof value !== "string" && !Buffer.isBuffer(value);
      const bytes = isSequence ? items(value, isOpen) : even(value, representation);
      const length = isSequence && isOpen ? UNDEFINED : bytes.length;
      if (!isExplicit) return Buffer.concat([tagOf(tag), u32(length), bytes]);
      const isLong = ["SQ", "OB", "UN", "UT"].includes(representation);
      const size = isLong ? Buffer.concat([u16(0), u32(length)]) : u16(length);
      return Buffer.concat([tagOf(tag), Buffer.from(representation), size, bytes]);
    }),
  );
}

function items(list: readonly Buffer[], isOpen: boolean): Buffer {
  const whole = list.map((item) =>
    isOpen
      ? Buffer.concat([tagOf(0xfffee000), u32(UNDEFINED), item, tagOf(0xfffee00d), u32(0)])
      : Buffer.concat([tagOf(0xfffee000), u32(item.length), item]),
  );
  return Buffer.concat(isOpen ? [...whole, tagOf(0xfffee0dd), u32(0)] : whole);
}

/** Accession number, patient and study of an image, with what stands around them. */
export function imageHead(
  { accession, patient, study }: { accession: string; patient: string; study: string },
  isExplicit = true,
  isOpen = true,
): Buffer {
  const other = dataSet(isExplicit, [
    [0x0010_0020, "LO", "OTHER-ID"],
    [0x0020_000d, "UI", "1.2.3.999"],
  ]);
  return dataSet(
    isExplicit,
    [
      [0x0008_0018, "UI", "1.2.840.1.7"],
      [0x0008_0050, "SH", accession],
      [0x0008_1115, "SQ", [other, other]],
      [0x0009_0010, "OB", Buffer.alloc(300, 7)],
      [0x0010_0010, "PN", "DOE^JANE"],
      [0x0010_0020, "LO", patient],
      [0x0010_1002, "SQ", [other]],
      [0x0018_0015, "CS", "CHEST"],
      [0x0020_000d, "UI", study],
      [0x0020_000e, "UI", "1.2.3.4.5"],
      [0x0028_0010, "US", Buffer.from([0, 2])],
    ],
    isOpen,
  );
}
