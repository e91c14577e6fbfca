import { AppError } from "../../lib/errors.ts";
import type { Fanout } from "../source.ts";
import { keepBytes } from "./bpf.ts";
import { interfaceCounts } from "./interfaces.ts";
import type { Libc } from "./libc.ts";
import { RING_BLOCK_BYTES, RING_FRAME_BYTES, Ring } from "./ring.ts";

const AF_PACKET = 17;
const SOCK_RAW_CLOEXEC = 3 | 0o2000000;
const ETH_P_ALL = 3;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SO_ATTACH_FILTER = 26;
const SO_DETACH_FILTER = 27;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_RX_RING = 5;
const PACKET_STATISTICS = 6;
const PACKET_VERSION = 10;
const PACKET_FANOUT = 18;
const PACKET_IGNORE_OUTGOING = 23;
const PACKET_MR_PROMISC = 1;
const TPACKET_V3 = 2;
const FANOUT_HASH = 0;
const FANOUT_FLAG_ROLLOVER = 0x1000;
const SIOCGIFFLAGS = 0x8913;
const SIOCGIFINDEX = 0x8933;
const IFF_UP = 1;
const POLLIN = 1;
const SOCKADDR_LL_BYTES = 20;

/** The kernel hands over a block at the latest after this time, full or not. */
const RETIRE_MS = 8;
/** While packets come, they are let gather for this long instead of being waited for: a wake-up costs as much as 200 packets. */
const GATHER_MS = 4;

const ARPHRD_LOOPBACK = 772;
const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;

/** Link types by the kernel's hardware types (linux/if_arp.h): what SOCK_RAW delivers on such an interface. */
const LINK_OF_HARDWARE: Readonly<Record<number, number>> = {
  1: LINKTYPE_ETHERNET,
  [ARPHRD_LOOPBACK]: LINKTYPE_ETHERNET,
  519: LINKTYPE_RAW, // RAWIP: cellular modems
  768: LINKTYPE_RAW, // IP in IP
  769: LINKTYPE_RAW, // IPv6 in IPv6
  776: LINKTYPE_RAW, // IPv6 in IPv4
  65534: LINKTYPE_RAW, // none: tun, WireGuard
  801: 105, // 802.11
  803: 127, // 802.11 with radiotap
};

export interface SocketOptions {
  interfaceName: string;
  ringMegabytes: number;
  fanout: Fanout | undefined;
  /** Makes the filter once the link type is known; undefined takes every packet whole. */
  filterFor: ((linkType: number) => Promise<Buffer>) | undefined;
}

/** One AF_PACKET socket with its ring (packet(7)), bound to one interface. */
export class PacketSocket {
  readonly ring: Ring;
  readonly linkType: number;
  readonly isLoopback: boolean;
  private readonly libc: Libc;
  private readonly fd: number;
  private readonly interfaceName: string;
  private readonly interfaceIndex: number;
  private readonly mapping: { address: bigint; bytes: number };
  private readonly pollSet = Buffer.alloc(8);
  private readonly statistics = Buffer.alloc(12);
  /** What the ring had given out when it was last waited for. */
  private packetsBefore = 0;
  private isPolling = false;
  private isClosed = false;

  /** Throws AppError `capture_permission`, `capture_interface`, `capture_filter` or `capture_unsupported`. */
  static async open(libc: Libc, options: SocketOptions): Promise<PacketSocket> {
    const fd = libc.socket(AF_PACKET, SOCK_RAW_CLOEXEC, 0);
    if (fd < 0) throw socketError(libc.errorName(), options.interfaceName);
    try {
      return new PacketSocket(libc, fd, options, await setUp(libc, fd, options));
    } catch (error) {
      libc.close(fd);
      throw error;
    }
  }

