import { defineLabel, standsAt } from "./label.ts";

/** PNG (ISO/IEC 15948 §5.2). */
export const imagePng = defineLabel({
  kind: "opening",
  label: "image-png",
  test: (bytes, start, end) => standsAt(bytes, start, end, "\x89PNG\r\n\x1a\n"),
});

/** JPEG: start of image, then a marker (ITU-T T.81 annex B). */
export const imageJpeg = defineLabel({
  kind: "opening",
  label: "image-jpeg",
  test: (bytes, start, end) => standsAt(bytes, start, end, "\xff\xd8\xff"),
});

/** JPEG 2000 (ISO/IEC 15444-1 annex I; a bare codestream, annex A). */
export const imageJpeg2000 = defineLabel({
  kind: "opening",
  label: "image-jpeg2000",
  test: (bytes, start, end) => standsAt(bytes, start, end, "\0\0\0\x0cjP  \r\n") || standsAt(bytes, start, end, "\xff\x4f\xff\x51"),
});

/** GIF (CompuServe, 1989, §17). */
export const imageGif = defineLabel({
  kind: "opening",
  label: "image-gif",
  test: (bytes, start, end) => standsAt(bytes, start, end, "GIF89a") || standsAt(bytes, start, end, "GIF87a"),
});

/** TIFF 6.0 §2, either byte order. */
export const imageTiff = defineLabel({
  kind: "opening",
  label: "image-tiff",
  test: (bytes, start, end) => standsAt(bytes, start, end, "II*\0") || standsAt(bytes, start, end, "MM\0*"),
});
