import { dhcp } from "./dhcp.ts";
import { dicom } from "./dicom.ts";
import type { Dissector } from "./dissector.ts";
import { dns } from "./dns.ts";
import { dtls } from "./dtls.ts";
import { ftpData } from "./ftp-data.ts";
import { hl7 } from "./hl7.ts";
import { http } from "./http.ts";
import { http2 } from "./http2.ts";
import { kerberos } from "./kerberos.ts";
import { llmnr } from "./llmnr.ts";
import { mdns } from "./mdns.ts";
import { mqtt } from "./mqtt.ts";
import { nbns } from "./nbns.ts";
import { openvpn } from "./openvpn.ts";
import { quic } from "./quic.ts";
import { rdp } from "./rdp.ts";
import { rtp } from "./rtp.ts";
import { sctpSignatures } from "./sctp-signatures.ts";
import { sip } from "./sip.ts";
import { smb } from "./smb.ts";
import { smtp } from "./smtp.ts";
import { socks } from "./socks.ts";
import { ssh } from "./ssh.ts";
import { stun } from "./stun.ts";
import { syslog } from "./syslog.ts";
import { tcpSignatures } from "./tcp-signatures.ts";
import { textSession } from "./text-session.ts";
import { tls } from "./tls.ts";
import { udpSignatures } from "./udp-signatures.ts";

/** Every dissector, the order in which they are asked where no port hints at one. */
export const DISSECTORS: readonly Dissector[] = [
  ftpData,
  tls,
  sip,
  http,
  http2,
  dicom,
  hl7,
  ssh,
  smtp,
  stun,
  dtls,
  mqtt,
  quic,
  mdns,
  llmnr,
  nbns,
  dns,
  dhcp,
  kerberos,
  smb,
  rdp,
  socks,
  syslog,
  openvpn,
  rtp,
  tcpSignatures,
  textSession,
  udpSignatures,
  sctpSignatures,
];

/** Ports of the services that dissectors know, by transport: where a flow's begin was not seen, they tell the responder. */
export function servicePorts(): { tcp: number[]; udp: number[] } {
  const of = (transport: "tcp" | "udp") =>
    DISSECTORS.filter((dissector) => dissector.transport === transport || dissector.transport === "both").flatMap(({ ports }) => [
      ...ports,
    ]);
  return { tcp: of("tcp"), udp: of("udp") };
}
