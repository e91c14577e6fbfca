type Names = string | readonly (string | Buffer)[] | Buffer;
type DnsRecord = readonly [owner: Names, type: number, ttl: number, data: Buffer];

export interface Conversation {
  transport: number;
  initiatorPort: number;
  responderPort: number;
  packets: [from: number, bytes: Buffer][];
}
export interface HelloParts {
  name?: string;
  alpn?: (string | Buffer)[];
  versions?: number[];
  legacyVersion?: number;
  ciphers?: number[];
  signatures?: number[];
  padding?: number;
  more?: [type: number, body: Buffer][];
}

export function record(type: number, body: Buffer, version?: number): Buffer;
export function handshake(type: number, body: Buffer): Buffer;
export function clientHello(parts?: HelloParts): Buffer;
export function serverHello(parts?: { cipher?: number; version?: number; legacyVersion?: number; alpn?: string }): Buffer;
export function sslv2Hello(version: number, ciphers?: number[]): Buffer;
export const changeCipherSpec: Buffer;
export function applicationData(bytes?: number): Buffer;
export function dnsName(name: string | readonly (string | Buffer)[]): Buffer;
export function dnsMessage(parts: {
  id?: number;
  isAnswer?: boolean;
  code?: number;
  flags?: number;
  dnsClass?: number;
  questions?: readonly (readonly [name: Names, type: number])[];
  answers?: readonly DnsRecord[];
  additional?: readonly DnsRecord[];
}): Buffer;
export function overTcp(message: Buffer): Buffer;
export const ASKED: Buffer;
export function ipv4(address: string): Buffer;
export function netbiosLabel(name: string, kind?: number): Buffer;
export function associate(type: number, called: string, calling: string, ...more: Buffer[]): Buffer;
export function contexts(...list: [id: number, uid: string][]): Buffer;
export function contextAnswers(...list: [id: number, result: number][]): Buffer;
export function dicomUser(parts: { type: number; name: string; secret?: string }): Buffer;
export function associateReject(result?: number, source?: number, reason?: number): Buffer;
export function dicomCommand(field?: number): Buffer;
export function dicomData(data: Buffer, size: number): Buffer;
export function dicomRelease(type: number): Buffer;
export function dicomAbort(): Buffer;
export function mllp(
  type: string,
  parts?: { from?: string[]; to?: string[]; version?: string; encoding?: string; more?: string[] },
): Buffer;
export function httpRequest(host: string, parts?: { method?: string; target?: string; fields?: string[] }): Buffer;
export function httpAnswer(status?: string): Buffer;
export function sshLine(software: string, version?: string): Buffer;
export function sshKeyExchange(...lists: string[]): Buffer;
export function lines(...values: string[]): Buffer;
export function stunMessage(
  type: number,
  attributes?: readonly (readonly [type: number, value: Buffer])[],
  parts?: { cookie?: number },
): Buffer;
export function stunAddress(address: string, port: number, key?: number): Buffer;
export function mqttConnect(parts?: { name?: string; level?: number; client?: string; properties?: Buffer }): Buffer;
export function mqttConnectAck(code?: number): Buffer;
export function sipMessage(first: string, parts?: { from?: string; to?: string; body?: string }): Buffer;
export function sctpData(tsn: number, data: Buffer, parts?: { flags?: number; stream?: number; protocol?: number }): Buffer;
export function sctpSack(tsn: number): Buffer;
export const SEEDS: Conversation[];
