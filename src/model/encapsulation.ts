import type { TunnelFacts } from "./facts.ts";

/**
 * What packets came wrapped in beyond the two VLAN ids that a row holds: further VLAN ids, tunnels and their ids. Such
 * a stack is kept once and named by a number. A `shape` is the stack without addresses and part of what a flow is; a
 * `path` is a shape with the addresses of the tunnels' ends, which tell where it came through and set no flows apart.
 * Number 0 is "nothing more".
 */
export interface Encapsulations {
  shapeOf(path: number): number;
  /** As long as a path is held its number, and that of its shape, stay what they are. */
  retain(path: number): void;
  release(path: number): void;
  /** Outermost first. */
  tunnelsOf(path: number): TunnelFacts[];
  /** The VLAN ids of the stack, outermost first; those that the rows hold are not among them. */
  vlanIdsOf(path: number): number[];
}

/** For rows that nothing was wrapped around. */
export const NO_ENCAPSULATIONS: Encapsulations = {
  shapeOf: () => 0,
  retain() {},
  release() {},
  tunnelsOf: () => [],
  vlanIdsOf: () => [],
};
