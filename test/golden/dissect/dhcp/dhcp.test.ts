import { expect, test } from "vitest";
import { answer, ask, Play } from "../play.ts";

const MAC = [0x02, 0, 0x5e, 0x10, 0, 7];
/** RFC 2131 §2; options [code, …bytes]. */
function message(op: number, options: number[][], { own = [0, 0, 0, 0], your = [0, 0, 0, 0] } = {}): Buffer {
  const fixed = Buffer.alloc(240);
  fixed.set([op, 1, 6, 0]);
  fixed.set(own, 12);
  fixed.set(your, 16);
  fixed.set(MAC, 28);
  fixed.set([0x63, 0x82, 0x53, 0x63], 236);
  return Buffer.concat([fixed, ...options.map(([code, ...value]) => Buffer.from([code, value.length, ...value])), Buffer.from([255])]);
}
const name = (text: string) => [12, ...Buffer.from(text)];
const request = message(1, [[53, 3], [50, 192, 0, 2, 9], name("MRI-2")]);
const acknowledgement = message(2, [[53, 5]], { your: [192, 0, 2, 9] });

test("what a device asks for, and what it is given", () => {
  const play = new Play(17, 67).send(ask(request));
  expect(play.facts).toEqual({ protocols: ["dhcp"], dhcp: { hostname: "mri-2", address: "192.0.2.9", mac: "02:00:5e:10:00:07" } });
  play.send(answer(acknowledgement));
  expect(play.facts?.dhcp).toEqual({ address: "192.0.2.9", mac: "02:00:5e:10:00:07" });
});

test("on the flow that all share, facts are of one message", () => {
  const play = new Play(17, 67).send(ask(request), ask(message(1, [[53, 3]], { own: [192, 0, 2, 77] })));
  expect(play.facts?.dhcp).toEqual({ address: "192.0.2.77", mac: "02:00:5e:10:00:07" });
});

test("an offer is no lease", () => {
  expect(new Play(17, 67).send(answer(message(2, [[53, 2]], { your: [192, 0, 2, 9] }))).facts).toEqual({ protocols: ["dhcp"] });
});

test("options that run over the end are not read", () => {
  const cut = request.subarray(0, request.length - 5);
  expect(new Play(17, 67).send(ask(cut)).facts?.dhcp).toEqual({ address: "192.0.2.9", mac: "02:00:5e:10:00:07" });
});

test("not without the cookie", () => {
  const other = Buffer.from(request);
  other[236] = 0;
  expect(new Play(17, 67).send(ask(other)).facts).toBeUndefined();
});
