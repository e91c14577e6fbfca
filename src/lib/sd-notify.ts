import { createRequire } from "node:module";

/**
 * Tells systemd how the service is (sd_notify(3)): "READY=1", "STOPPING=1", "RELOADING=1", "WATCHDOG=1", "STATUS=…".
 * Node has no Unix datagram sockets, so libc is called through koffi. Without NOTIFY_SOCKET nothing happens.
 */
export interface Notifier {
  notify(state: string): void;
  /** Half of the watchdog interval in ms, or undefined when systemd does not watch this process. */
  readonly watchdogMs: number | undefined;
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;

export function createNotifier(env: NodeJS.ProcessEnv, pid = process.pid): Notifier {
  const path = env.NOTIFY_SOCKET;
  if (!path) return { notify() {}, watchdogMs: undefined };
  const send = openSocket(path);
  const isForUs = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === pid;
  const watchdogMs = env.WATCHDOG_USEC && isForUs ? Math.floor(Number(env.WATCHDOG_USEC) / 2000) : undefined;
  return { notify: send, watchdogMs };
}

interface LibC {
  socket(domain: number, type: number, protocol: number): number;
  sendto(fd: number, bytes: Buffer, length: number, flags: number, address: Buffer, addressLength: number): number;
}

function openSocket(path: string): (state: string) => void {
  const koffi = createRequire(import.meta.url)("koffi") as {
    load(name: string): { func(signature: string): (...args: unknown[]) => number };
  };
  const library = koffi.load("libc.so.6");
  const libc: LibC = {
    socket: library.func("int socket(int, int, int)"),
    sendto: library.func("int64_t sendto(int, void*, size_t, int, void*, uint32_t)"),
  };
  // struct sockaddr_un; a leading "@" stands for the abstract namespace (a zero byte).
  const name = Buffer.from(path.startsWith("@") ? `\0${path.slice(1)}` : `${path}\0`);
  const address = Buffer.alloc(2 + name.length);
  address.writeUInt16LE(AF_UNIX, 0);
  name.copy(address, 2);
  const fd = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return (state) => {
    const bytes = Buffer.from(state);
    if (fd >= 0) libc.sendto(fd, bytes, bytes.length, 0, address, address.length);
  };
}
