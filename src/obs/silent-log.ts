import type { Log } from "./log.ts";

/** Says nothing to anybody; does not load what writes lines. */
export const silentLog: Log = { info() {}, warn() {}, error() {} };
