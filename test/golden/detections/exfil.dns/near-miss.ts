import { judgedFlow as flow } from "../../../unit/detect/judged.ts";
import type { Scenario } from "../scenario.ts";

const INSIDE = { direction: "internal", word: "ignored", transport: 17, outsidePort: 53 } as const;
const asked = (all: string[]) => ({ protocols: ["dns"], dns: { questions: all.map((name) => ({ name, type: "A" })) } });
/** A label of 32 letters that no two numbers share, as base32 of ciphertext looks. */
const random = (n: number) => {
  let state = n * 2_654_435_761 + 12_345;
  const letters = Array.from({ length: 32 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return "abcdefghijklmnopqrstuvwxyz234567"[state >>> 27];
  });
  return `${letters.join("")}${n}.tunnel.example`;
};
const names = (count: number, everySeconds = 1) =>
  Array.from({ length: count }, (_, id) => ({
    flow: flow({ ...INSIDE, id, start: id * everySeconds, end: id * everySeconds, facts: asked([random(id)]) }),
  }));

export const scenarios: Scenario[] = [
  { tells: "500 names", steps: names(500), alerts: [] },
  {
    tells: "the same name again and again",
    steps: Array.from({ length: 900 }, (_, id) => ({ flow: flow({ ...INSIDE, id, start: id / 10, facts: asked([random(1)]) }) })),
    alerts: [],
  },
  { tells: "600 names in an hour", steps: names(600, 6), alerts: [] },
  {
    tells: "600 names that look like hosts",
    steps: Array.from({ length: 600 }, (_, id) => ({
      flow: flow({ ...INSIDE, id, start: id / 10, facts: asked([`pc${id}.tunnel.example`]) }),
    })),
    alerts: [],
  },
  {
    tells: "a product that is known for it",
    settings: { "exfil.dns": { approvedDomains: ["tunnel.example"] } },
    steps: names(600),
    alerts: [],
  },
  {
    tells: "a megabyte of addresses",
    steps: [{ flow: flow({ ...INSIDE, out: 2e6, in: 9e6, facts: asked(["a.tunnel.example"]) }) }],
    alerts: [],
  },
];
