import { parseAddress } from "../../lib/ip.ts";
import { option, section } from "../declare.ts";
import { checkedText, list, network, whole } from "../values.ts";

export const collect = section(
  {
    listen: option(list(checkedText("address and port", wrongEndpoint), 16).default([]), {
      doc: "UDP addresses and ports where exporters send NetFlow v5, v7, v9, IPFIX or sFlow v5; the protocol is told by the messages. None: nothing listens. An address that is not loopback is open to whoever reaches it: name the exporters too.",
      example: ["10.20.0.5:2055", "10.20.0.5:6343"],
    }),
    exporters: option(list(network()).default([]), {
      doc: "Only messages from these addresses are read, the others are counted and left alone. None: from everywhere. UDP senders can be forged: keep exporters in a network of their own.",
      example: ["10.20.0.0/24"],
    }),
    bufferMegabytes: option(whole(1, 256).default(8), {
      doc: "Receive buffer asked of the kernel for each socket (SO_RCVBUF; the kernel gives no more than net.core.rmem_max).",
      unit: "MB",
    }),
    exporterLimit: option(whole(1, 100_000).default(1024), {
      doc: "Exporters and observation domains known at once; another is refused and counted until one was silent for an hour.",
      unit: "exporters",
    }),
    heldKilobytes: option(whole(16, 65_536).default(1024), {
      doc: "Room for data that waits for its template, of all exporters together; what is beyond is lost and counted.",
      unit: "kB",
    }),
    heldSeconds: option(whole(1, 86_400).default(1800), { doc: "How long data waits for its template.", unit: "s" }),
    skewSeconds: option(whole(1, 604_800).default(3600), {
      doc: "How far the end of a flow may be from the arrival of its record; beyond that its times are moved to within this, and counted (`export_misdated`). The exporter's clock is then wrong.",
      unit: "s",
    }),
    templateHours: option(whole(1, 8760).default(24), {
      doc: "A template that was not announced again for so long is not used any more (RFC 7011 §8.4).",
      unit: "h",
    }),
  },
  { doc: "Flow exports taken from routers, switches and firewalls, beside or instead of packets.", reload: "restart" },
);

function wrongEndpoint(text: string): { message: string; suggestion?: string } | undefined {
  const [, bracketed, plain, port] = text.match(/^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/) ?? [];
  const address = bracketed ?? plain;
  const isRight = address !== undefined && parseAddress(address) !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
  if (isRight) return undefined;
  return { message: `${JSON.stringify(text.slice(0, 80))} is no address and port`, suggestion: "write 127.0.0.1:2055, or [::1]:2055" };
}
