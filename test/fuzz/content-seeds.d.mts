import type { Conversation } from "./seeds.mjs";

interface Unit {
  isAnswer?: boolean;
  id?: number;
  next?: number;
  isSigned?: boolean;
  status?: number;
}
interface Place {
  file?: number;
  offset?: number;
  id?: number;
}
export function smbSession(...units: Buffer[]): Buffer;
export function smb2Unit(command: number, body: Buffer, more?: Unit): Buffer;
export function smb2Write(data: Buffer, place?: Place): Buffer;
export function smb2Read(length: number, place?: Place): Buffer;
export function smb2ReadAnswer(data: Buffer): Buffer;
export function smb2Close(file?: number): Buffer;
export function smb1Message(command: number, words: Buffer, bytes: Buffer, more?: Unit): Buffer;
export function smb1Write(data: Buffer, place?: Place): Buffer;
export function smb1Read(length: number, place?: Place): Buffer;
export function smb1ReadAnswer(data: Buffer, place?: Place): Buffer;
export function syslogMessage(text: string, more?: { priority?: number; time?: string; id?: string }): Buffer;
export function countedSyslog(message: Buffer): Buffer;
export function lineSyslog(message: Buffer): Buffer;
export function auditMessage(patients: string[], more?: { code?: string; role?: number; type?: number }): string;
export function webSocketFrame(payload: Buffer, more?: { kind?: number; isFinal?: boolean; key?: Buffer; bits?: number }): Buffer;
export function soapEnvelope(action: string, before?: string, patient?: string): string;
export const CONTENT_SEEDS: Conversation[];
