import { describe, expect, it } from "vitest";
import { EncapsulationTable, HAS_ID, Stack, TYPE_INDEX, VLAN_LAYER } from "../../../src/decode/encapsulation-table.ts";
import { Losses } from "../../../src/obs/losses.ts";

function stackOf(...layers: [number, number][]): Stack {
  const stack = new Stack();
  for (const [n, words] of layers.entries()) stack.layers.set(words, n * 2);
  stack.layerCount = layers.length;
  return stack;
}

const vxlan = (id: number): [number, number] => [TYPE_INDEX.vxlan | HAS_ID, id];

describe("the table of encapsulations", () => {
  it("gives equal stacks one number and tells what they were", () => {
    const table = new EncapsulationTable(new Losses());
    const a = table.pathOf(stackOf(vxlan(1), [VLAN_LAYER, 30]));
    const b = table.pathOf(stackOf(vxlan(2), [VLAN_LAYER, 30]));
    expect(table.pathOf(stackOf(vxlan(1), [VLAN_LAYER, 30]))).toBe(a);
    expect(b).not.toBe(a);
    expect(table.tunnelsOf(a)).toEqual([{ type: "vxlan", id: "1" }]);
    expect(table.vlanIdsOf(b)).toEqual([30]);
  });

  it("takes other addresses around the same tunnels for the same shape", () => {
    const table = new EncapsulationTable(new Losses());
    const one = stackOf(vxlan(1));
    one.carriers.set([0, 0, 0, 0xffff, 0x0a000001, 0, 0, 0xffff, 0x0a000002]);
    one.carrierCount = 1;
    const other = stackOf(vxlan(1));
    other.carriers.set([0, 0, 0, 0xffff, 0x0a000003, 0, 0, 0xffff, 0x0a000002]);
    other.carrierCount = 1;
    const [a, b] = [table.pathOf(one), table.pathOf(other)];
    expect(a).not.toBe(b);
    expect(table.shapeOf(a)).toBe(table.shapeOf(b));
    expect(table.tunnelsOf(b)).toEqual([{ type: "vxlan", id: "1", source: { ip: "10.0.0.3" }, destination: { ip: "10.0.0.2" } }]);
  });

  it("keeps what flows hold when it is full, and counts what it has no room for", () => {
    const losses = new Losses();
    const table = new EncapsulationTable(losses, 200);
    const held = Array.from({ length: 200 }, (_, id) => table.pathOf(stackOf(vxlan(id))));
    for (const path of held) table.retain(path);
    table.nextRound();
    expect(table.pathOf(stackOf(vxlan(1000)))).toBe(0);
    expect(losses.of("encapsulation_limit")).toBe(1);
    table.release(held[7]);
    const next = table.pathOf(stackOf(vxlan(1000)));
    expect(table.tunnelsOf(next)).toEqual([{ type: "vxlan", id: "1000" }]);
    expect(held.filter((_, n) => n !== 7).map((path) => table.tunnelsOf(path)[0].id)).toEqual(
      Array.from({ length: 200 }, (_, n) => String(n)).filter((_, n) => n !== 7),
    );
  });

  it("never gives a number to another stack within a round", () => {
    const losses = new Losses();
    const table = new EncapsulationTable(losses, 4);
    const paths = [1, 2, 3, 4].map((id) => table.pathOf(stackOf(vxlan(id))));
    expect(table.pathOf(stackOf(vxlan(5)))).toBe(0);
    expect(paths.map((path) => table.tunnelsOf(path)[0].id)).toEqual(["1", "2", "3", "4"]);
    table.nextRound();
    expect(table.pathOf(stackOf(vxlan(5)))).not.toBe(0);
  });
});
