import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hmacSha256, prepareHmacKey } from "../../../src/lib/sha256.ts";

test("HMAC-SHA-256 of short messages is that of node:crypto", () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
  fc.assert(
    fc.property(bytes(64), bytes(55), (key, message) => {
      const prepared = new Int32Array(16);
      const out = new Uint8Array(32);
      prepareHmacKey(key, prepared);
      hmacSha256(prepared, message, out);
      expect(Buffer.from(out).toString("hex")).toBe(createHmac("sha256", key).update(message).digest("hex"));
    }),
  );
});

test("what is longer than a block is wrong use", () => {
  const prepared = new Int32Array(16);
  expect(() => prepareHmacKey(new Uint8Array(65), prepared)).toThrow("65 bytes");
  expect(() => hmacSha256(prepared, new Uint8Array(56), new Uint8Array(32))).toThrow("56 bytes");
});
