/** First frame of a sensor on a connection: who it is. */
export interface Hello {
  /** Random per start of the sensor. */
  epoch: string;
  thread: number;
  /** Title of its source. */
  source: string;
  pid: number;
  recordBytes: number;
  /** Packets that the interface had counted when the sensor started; undefined for files. */
  interfacePackets?: number;
}
