import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { flowsFrames, HEADER_BYTES } from "../../../src/link/frame.ts";
import type { Hello } from "../../../src/link/hello.ts";
import { FLOW_RECORD_BYTES, FlowBatch } from "../../../src/model/flow.ts";
import { Health } from "../../../src/obs/health.ts";
import { Losses } from "../../../src/obs/losses.ts";
import { Intake } from "../../../src/pipeline/intake.ts";
import { Spool } from "../../../src/spool/spool.ts";
import { Suspect } from "../../../src/spool/suspect.ts";

const hello: Hello = { epoch: "cafe", thread: 0, source: "test", pid: 1, recordBytes: FLOW_RECORD_BYTES };
const payloadOf = (batch: FlowBatch) => Buffer.from([...flowsFrames(batch, 1)][0].frame.subarray(HEADER_BYTES));
const batch = new FlowBatch(1);
batch.count = 1;
const payload = payloadOf(batch);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bordertap-intake-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(onJudge: (taken: FlowBatch) => void = () => {}) {
  const spool = new Spool({ folder, health: new Health(() => 0) });
  const losses = new Losses();
  const judged: number[] = [];
  const judge = (taken: FlowBatch) => {
    onJudge(taken);
    judged.push(taken.count);
  };
  const applied: number[] = [];
  const intake = new Intake({
    spool,
    suspect: new Suspect(folder),
    losses,
    judge,
    applied: (position) => applied.push(position),
    acknowledge() {},
  });
  return { spool, losses, judged, intake, applied };
}

describe("intake", () => {
  it("judges a batch once, though it is sent twice", () => {
    const { intake, judged } = open();
    intake.take(hello, 1, payload);
    intake.take(hello, 1, payload);
    expect(judged).toEqual([1]);
  });

  it("never stores what it cannot read: a core that starts again must not trip over it", () => {
    const { intake, spool } = open();
    expect(() => intake.take(hello, 1, payload.subarray(0, 20))).toThrow(/impossible length/);
    expect([...spool.read(0)]).toEqual([]);
  });

  it("goes on past an entry of another format after a start, and counts it", () => {
    const { spool } = open();
    spool.append("cafe", 0, 1, Buffer.from("of another version"));
    spool.append("cafe", 0, 2, payload);
    spool.close();
    const { intake, judged, losses } = open();
    expect(intake.recover(0, 0)).toBe(1);
    expect(judged).toEqual([1]);
    expect(losses.of("spool_unreadable")).toBe(1);
  });

  it("sets aside what ended core after core, keeps it, and judges the rest", () => {
    const pair = new FlowBatch(2);
    pair.count = 2;
    const { spool } = open();
    spool.append("cafe", 0, 1, payload);
    spool.append("cafe", 0, 2, payloadOf(pair));
    spool.append("cafe", 0, 3, payload);
    spool.close();
    const dieOfPairs = ({ count }: FlowBatch) => {
      if (count === 2) throw new Error("a fault of ours");
    };
    for (let death = 0; death < 2; death += 1) expect(() => open(dieOfPairs).intake.recover(0, 0)).toThrow("a fault of ours");
    const { intake, judged, losses } = open(dieOfPairs);
    expect(intake.recover(0, 0)).toBe(2);
    expect(judged).toEqual([1, 1]);
    expect(losses.of("spool_set_aside")).toBe(2);
    expect(readdirSync(join(folder, "set-aside"))).toHaveLength(1);
  });

  it("is done with what it set aside, be it the last entry: the next start does not find it again", () => {
    const { spool } = open();
    const position = spool.append("cafe", 0, 1, payload);
    spool.close();
    const die = () => {
      throw new Error("a fault of ours");
    };
    for (let death = 0; death < 2; death += 1) expect(() => open(die).intake.recover(0, 0)).toThrow("a fault of ours");
    const { intake, applied } = open(die);
    intake.recover(0, 0);
    expect(applied).toEqual([position]);
  });

  it("tries again what it only happened to die at", () => {
    const { spool } = open();
    spool.append("cafe", 0, 1, payload);
    spool.close();
    const killed = () => {
      throw new Error("killed");
    };
    expect(() => open(killed).intake.recover(0, 0)).toThrow("killed");
    const { intake, judged, losses } = open();
    intake.recover(0, 0);
    expect(judged).toEqual([1]);
    expect(losses.of("spool_set_aside")).toBe(0);
  });
});
