import type { DicomFacts } from "../model/facts.ts";
import type { DicomIdentifiers } from "./dicom-identifiers.ts";
import type { Stream } from "./stream.ts";

/** PDU types, PS3.8 §9.3. */
export const PDU = { request: 1, accept: 2, reject: 3, data: 4, releaseRequest: 5, releaseReply: 6, abort: 7 } as const;

/** One direction of an association. */
export interface DicomSide {
  /** Bytes left of the PDU that is being read; 0 between two. */
  pduLeft: number;
  /** The PDU that is being read. */
  pduType: number;
  /** Bytes left of the presentation data value that is being read. */
  valueLeft: number;
  isCommand: boolean;
  isLast: boolean;
  /** The first bytes of a command set, fragments put together; undefined until the first command. */
  command: Buffer | undefined;
  commandBytes: number;
  /** A data set is under way: its next fragment goes on with it. */
  isInDataSet: boolean;
  /** Where it is in its data set, from the first one on; undefined while nobody wants its identifiers. */
  identifiers: DicomIdentifiers | undefined;
}

export interface DicomState {
  sides: [DicomSide, DicomSide];
  /** Abstract syntax by presentation context id, of the request read last (PS3.8 §9.3.2.2). */
  proposed: Map<number, string>;
  /** Those accepted in any association of the flow. */
  accepted: string[];
  /** Presentation context of the sub-items that are being read, and whether it was accepted. */
  contextId: number;
}

const newSide = (): DicomSide => ({
  pduLeft: 0,
  pduType: 0,
  valueLeft: 0,
  isCommand: false,
  isLast: false,
  command: undefined,
  commandBytes: 0,
  isInDataSet: false,
  identifiers: undefined,
});

export const newDicomState = (): DicomState => ({
  sides: [newSide(), newSide()],
  proposed: new Map(),
  accepted: [],
  contextId: 0,
});

export function dicomFacts({ facts }: Stream): DicomFacts {
  facts.dicom ??= {};
  return facts.dicom;
}
