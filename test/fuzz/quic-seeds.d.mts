export interface InitialParts {
  version?: number;
  id?: Buffer;
  keyId?: Buffer;
  source?: Buffer;
  token?: Buffer;
  number?: number;
  frames: Buffer;
  isServer?: boolean;
  padTo?: number;
}

export function cryptoFrame(offset: number, bytes: Buffer): Buffer;
export function googleFrame(offset: number, bytes: Buffer): Buffer;
export function quicInitial(parts: InitialParts): Buffer;
export function quicSealed(type: number, more?: { version?: number; id?: Buffer; bytes?: number }): Buffer;
export function quicRetry(source: Buffer, version?: number): Buffer;
export function quicNegotiation(versions: number[]): Buffer;
export function googleQuic(version: string): Buffer;
