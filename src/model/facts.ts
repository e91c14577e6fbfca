/**
 * What dissectors learn of a flow. Sections are named as ECS (or the contract) names them, in camelCase here and in
 * snake_case on the way out; the output needs no table of its own. Values are printable text, counts and closed words:
 * never payload. A list holds at most MAX_VALUES distinct values, in order of appearance; the rest is counted in
 * `factsDropped`.
 */
export const MAX_VALUES = 256;

export interface FlowFacts {
  /** Protocols recognised, outer first, words of the contract (`tls`, `dns`, `dicom`, `hl7` …). */
  protocols: string[];
  tls?: TlsFacts;
  quic?: QuicFacts;
  http?: HttpFacts;
  dns?: DnsFacts;
  dicom?: DicomFacts;
  hl7?: Hl7Facts;
  ssh?: SshFacts;
  smtp?: SmtpFacts;
  stun?: StunFacts;
  mqtt?: MqttFacts;
  sip?: SipFacts;
  rtp?: RtpFacts;
  rdp?: RdpFacts;
  smb?: SmbFacts;
  kerberos?: KerberosFacts;
  fhir?: FhirFacts;
  ihe?: IheFacts;
  dhcp?: DhcpFacts;
  proxy?: ProxyFacts;
  /** For enrich: whom HTTP requests were passed on for, by the sender's own word. Written out only where that word counts. */
  forwarded?: ForwardedFacts;
  /** Of patients, studies and orders, where the site wants it; hashes, never a value. */
  identifiers?: IdentifierFacts;
  /** What was recognised in clear text: labels and how often, never a value. */
  content?: ContentFacts[];
  /** Tunnels the flow came in, outermost first. */
  tunnel?: TunnelFacts[];
  /** VLAN ids beyond the two that the flow record has: of further tags, inside tunnels, of the other direction. Outermost first, distinct. */
  vlanIds?: number[];
  /** Of a record that an exporter sent, what a packet does not have. */
  export?: ExportFacts;
  /** Names the flow itself says the initiator asked for, best first: SNI, Host … lower case, no root dot. */
  names?: FlowName[];
  factsDropped?: number;
  /** For enrich only, never written out: what the DNS answers just read told the asker. In the report made for them, and no other. */
  resolved?: Resolution[];
}

export interface FlowName {
  name: string;
  /** How it is known. */
  source: "sni" | "host" | "dns" | "certificate";
}

export interface TlsFacts {
  version?: string;
  versionProtocol?: "tls" | "ssl" | "dtls";
  cipher?: string;
  nextProtocol?: string;
  established?: boolean;
  /**
   * `ja4All`: every hello's, when the server asked for another one. `ech`: extension 0xfe0d was there; whether the name is a
   * provider's public one is for the core to say.
   */
  client?: { serverName?: string; alpn?: string[]; ja4?: string; ja4All?: string[]; ech?: "offered" | "likely_grease" };
  /** The leaf certificate, where it is readable (TLS 1.2 and before). Names are RFC 4514 text, times RFC 3339. */
  server?: {
    subject?: string;
    issuer?: string;
    notBefore?: string;
    notAfter?: string;
    x509?: { alternativeNames?: string[] };
  };
  /** The session was taken up again (RFC 5246 §7.3, RFC 8446 §2.2): no certificate was to be seen. */
  resumed?: boolean;
}

export interface QuicFacts {
  /** Of the client's packets, `0x00000001`. */
  version?: string;
}

/** HTTP/1, both directions, bodies left out. */
export interface HttpFacts {
  /** As asked for, with the port if there is one. */
  hosts?: string[];
  methods?: string[];
  userAgents?: string[];
  statusCodes?: number[];
  /** Media types without parameters, of requests and answers. */
  contentTypes?: string[];
}

export interface DnsQuestion {
  name: string;
  type: string;
  responseCode?: string;
  answers?: string[];
}

