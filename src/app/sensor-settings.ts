import type { Config } from "../config/config.ts";

/** What a sensor needs of the configuration. A core hands it to its sensors, so that they need not read and check the file again. */
export interface SensorSettings {
  capture: Config["capture"];
  collect: Config["collect"];
  flows: Config["flows"];
  dissect: Config["dissect"];
  /** Where the key of identifiers is, when they are hashed. */
  stateFolder: string;
  isDemo: boolean;
}

export function sensorSettings(config: Config, more: { interface?: string | undefined; isDemo: boolean }): SensorSettings {
  const { capture, collect, flows, dissect, state } = config;
  return {
    capture: more.interface === undefined ? capture : { ...capture, interface: more.interface },
    collect,
    flows,
    dissect,
    stateFolder: state.folder,
    isDemo: more.isDemo,
  };
}

/** Threads that read packets, and one more where flow exports are collected. */
export function sensorCount({ capture, collect }: Pick<Config, "capture" | "collect">, isDemo: boolean): number {
  return capture.threads + (collect.listen.length > 0 && !isDemo ? 1 : 0);
}
