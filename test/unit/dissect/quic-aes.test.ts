import { createCipheriv } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { aesBlock, aesSchedule } from "../../../src/dissect/quic-aes.ts";

const hex = (text: string) => Buffer.from(text, "hex");
function encrypted(key: Uint8Array, block: Uint8Array): string {
  const out = new Uint8Array(16);
  aesBlock(aesSchedule(key), Buffer.concat([hex("ffff"), block]), 2, out);
  return Buffer.from(out).toString("hex");
}

test("the example of FIPS 197 appendix C.1", () => {
  const block = encrypted(hex("000102030405060708090a0b0c0d0e0f"), hex("00112233445566778899aabbccddeeff"));
  expect(block).toBe("69c4e0d86a7b0430d8cdb78070b4c55a");
});

test("any block is that of node:crypto", () => {
  const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(block, block, (key, bytes) => {
      expect(encrypted(key, bytes)).toBe(createCipheriv("aes-128-ecb", key, null).update(bytes).toString("hex"));
    }),
  );
});
