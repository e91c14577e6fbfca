import { expect, test } from "vitest";
import { parseHostPort } from "../../../src/lib/host-port.ts";
import { isOpenToTampering, withoutSecrets } from "../../../src/lib/source-url.ts";

test.each([
  ["http://example.org/list", true],
  ["HTTP://example.org/list", true],
  ["http://127.0.0.1.example.org/list", true],
  ["http://10.0.0.1/list", true],
  ["https://example.org/list", false],
  ["http://127.0.0.1:8080/list", false],
  ["http://[::1]/list", false],
  ["http://localhost/list", false],
  ["lists/fastly.json", false],
])("%s can be changed on the way: %s", (text, expected) => expect(isOpenToTampering(text)).toBe(expected));

test("keys are not shown", () => {
  expect(withoutSecrets("https://me:key@example.org/a/b?license_key=x#y")).toBe("https://example.org/a/b");
});

test.each([
  ["unseen.example:443", { host: "unseen.example", port: 443 }],
  ["[2001:db8::1]:8443", { host: "2001:db8::1", port: 8443 }],
  ["a.example", { host: "a.example", port: undefined }],
  ["a.example:70000", undefined],
  ["2001:db8::1:443", undefined],
  ["", undefined],
])("%s is %j", (text, expected) => expect(parseHostPort(text)).toEqual(expected));