  private constructor(libc: Libc, fd: number, options: SocketOptions, facts: SetUp) {
    this.libc = libc;
    this.fd = fd;
    this.interfaceName = options.interfaceName;
    this.interfaceIndex = facts.interfaceIndex;
    this.linkType = facts.linkType;
    this.isLoopback = facts.isLoopback;
    const bytes = options.ringMegabytes * 1024 * 1024;
    const mapped = libc.map(fd, bytes);
    if (!mapped) throw failed(`map a ring of ${options.ringMegabytes} MB`, libc.errorName());
    this.mapping = { address: mapped.address, bytes };
    this.ring = new Ring(mapped.memory);
    this.pollSet.writeInt32LE(fd, 0);
    this.pollSet.writeInt16LE(POLLIN, 4);
  }

  /** Packets dropped for want of room since the last call. */
  takeDrops(): number {
    const length = Buffer.from([12, 0, 0, 0]);
    if (this.libc.getsockopt(this.fd, SOL_PACKET, PACKET_STATISTICS, this.statistics, length) < 0) return 0;
    return this.statistics.readUInt32LE(4);
  }

  /** Waits for packets, at most `maxMs`; on a thread of its own, so that the event loop is free. */
  async wait(maxMs: number): Promise<void> {
    if (this.ring.packets !== this.packetsBefore) {
      this.packetsBefore = this.ring.packets;
      await new Promise((resolve) => setTimeout(resolve, Math.min(maxMs, GATHER_MS)));
      return;
    }
    this.isPolling = true;
    try {
      await this.libc.poll(this.pollSet, 1, maxMs);
      const raised = this.pollSet.readInt16LE(6);
      // An error left in place would end every later wait at once.
      if ((raised & ~POLLIN) !== 0 && !this.isClosed)
        this.libc.getsockopt(this.fd, SOL_SOCKET, SO_ERROR, Buffer.alloc(4), Buffer.from([4, 0, 0, 0]));
    } finally {
      this.isPolling = false;
      if (this.isClosed) this.libc.close(this.fd);
    }
  }

  /** "gone": there is no such interface any more, or another one has its name. */
  interfaceState(): "up" | "down" | "gone" {
    const index = interfaceRequest(this.libc, this.fd, SIOCGIFINDEX, this.interfaceName);
    if (!index || index.readInt32LE(16) !== this.interfaceIndex) return "gone";
    const flags = interfaceRequest(this.libc, this.fd, SIOCGIFFLAGS, this.interfaceName);
    return flags && (flags.readUInt16LE(16) & IFF_UP) !== 0 ? "up" : "down";
  }

