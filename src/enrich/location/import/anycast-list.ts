import { defineImporter } from "./importer.ts";
import { linesOf } from "./lines.ts";
import { Networks } from "./networks.ts";

/** A text of one network a line, comments after `#`: an anycast service or CDN that bordertap does not know, by the source's name. */
export const anycastList = defineImporter({
  format: "anycast-list",
  title: "A list of anycast or CDN networks",
  kind: "anycast",
  published: "a file of your own",
  read({ bytes, file, name, regions }) {
    const networks = new Networks(file, regions);
    for (const { text } of linesOf(bytes)) networks.addAnycast(text, name);
    return networks.done(undefined, "list of networks");
  },
});
