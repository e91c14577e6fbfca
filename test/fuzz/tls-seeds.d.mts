type Attribute = [type: string, value: string | Buffer, tag?: number];

export interface CertificateParts {
  subject?: Attribute[][];
  issuer?: Attribute[][];
  validity?: Buffer[];
  names?: string[];
  isCritical?: boolean;
  isFirstVersion?: boolean;
}

export const UTF8: number;
export const PRINTABLE: number;
export function der(tag: number, ...parts: Buffer[]): Buffer;
export function oid(text: string): Buffer;
export function distinguishedName(parts: Attribute[][]): Buffer;
export function certificate(parts?: CertificateParts): Buffer;
export function certificateList(...certificates: Buffer[]): Buffer;
export function dtlsRecord(type: number, body: Buffer, parts?: { version?: number; epoch?: number; number?: number }): Buffer;
export function dtlsFragment(type: number, body: Buffer, parts?: { sequence?: number; offset?: number; length?: number }): Buffer;
export function dtlsHelloBody(message: Buffer, parts?: { cookie?: Buffer; version?: number }): Buffer;
export function googleHello(entries: [tag: string, value: string][]): Buffer;
export function googlePacket(version: string, hello: Buffer): Buffer;
