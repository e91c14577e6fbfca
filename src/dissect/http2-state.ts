import { FieldTable } from "./hpack.ts";
import { type KeptState, KeptStates } from "./kept-states.ts";

/** One direction of a connection. */
export interface Http2Side {
  readonly table: FieldTable;
  hasBegun: boolean;
  isOver: boolean;
  /** Bytes left of a DATA frame, and of the padding at a frame's end. */
  dataLeft: number;
  paddingLeft: number;
  /** The frame in reading is the last of its message; its fields are of a request that the server foresees. */
  isLast: boolean;
  isPromise: boolean;
  /** Bytes left of the fields in a frame; CONTINUATION frames bring more of them (RFC 9113 §6.10); those gathered so far; whose they are. */
  fieldsLeft: number;
  isBlockOpen: boolean;
  block: Buffer | undefined;
  streamId: number;
  /** The stream whose content is looked at; 0: none. */
  content: number;
}

export interface Http2State extends KeptState {
  readonly sides: readonly [Http2Side, Http2Side];
  isDicom: boolean;
}

const newSide = (): Http2Side => ({
  table: new FieldTable(),
  hasBegun: false,
  isOver: false,
  dataLeft: 0,
  paddingLeft: 0,
  isLast: false,
  isPromise: false,
  fieldsLeft: 0,
  isBlockOpen: false,
  block: undefined,
  streamId: 0,
  content: 0,
});

export function newHttp2State(): Http2State {
  const sides = [newSide(), newSide()] as const;
  const clear = () => {
    for (const side of sides) {
      side.table.clear();
      side.block = undefined;
    }
  };
  return { sides, isDicom: false, isForgotten: false, clear };
}

/** Connections whose tables of fields are kept at a time. */
const MOST_KEPT = 1024;

export const tables = new KeptStates<Http2State>(MOST_KEPT);
