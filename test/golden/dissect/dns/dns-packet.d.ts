/** The little of dns-packet that the tests use; the package has no types. */
declare module "dns-packet" {
  export interface Packet {
    type?: "query" | "response";
    id?: number;
    questions?: { name: string; type: string }[];
    answers?: { name: string; type: string; data: unknown }[];
  }
  export function encode(packet: Packet): Buffer;
  export function decode(bytes: Buffer): Packet;
}
