import type { Conversation } from "./seeds.mjs";

export interface HostilePacket {
  from: number;
  bytes: Buffer;
  offset: number;
  missing: number;
}
export interface HostileConversation {
  transport: number;
  initiatorPort: number;
  responderPort: number;
  packets: HostilePacket[];
}
export function createRandom(seed: number): () => number;
export function mutate(bytes: Buffer, other: Buffer, random: () => number): Buffer;
export function hostile(seeds: readonly Conversation[], random: () => number): HostileConversation;
