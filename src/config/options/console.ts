import { parseAddress } from "../../lib/ip.ts";
import { option, section } from "../declare.ts";
import { checkedText, whole } from "../values.ts";

export const consoleOptions = section(
  {
    address: option(checkedText("address", wrongListenAddress).default("127.0.0.1"), {
      doc: "Where the console listens: `127.0.0.1`, `::1` or `localhost`. It listens on loopback only until login and TLS exist.",
    }),
    port: option(whole(0, 65_535).default(8460), { doc: "TCP port; 0 takes any free one." }),
  },
  { doc: "The web console and /metrics.", reload: "restart" },
);

function wrongListenAddress(text: string): { message: string; suggestion?: string } | undefined {
  const words = parseAddress(text);
  const isLoopback =
    text === "localhost" ||
    (words !== undefined &&
      ((words[2] === 0xffff && words[3] >>> 24 === 127 && words[0] === 0 && words[1] === 0) || words.join() === "0,0,0,1"));
  if (isLoopback) return undefined;
  return {
    message: `${text.slice(0, 80)} refused: the console listens on loopback only until login and TLS exist`,
    suggestion: "write 127.0.0.1",
  };
}
