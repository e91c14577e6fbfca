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
  {
    tells: "501 random names in ten minutes, by the house's own resolver",
    steps: names(501),
    alerts: [{ severity: "high", says: /501 distinct names under tunnel\.example in ten minutes/ }],
  },
  {
    tells: "in one flow that could not tell them all",
    steps: [{ flow: flow({ ...INSIDE, facts: { ...asked([...Array(256)].map((_, n) => random(n))), factsDropped: 300 } }) }],
    alerts: [{ severity: "high" }],
  },
  {
    tells: "a megabyte of TXT records",
    steps: [
      {
        flow: flow({
          ...INSIDE,
          out: 2e5,
          in: 9e5,
          facts: { protocols: ["dns"], dns: { questions: [{ name: "a.tunnel.example", type: "TXT" }] } },
        }),
      },
    ],
    alerts: [{ severity: "high", says: /1\.1 MB in questions and answers of TXT/ }],
  },
];
