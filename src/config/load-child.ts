import { parentPort, workerData } from "node:worker_threads";
import { giveOver } from "./load-beside.ts";

/** The thread of `loadBeside`. */
if (parentPort) giveOver(parentPort, (workerData as { path: string | undefined }).path);
