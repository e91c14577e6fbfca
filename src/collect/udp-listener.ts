import { createSocket, type Socket } from "node:dgram";
import { AppError, reasonOf } from "../lib/errors.ts";
import { type AddressWords, parseAddress } from "../lib/ip.ts";
import { udpDrops } from "./udp-drops.ts";

/** Where exporters send to: "10.0.0.5:2055" or "[::1]:2055". */
export interface Endpoint {
  address: string;
  words: AddressWords;
  port: number;
}

/** The text was checked when the configuration was. */
export function endpointOf(text: string): Endpoint {
  const colon = text.lastIndexOf(":");
  const address = text.slice(0, colon).replace(/^\[|\]$/g, "");
  const words = parseAddress(address);
  if (words === undefined) throw new Error(`no address: ${text}`);
  return { address, words, port: Number(text.slice(colon + 1)) };
}

export type OnDatagram = (bytes: Buffer, from: string) => void;

/** One UDP socket that export messages come to. */
export class UdpListener {
  readonly title: string;
  private readonly endpoint: Endpoint;
  private readonly bufferBytes: number;
  private socket: Socket | undefined;
  private lastDrops: number | undefined;
  /** What keeps it from receiving, for people. */
  trouble: string | undefined;

  constructor(text: string, bufferBytes: number) {
    this.title = text;
    this.endpoint = endpointOf(text);
    this.bufferBytes = bufferBytes;
  }

  /** Binds. Throws AppError `collect_socket`, which says what to do. */
  async open(onDatagram: OnDatagram): Promise<void> {
    const { address, port } = this.endpoint;
    const socket = createSocket(address.includes(":") ? { type: "udp6", ipv6Only: true } : { type: "udp4" });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.bind({ address, port, exclusive: true }, resolve);
      });
    } catch (error) {
      socket.close();
      throw new AppError(
        "collect_socket",
        `cannot listen for flow exports on ${this.title}: ${reasonOf(error)}; see collect.listen (the address must be this machine's, the port free)`,
        { cause: error },
      );
    }
    socket.removeAllListeners("error");
    socket.on("error", (error) => {
      this.trouble = `${this.title}: ${error.message}`;
    });
    this.enlarge(socket);
    socket.on("message", (bytes, { address: from }) => onDatagram(bytes, from));
    this.socket = socket;
  }

  /** Bytes of the receive buffer that the kernel gave. */
  get grantedBytes(): number {
    return this.socket?.getRecvBufferSize() ?? 0;
  }

  /** Datagrams that the kernel dropped on this socket, while it was open; undefined where nobody can know. */
  drops(): number | undefined {
    if (this.socket !== undefined) this.lastDrops = udpDrops(this.endpoint.words, this.endpoint.port);
    return this.lastDrops;
  }

  close(): Promise<void> {
    this.drops();
    const { socket } = this;
    this.socket = undefined;
    return new Promise((resolve) => (socket === undefined ? resolve() : socket.close(() => resolve())));
  }

  private enlarge(socket: Socket): void {
    try {
      socket.setRecvBufferSize(this.bufferBytes);
    } catch {
      // The kernel keeps what it had: drops will tell.
    }
  }
}
