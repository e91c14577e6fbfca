import { dicom } from "./dicom.ts";
import type { Dissector } from "./dissector.ts";
import { dns } from "./dns.ts";
import { hl7 } from "./hl7.ts";
import { http } from "./http.ts";
import { llmnr } from "./llmnr.ts";
import { mdns } from "./mdns.ts";
import { nbns } from "./nbns.ts";
import { tls } from "./tls.ts";

/** Every dissector, the order in which they are asked where no port hints at one. */
export const DISSECTORS: readonly Dissector[] = [tls, http, dicom, hl7, mdns, llmnr, nbns, dns];

/** Ports of the services that dissectors know, by transport: where a flow's begin was not seen, they tell the responder. */
export function servicePorts(): { tcp: number[]; udp: number[] } {
  const of = (transport: "tcp" | "udp") =>
    DISSECTORS.filter((dissector) => dissector.transport === transport || dissector.transport === "both").flatMap(({ ports }) => [
      ...ports,
    ]);
  return { tcp: of("tcp"), udp: of("udp") };
}
