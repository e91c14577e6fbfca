import { option, section } from "../declare.ts";
import { path } from "../values.ts";

export const state = section(
  {
    folder: option(path().optional(), {
      doc: "Where alerts, spool and history are kept.",
      defaultText:
        "systemd's `$STATE_DIRECTORY`, else `/var/lib/bordertap` for root, else `$XDG_STATE_HOME/bordertap`, else `~/.local/state/bordertap`",
    }),
  },
  { doc: "What bordertap keeps.", reload: "restart" },
);
