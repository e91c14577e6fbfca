/** A reply to PASV (RFC 959 §4.1.2) or EPSV (RFC 2428 §3), and the commands PORT and EPRT. */
const PASSIVE = /^227 [^\d]*\d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})/;
const EXTENDED_PASSIVE = /^229 [^(]*\((.)\1\1(\d{1,5})\1\)/;
const ACTIVE = /^PORT \d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})/i;
const EXTENDED_ACTIVE = /^EPRT (.)[12]\1[0-9A-Fa-f.:]{2,45}\1(\d{1,5})\1/i;

/** The port that a line of FTP names for the next data connection; 0: none. */
export function dataPort(line: string): number {
  const octets = PASSIVE.exec(line) ?? ACTIVE.exec(line);
  if (octets) return ((Number(octets[1]) & 255) << 8) | (Number(octets[2]) & 255);
  const port = Number((EXTENDED_PASSIVE.exec(line) ?? EXTENDED_ACTIVE.exec(line))?.[2] ?? 0);
  return port < 65_536 ? port : 0;
}
