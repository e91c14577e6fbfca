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
  /** `ja4All`: every hello's, when the server asked for another one. */
  client?: { serverName?: string; alpn?: string[]; ja4?: string; ja4All?: string[] };
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
}

export interface DicomFacts {
  calledAe?: string[];
  callingAe?: string[];
  result?: "accepted" | "rejected" | "none";
}

export interface Hl7Facts {
  messageTypes?: string[];
  sendingApplication?: string[];
  sendingFacility?: string[];
  receivingApplication?: string[];
  receivingFacility?: string[];
  version?: string[];
  /** Messages counted in what was read of the stream. */
  messages?: number;
}

/** The whole identification lines (RFC 4253 §4.2). */
export interface SshFacts {
  client?: string;
  server?: string;
}

/** Of addresses no more than their domains; nothing of a letter. */
export interface SmtpFacts {
  helo?: string;
  starttls?: "offered" | "used";
  mailFromDomain?: string;
  rcptDomains?: string[];
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
