import { getSystemErrorName } from "node:util";

/** The calls of the C library that a packet socket takes. All return -1 on failure and leave the reason in `errno`. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  setsockopt(fd: number, level: number, name: number, value: Buffer, bytes: number): number;
  getsockopt(fd: number, level: number, name: number, value: Buffer, bytes: Buffer): number;
  bind(fd: number, address: Buffer, bytes: number): number;
  getsockname(fd: number, address: Buffer, bytes: Buffer): number;
  ioctl(fd: number, request: number, argument: Buffer): number;
  close(fd: number): number;
  /** Maps `bytes` of a descriptor, shared, for reading and writing. Undefined on failure. */
  map(fd: number, bytes: number): { address: bigint; memory: ArrayBuffer } | undefined;
  unmap(address: bigint, bytes: number): void;
  /** poll(2) on a thread of its own. The buffer must stay alive and untouched until it is done. */
  poll(descriptors: Buffer, count: number, timeoutMs: number): Promise<number>;
  /** Where a buffer lies in memory, for structures that hold pointers. */
  addressOf(buffer: Buffer): bigint;
  /** Name of the last call's error ("EPERM"); read it before anything else. */
  errorName(): string;
}

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

/** Loads the C library of this process: glibc or musl. Little-endian 64-bit Linux. */
export async function loadLibc(): Promise<Libc> {
  const { default: koffi } = await import("koffi");
  const library = koffi.load(null);
  const mmap = library.func("void *mmap(void *, size_t, int, int, int, int64_t)");
  const munmap = library.func("int munmap(void *, size_t)");
  const poll = library.func("int poll(void *, uint64_t, int)");
  return {
    socket: library.func("int socket(int, int, int)"),
    setsockopt: library.func("int setsockopt(int, int, int, void *, uint32_t)"),
    getsockopt: library.func("int getsockopt(int, int, int, void *, void *)"),
    bind: library.func("int bind(int, void *, uint32_t)"),
    getsockname: library.func("int getsockname(int, void *, void *)"),
    // Variadic in C; the same call on the 64-bit Linux ABIs.
    ioctl: library.func("int ioctl(int, uint64_t, void *)"),
    close: library.func("int close(int)"),
    map(fd, bytes) {
      const address: bigint = mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0);
      if (BigInt.asIntN(64, address) === -1n) return undefined;
      return { address, memory: koffi.view(address, bytes) };
    },
    unmap(address, bytes) {
      munmap(address, bytes);
    },
    poll: (descriptors, count, timeoutMs) =>
      new Promise((resolve, reject) => {
        poll.async(descriptors, count, timeoutMs, (error: Error | null, result: number) => (error ? reject(error) : resolve(result)));
      }),
    addressOf: (buffer) => koffi.address(buffer),
    errorName: () => getSystemErrorName(-koffi.errno()),
  };
}