export interface DnsFacts {
  questions: DnsQuestion[];
  /** Names whose HTTPS or SVCB record offered `ech` (RFC 9460, SvcParamKey 5). */
  echOffered?: string[];
}

export interface DicomFacts {
  calledAe?: string[];
  callingAe?: string[];
  result?: "accepted" | "rejected" | "none";
  /** `C-ECHO C-STORE C-FIND C-MOVE C-GET N-…` (PS3.7 §9.3, §10.3). */
  operations?: string[];
  ended?: "released" | "aborted" | "open";
  /** UIDs that were proposed and accepted (PS3.8 §9.3.2.2); those proposed, while nothing is accepted. */
  sopClasses?: string[];
  userIdentity?: "none" | "username" | "username-passcode" | "kerberos" | "saml" | "jwt";
  userName?: string;
  implementation?: string[];
  /** Bytes of data sets (P-DATA-TF without command fragments), both directions. */
  dataBytes?: number;
}

export interface Hl7Facts {
  messageTypes?: string[];
  sendingApplication?: string[];
  sendingFacility?: string[];
  receivingApplication?: string[];
  receivingFacility?: string[];
  version?: string[];
  /** MSA-1 of acknowledgements (HL7 v2.x §2.14.8): `AA AE AR CA CE CR`. */
  ackCodes?: string[];
  /** Messages counted in what was read of the stream. */
  messages?: number;
}

/** The whole identification lines (RFC 4253 §4.2), and the digests of what each end can do (HASSH, of the lists of RFC 4253 §7.1). */
export interface SshFacts {
  client?: string;
  server?: string;
  hassh?: string;
  hasshServer?: string;
}

/** Of addresses no more than their domains; nothing of a letter. */
export interface SmtpFacts {
  helo?: string;
  starttls?: "offered" | "used";
  mailFromDomain?: string;
  rcptDomains?: string[];
  authSeen?: boolean;
  /** A letter was handed over in clear (DATA or BDAT, accepted). */
  dataSent?: boolean;
}

/** Addresses are `ip:port` or `[ip6]:port`. */
export interface StunFacts {
  methods?: string[];
  mappedAddress?: string[];
  relayedAddress?: string[];
}

export interface MqttFacts {
  version?: "3.1" | "3.1.1" | "5.0";
  clientIdPresent?: boolean;
}

/** Hosts of the URIs in request line, From and To; never users. */
export interface SipFacts {
  methods?: string[];
  domains?: string[];
}

export interface RtpFacts {
  payloadTypes?: number[];
  /** Distinct synchronisation sources (RFC 3550 §8), counted. */
  ssrcs?: number;
  /**
   * It is SRTP (RFC 3711): its keys were made by DTLS on the same ports (RFC 5764), or stood in the session description (RFC 4568).
   * Left out: not known; the packets alone do not tell.
   */
  secured?: "dtls" | "sdes";
}

/** Security layers by MS-RDPBCGR §2.2.1.1.1: `rdp` (its own), `tls`, `credssp`, `rdstls`, `credssp-early`, `entra`. */
export interface RdpFacts {
  offeredSecurity?: string[];
  /** What the server chose. */
  security?: string;
}

/** Chosen by the server: `NT LM 0.12` for SMB 1, `2.0.2` to `3.1.1` (MS-SMB2 §2.2.4). */
export interface SmbFacts {
  dialect?: string;
}

/** Realms that tickets were asked for (RFC 4120 §5.4.1), lower case; never who asks. */
export interface KerberosFacts {
  realm?: string[];
}

/** HL7 FHIR over HTTP: names of resource types and interactions (`read search-type create …`), never ids. */
export interface FhirFacts {
  resourceTypes?: string[];
  interactions?: string[];
  /** "4.0", from the media type's fhirVersion. */
  version?: string;
}

/** Document sharing and patient indexes over SOAP (IHE ITI TF-2): "ITI-18 Registry Stored Query", from a closed list. */
export interface IheFacts {
  transactions?: string[];
}

