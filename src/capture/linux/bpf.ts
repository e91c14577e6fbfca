import { AppError } from "../../lib/errors.ts";

const LIBRARIES = ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"];
const INSTRUCTION_BYTES = 8;
const ANY_NETMASK = 0xffffffff;
const ALL_BYTES = 262_144;

const RETURN_CONSTANT = 0x06;

/** A program of one instruction that keeps `bytes` of each packet; 0 keeps none. */
export function keepBytes(bytes: number): Buffer {
  const out = Buffer.alloc(INSTRUCTION_BYTES);
  out.writeUInt16LE(RETURN_CONSTANT, 0);
  out.writeUInt32LE(bytes, 4);
  return out;
}

/**
 * Compiles a filter expression (pcap-filter(7)) for an interface: an array of struct sock_filter. The interface is
 * opened for a moment, because the kernel takes VLAN tags out of frames and only then does libpcap look for them in the
 * right place. Throws AppError `capture_filter` with libpcap's own words.
 */
export async function compileFilter(expression: string, interfaceName: string, linkType: number, snapBytes = ALL_BYTES): Promise<Buffer> {
  const { default: koffi } = await import("koffi");
  const library = LIBRARIES.map((name) => {
    try {
      return koffi.load(name);
    } catch {
      return undefined;
    }
  }).find((each) => each !== undefined);
  if (!library)
    throw new AppError(
      "capture_filter",
      "a capture filter needs the library libpcap: install it (apt-get install libpcap0.8), or leave the filter out",
      {
        exitCode: 2,
      },
    );
  const create = library.func("void *pcap_create(const char *, void *)");
  const setSnap = library.func("int pcap_set_snaplen(void *, int)");
  const activate = library.func("int pcap_activate(void *)");
  const dataLink = library.func("int pcap_datalink(void *)");
  const openDead = library.func("void *pcap_open_dead(int, int)");
  const compile = library.func("int pcap_compile(void *, void *, const char *, int, uint32_t)");
  const errorText = library.func("const char *pcap_geterr(void *)");
  const freeCode = library.func("void pcap_freecode(void *)");
  const close = library.func("void pcap_close(void *)");

  let handle = create(interfaceName, Buffer.alloc(256));
  setSnap(handle, snapBytes);
  if (activate(handle) < 0 || dataLink(handle) !== linkType) {
    close(handle);
    handle = openDead(linkType, snapBytes);
  }
  try {
    // struct bpf_program: a count and a pointer.
    const program = Buffer.alloc(16);
    if (compile(handle, program, expression, 1, ANY_NETMASK) < 0)
      throw new AppError("capture_filter", `the capture filter ${JSON.stringify(expression)} is wrong: ${errorText(handle)}`, {
        exitCode: 2,
      });
    const instructions = program.readUInt32LE(0);
    const code = Buffer.from(Buffer.from(koffi.view(program.readBigUInt64LE(8), instructions * INSTRUCTION_BYTES)));
    freeCode(program);
    return code;
  } finally {
    close(handle);
  }
}
