import { Oldest } from "../lib/oldest.ts";
import type { Stream } from "./stream.ts";

/** What a dissector remembers of a flow beyond a few numbers. */
export interface KeptState {
  /** It went for want of room: nothing more can be told of the flow. */
  isForgotten: boolean;
  /** Lets go of all that takes room. */
  clear(): void;
}

/**
 * States that take room, of flows whose end nobody tells: so many of them, and the one that was begun first gives way. One
 * set for each reader, so that what one capture costs takes nothing from another.
 */
export class KeptStates<State extends KeptState> {
  private readonly most: number;
  private readonly byReader = new WeakMap<Stream, { states: Set<State>; oldest: Oldest<State> }>();

  constructor(most: number) {
    this.most = most;
  }

  /** Counts the state among those kept; false: it was forgotten, which is counted. */
  keep(stream: Stream, state: State): boolean {
    if (state.isForgotten) {
      stream.lose("dissect_limit");
      return false;
    }
    let kept = this.byReader.get(stream);
    if (kept === undefined) {
      const states = new Set<State>();
      this.byReader.set(stream, (kept = { states, oldest: new Oldest(states) }));
    }
    const { states } = kept;
    if (states.has(state)) return true;
    if (states.size >= this.most) {
      const oldest = kept.oldest.take()!;
      oldest.isForgotten = true;
      oldest.clear();
    }
    states.add(state);
    return true;
  }

  /** The state is needed no more. */
  drop(stream: Stream, state: State): void {
    state.clear();
    this.byReader.get(stream)?.states.delete(state);
  }
}
