/** What a dissector says of the bytes it was shown. Numbers, so that saying it costs nothing; `malformed` codes are a closed set. */
export type Verdict = number;

/** `recognise`: it is mine. `read`: I know all I want of this direction; show me no more of it. */
export const found: Verdict = 1;
/** Show me these bytes (from where I skipped to) again with what follows them. */
export const needMore: Verdict = 2;
/** Not mine, whatever follows. */
export const notMine: Verdict = 3;
/** From where I skipped to, this direction speaks another protocol: recognise anew (STARTTLS, CONNECT, SOCKS). */
export const passOn: Verdict = 4;

/** Ways in which a recognised protocol breaks its own rules; metric labels. */
export const MALFORMED_CODES = [
  "tls_record",
  "tls_hello",
  "dns_header",
  "dns_name",
  "dns_record",
  "dicom_pdu",
  "hl7_header",
  "http_header",
  "http2_frame",
  "ssh_identification",
  "ssh_key_exchange",
  "stun_attribute",
  "mqtt_connect",
  "quic_frame",
] as const;
export type MalformedCode = (typeof MALFORMED_CODES)[number];

const FIRST_CODE = 16;

/** Mine, but it breaks its own rules: counted under `code`, and no more of this direction (datagram) is read. */
export function malformed(code: MalformedCode): Verdict {
  return FIRST_CODE + MALFORMED_CODES.indexOf(code);
}

/** Index into MALFORMED_CODES, or -1 when the verdict is none of them. */
export function malformedIndex(verdict: Verdict): number {
  return verdict - FIRST_CODE;
}
