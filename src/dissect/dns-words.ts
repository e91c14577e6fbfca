/** Words of the DNS registries (IANA "Domain Name System (DNS) Parameters"). */

const TYPES: Record<number, string> = {
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  10: "NULL",
  11: "WKS",
  12: "PTR",
  13: "HINFO",
  15: "MX",
  16: "TXT",
  17: "RP",
  18: "AFSDB",
  24: "SIG",
  25: "KEY",
  28: "AAAA",
  29: "LOC",
  33: "SRV",
  35: "NAPTR",
  36: "KX",
  37: "CERT",
  38: "A6",
  39: "DNAME",
  41: "OPT",
  42: "APL",
  43: "DS",
  44: "SSHFP",
  45: "IPSECKEY",
  46: "RRSIG",
  47: "NSEC",
  48: "DNSKEY",
  49: "DHCID",
  50: "NSEC3",
  51: "NSEC3PARAM",
  52: "TLSA",
  53: "SMIMEA",
  55: "HIP",
  59: "CDS",
  60: "CDNSKEY",
  61: "OPENPGPKEY",
  62: "CSYNC",
  63: "ZONEMD",
  64: "SVCB",
  65: "HTTPS",
  99: "SPF",
  108: "EUI48",
  109: "EUI64",
  249: "TKEY",
  250: "TSIG",
  251: "IXFR",
  252: "AXFR",
  253: "MAILB",
  254: "MAILA",
  255: "ANY",
  256: "URI",
  257: "CAA",
};
/** RFC 1002 §4.2.1.3 gives these numbers other meanings. */
const NETBIOS_TYPES: Record<number, string> = { 1: "A", 2: "NS", 10: "NULL", 32: "NB", 33: "NBSTAT" };

const CODES = [
  "NOERROR",
  "FORMERR",
  "SERVFAIL",
  "NXDOMAIN",
  "NOTIMP",
  "REFUSED",
  "YXDOMAIN",
  "YXRRSET",
  "NXRRSET",
  "NOTAUTH",
  "NOTZONE",
  "DSOTYPENI",
];
/** Those that need the high bits of EDNS (RFC 6891 §9, RFC 8945 §3, RFC 7873 §8). */
const EXTENDED: Record<number, string> = {
  16: "BADVERS",
  17: "BADKEY",
  18: "BADTIME",
  19: "BADMODE",
  20: "BADNAME",
  21: "BADALG",
  22: "BADTRUNC",
  23: "BADCOOKIE",
};

const typeNames = tableOf(TYPES);
const netbiosNames = tableOf(NETBIOS_TYPES);

/** "A", "HTTPS" …, `TYPE123` (RFC 3597) for a type without a name. */
export function typeName(type: number, isNetbios: boolean): string {
  return (isNetbios ? netbiosNames : typeNames)[type] ?? `TYPE${type}`;
}

/** Word of a response code: the four bits of the header, above them those of EDNS. */
export function responseCodeName(code: number): string {
  return CODES[code] ?? EXTENDED[code] ?? `RCODE${code}`;
}

function tableOf(words: Record<number, string>): string[] {
  const table: string[] = [];
  for (let n = 0; n <= 257; n += 1) table.push(words[n] ?? `TYPE${n}`);
  return table;
}