  /** Ends it. Nothing may read the ring's memory afterwards: it is no longer there. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.libc.unmap(this.mapping.address, this.mapping.bytes);
    if (!this.isPolling) this.libc.close(this.fd);
  }
}

interface SetUp {
  interfaceIndex: number;
  linkType: number;
  isLoopback: boolean;
}

/** Prepares the socket in an order that lets no packet in before the filter and the group are there. */
async function setUp(libc: Libc, fd: number, options: SocketOptions): Promise<SetUp> {
  const { interfaceName, ringMegabytes, fanout } = options;
  const found = interfaceRequest(libc, fd, SIOCGIFINDEX, interfaceName);
  if (!found) throw noInterface(interfaceName);
  const interfaceIndex = found.readInt32LE(16);

  const address = Buffer.alloc(SOCKADDR_LL_BYTES);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeInt32LE(interfaceIndex, 4);
  // Bound without a protocol it takes nothing, but knows the interface's hardware type.
  if (libc.bind(fd, address, SOCKADDR_LL_BYTES) < 0) throw failed(`listen on ${interfaceName}`, libc.errorName());
  const bound = Buffer.alloc(SOCKADDR_LL_BYTES);
  libc.getsockname(fd, bound, Buffer.from([SOCKADDR_LL_BYTES, 0, 0, 0]));
  const hardware = bound.readUInt16LE(8);
  const linkType = LINK_OF_HARDWARE[hardware];
  if (linkType === undefined)
    throw new AppError(
      "capture_unsupported",
      `cannot read ${interfaceName}: its link layer (hardware type ${hardware}) is none that is decoded`,
      { exitCode: 2 },
    );
  const filter = await options.filterFor?.(linkType);

  const blocks = (ringMegabytes * 1024 * 1024) / RING_BLOCK_BYTES;
  set(libc, fd, PACKET_VERSION, words(TPACKET_V3), "use TPACKET_V3");
  set(
    libc,
    fd,
    PACKET_RX_RING,
    words(RING_BLOCK_BYTES, blocks, RING_FRAME_BYTES, (RING_BLOCK_BYTES / RING_FRAME_BYTES) * blocks, RETIRE_MS, 0, 0),
    `get a ring of ${ringMegabytes} MB (a smaller one may do)`,
  );
  const isLoopback = hardware === ARPHRD_LOOPBACK;
  // The loopback shows each packet when it is sent and when it arrives: one of the two is enough.
  if (isLoopback) set(libc, fd, PACKET_IGNORE_OUTGOING, words(1), "ignore outgoing packets (needs Linux 4.20)");
  if (fanout) attach(libc, fd, keepBytes(0));
  else if (filter) attach(libc, fd, filter);
  address.writeUInt16BE(ETH_P_ALL, 2);
  if (libc.bind(fd, address, SOCKADDR_LL_BYTES) < 0) throw failed(`listen on ${interfaceName}`, libc.errorName());
  if (fanout) {
    const kind = FANOUT_HASH | (fanout.rollsOver ? FANOUT_FLAG_ROLLOVER : 0);
    set(
      libc,
      fd,
      PACKET_FANOUT,
      words(fanout.group | (kind << 16)),
      `join the fan-out group ${fanout.group} (another process may use that number)`,
    );
    if (filter) attach(libc, fd, filter);
    else if (libc.setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, Buffer.alloc(4), 4) < 0)
      throw failed("take the filter off", libc.errorName());
  }
  // struct packet_mreq. A tap carries other hosts' frames; the membership ends with the socket.
  const membership = Buffer.alloc(16);
  membership.writeInt32LE(interfaceIndex, 0);
  membership.writeUInt16LE(PACKET_MR_PROMISC, 4);
  set(libc, fd, PACKET_ADD_MEMBERSHIP, membership, `see other hosts' frames on ${interfaceName}`);
  return { interfaceIndex, linkType, isLoopback };
}

function set(libc: Libc, fd: number, name: number, value: Buffer, what: string): void {
  if (libc.setsockopt(fd, SOL_PACKET, name, value, value.length) < 0) throw failed(what, libc.errorName());
}

function attach(libc: Libc, fd: number, code: Buffer): void {
  // struct sock_fprog: a count and a pointer.
  const program = Buffer.alloc(16);
  program.writeUInt16LE(code.length / 8, 0);
  program.writeBigUInt64LE(libc.addressOf(code), 8);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length) < 0)
    throw failed("set the capture filter", libc.errorName());
}

/** ioctl on a struct ifreq: 16 bytes of name, then the answer (netdevice(7)). */
function interfaceRequest(libc: Libc, fd: number, request: number, name: string): Buffer | undefined {
  const out = Buffer.alloc(40);
  if (Buffer.byteLength(name) > 15) return undefined;
  out.write(name, 0);
  return libc.ioctl(fd, request, out) < 0 ? undefined : out;
}

function words(...values: number[]): Buffer {
  const out = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) out.writeUInt32LE(value, 4 * index);
  return out;
}

function noInterface(name: string): AppError {
  return new AppError(
    "capture_interface",
    `there is no network interface ${JSON.stringify(name)}; there are: ${[...interfaceCounts().keys()].join(", ")}`,
    { exitCode: 2 },
  );
}

function failed(what: string, error: string): AppError {
  return new AppError("capture_unsupported", `the kernel would not ${what}: ${error}`);
}

function socketError(error: string, interfaceName: string): AppError {
  if (error === "EPERM" || error === "EACCES")
    return new AppError(
      "capture_permission",
      `cannot listen on ${interfaceName}: this process lacks the capability CAP_NET_RAW. Give it to one run with ` +
        '`sudo setpriv --reuid "$(id -u)" --regid "$(id -g)" --init-groups --inh-caps +net_raw --ambient-caps +net_raw npm start`, ' +
        "or see it work without with `npm run demo`",
    );
  return new AppError("capture_unsupported", `this system has no packet sockets (${error}): try the source "cap"`);
}