/** A lease as the server acknowledged it, or as the client asked for it (RFC 2131, RFC 8415). */
export interface DhcpFacts {
  hostname?: string;
  address?: string;
  mac?: string;
}

/** A proxy was asked for another place: the real target is here, not at the flow's responder. */
export interface ProxyFacts {
  /** `host:port` or `[ip6]:port`, at most MAX_VALUES. */
  targets: string[];
  by: "connect" | "absolute-uri" | "socks4" | "socks5";
}

/** X-Forwarded-For, or Forwarded (RFC 7239): addresses, and nothing else of these fields. */
export interface ForwardedFacts {
  /** A distinct chain each, client first: "10.1.2.3, 10.1.0.80". Whoever sent the request may have made all of it up. */
  for: string[];
}

/**
 * Identifiers seen in clear DICOM data sets and HL7 v2 messages, each as HMAC-SHA-256 under a key that never leaves the site (RFC 2104),
 * the first 16 hex digits of it. Equal values have equal hashes on every flow of the site. Only with `dissect.hashIdentifiers`.
 */
export interface IdentifierFacts {
  /** Study Instance UID (0020,000D). */
  study?: string[];
  /** Patient ID (0010,0020); the ids of PID-3. */
  patient?: string[];
  /** Accession Number (0008,0050); OBR-3 and ORC-3. */
  accession?: string[];
}

/** Label from the closed list of the classing registry (`hl7-pid`, `fhir-patient`, `national-id-lu` …) and how often it was found. */
export interface ContentFacts {
  label: string;
  count: number;
  /** How many of them the responder sent; left out: none. */
  fromResponder?: number;
}

export const TUNNEL_TYPES = [
  "gre",
  "gretap",
  "erspan",
  "ipip",
  "vxlan",
  "vxlan-gpe",
  "geneve",
  "gtp-u",
  "teredo",
  "mpls",
  "pppoe",
  "l2tp",
  "pptp",
  "nvgre",
  "ayiya",
  "capwap",
  "pbb",
  "mpls-pw",
  "lisp",
  "bcm-li",
] as const;
export type TunnelType = (typeof TUNNEL_TYPES)[number];

/** One tunnel header; addresses are those of the IP header around it, where there is one. */
export interface TunnelFacts {
  type: TunnelType;
  /** VNI, key, TEID, label or session, as decimal text. */
  id?: string;
  source?: { ip: string };
  destination?: { ip: string };
}

export const EXPORT_KINDS = ["netflow5", "netflow7", "netflow9", "ipfix", "sflow5"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** How a flow record came to be known (RFC 3954, RFC 7011, sFlow version 5). */
export interface ExportFacts {
  kind: ExportKind;
  /** Address of the exporter. */
  observer: string;
  domainId?: number;
  templateId?: number;
  /** One packet in so many was looked at; left out where the exporter says nothing. */
  samplingRate?: number;
  ingress?: number;
  egress?: number;
  direction?: "ingress" | "egress";
  /** Translated ends (RFC 8158): source and destination as after the translation. */
  natSource?: { ip?: string; port?: number };
  natDestination?: { ip?: string; port?: number };
  /** The record counts both directions (RFC 5103, or an exporter's responder counters): zero on the way back means none. */
  isBiflow?: true;
  /** The way back of the same 5-tuple was reported too, a short while before. */
  isAnswered?: true;
  /** And that record showed by itself that both sides spoke: this one tells more of an exchange that was counted with it. */
  isContinued?: true;
  /** Counters that the record does not have; zero then stands for unknown. */
  uncounted?: readonly ("bytes" | "packets")[];
}

/** A seen DNS answer, reduced to what naming needs: `name` was asked, these addresses came back (CNAME chain followed). */
export interface Resolution {
  name: string;
  /** The addresses (A, AAAA), four words each as in lib/ip.ts, one after the other: no text is made only to be parsed again. */
  addresses: number[];
  /** Names on the CNAME chain after `name`. */
  aliases: string[];
  ttlSeconds: number;
  /** Packet time of the answer. */
  atMicros: number;
}
