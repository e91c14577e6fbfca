import { expect, test } from "vitest";
import { lines } from "../../fuzz/seeds.mjs";
import { ask, Play } from "../../golden/dissect/play.ts";

test("protocols inside protocols are followed four deep on a direction, however they are spread over segments", () => {
  const play = new Play(6, 25);
  for (let n = 0; n < 10; n += 1) play.send(ask(lines("EHLO x.example", "STARTTLS")));
  expect(play.dissection.losses.toJSON()).toEqual({ dissect_limit: 1 });
  expect(play.bits.map((bits) => bits & 3)).toEqual([3, 3, 3, 3, 2, 2, 2, 2, 2, 2]);
});
