import type { Config } from "../config/config.ts";

/** What a sensor needs of the configuration. A core hands it to its sensors, so that they need not read and check the file again. */
export interface SensorSettings {
  capture: Config["capture"];
  flows: Config["flows"];
  dissect: Config["dissect"];
  isDemo: boolean;
}

export function sensorSettings(config: Config, more: { interface?: string | undefined; isDemo: boolean }): SensorSettings {
  const { capture, flows, dissect } = config;
  return {
    capture: more.interface === undefined ? capture : { ...capture, interface: more.interface },
    flows,
    dissect,
    isDemo: more.isDemo,
  };
}
