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
