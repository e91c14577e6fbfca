import { z } from "zod";
import { option, section } from "../declare.ts";
import { whole } from "../values.ts";

export const flows = section(
  {
    limit: option(whole(1000, 20_000_000).default(1_000_000), {
      doc: "Flows held at once in each sensor thread; beyond it half-open ones go first, then the longest idle.",
      unit: "flows",
    }),
    activeSeconds: option(whole(1, 3600).default(60), {
      doc: "A flow alive longer is reported again after each such interval of packet time.",
      unit: "s",
    }),
  },
  { doc: "The flow table.", reload: "restart" },
);

export const dissect = section(
  {
    prefixKilobytes: option(whole(1, 1024).default(16), {
      doc: "Bytes kept of a stream, each direction, while its protocol is not known.",
      unit: "kB",
    }),
    prefixTotalMegabytes: option(whole(1, 16_384).default(64), {
      doc: "The same, of all streams together; what is beyond is counted.",
      unit: "MB",
    }),
    readingTotalMegabytes: option(whole(1, 65_536).default(256), {
      doc: "Memory for what is known of flows and for reading them, of all flows of a sensor thread together, beside prefixTotalMegabytes. Beyond it the flow that was not read for the longest gives way: its protocol and its name stay.",
      unit: "MB",
    }),
    classingKilobytes: option(whole(0, 65_536).default(64), {
      doc: "Content in clear text looked at on a flow, of each direction, to class it (kinds of documents, national and health numbers by their check digits); of it only labels and counts are kept. 0: none.",
      unit: "kB",
    }),
    hashIdentifiers: option(z.boolean().default(false), {
      doc: "true: Study Instance UIDs, patient ids and accession numbers in clear DICOM data sets and HL7 v2 messages are kept as hashes under a key that is made at the first start and stays in the sensor's state folder (`identifiers.key`), so that two flows can be held against each other, and a known value against flows (`bordertap identifiers hash`). Hashes are pseudonyms, personal data still (GDPR 4(5)).",
    }),
  },
  { doc: "Reading of what flows say of themselves.", reload: "restart" },
);

export const names = section(
  { limit: option(whole(1000, 10_000_000).default(200_000), { doc: "Names remembered from DNS answers.", unit: "names" }) },
  { doc: "Names learned from DNS.", reload: "restart" },
);
