import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createNotifier } from "../../../src/lib/sd-notify.ts";

const folder = mkdtempSync(join(tmpdir(), "bordertap-notify-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A Unix datagram socket to receive on, as systemd has one. */
function listenOn(path: string): () => string {
  const koffi = createRequire(import.meta.url)("koffi");
  const libc = koffi.load("libc.so.6");
  const fd = libc.func("int socket(int, int, int)")(1, 2, 0);
  const name = Buffer.from(path.startsWith("@") ? `\0${path.slice(1)}` : `${path}\0`);
  const address = Buffer.concat([Buffer.from([1, 0]), name]);
  if (libc.func("int bind(int, void*, uint32_t)")(fd, address, address.length) !== 0) throw new Error("bind");
  const recv = libc.func("int64_t recv(int, _Out_ uint8_t*, size_t, int)");
  return () => {
    const bytes = Buffer.alloc(256);
    const length = Number(recv(fd, bytes, bytes.length, 0x40));
    return bytes.toString("utf8", 0, Math.max(0, length));
  };
}

describe.skipIf(process.platform !== "linux")("sd_notify", () => {
  it.each([join(folder, "notify.sock"), `@bordertap-test-${process.pid}`])("tells systemd on %s", (path) => {
    const receive = listenOn(path);
    const notifier = createNotifier({ NOTIFY_SOCKET: path, WATCHDOG_USEC: "30000000", WATCHDOG_PID: String(process.pid) });
    notifier.notify("READY=1\nSTATUS=watching");
    expect(receive()).toBe("READY=1\nSTATUS=watching");
    expect(notifier.watchdogMs).toBe(15_000);
  });

  it("does nothing without systemd, and leaves another process' watchdog alone", () => {
    expect(createNotifier({}).watchdogMs).toBeUndefined();
    createNotifier({}).notify("READY=1");
    expect(
      createNotifier({ NOTIFY_SOCKET: join(folder, "nobody"), WATCHDOG_USEC: "1000000", WATCHDOG_PID: "1" }).watchdogMs,
    ).toBeUndefined();
  });
});
