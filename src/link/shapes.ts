import { z } from "zod";
import type { FileReport } from "../model/capture.ts";
import type { SensorStatus } from "../model/sensor-status.ts";
import { broken } from "./frame.ts";
import type { Hello } from "./hello.ts";

/*
 * What a sensor may say, as far as the core relies on it. The sensor parses hostile bytes: it may have been taken over, and the
 * core must not fall with it.
 */

const count = z.number();
const counts = z.record(z.string(), count);
const text = z.string().max(1000);

const hello = z.looseObject({
  epoch: z.string().regex(/^[\w-]{1,64}$/),
  thread: z.int().min(0).max(65_535),
  source: text,
  pid: z.int(),
  recordBytes: z.int(),
  interfacePackets: count.optional(),
});

const exporter = z.looseObject({
  observer: text,
  kind: text,
  domainId: count,
  packets: count,
  records: count,
  lost: count,
  sequenceResets: count,
  waitingSets: count,
  unsampledRecords: count,
  lastMicros: count,
  samplingRate: count.optional(),
  skewSeconds: count.optional(),
});

const status = z.looseObject({
  epoch: text,
  thread: z.int(),
  source: text,
  capture: z.looseObject({
    seenPackets: count,
    seenBytes: count,
    filteredPackets: count,
    kernelDrops: count.optional(),
    interfacePackets: count.optional(),
    newestMicros: count.optional(),
    trouble: text.optional(),
  }),
  decodedPackets: count,
  malformedPackets: count,
  malformedBytes: count.optional(),
  nonIp: counts,
  nonIpBytes: counts.optional(),
  losses: counts,
  flows: z.looseObject({
    opened: count,
    active: count,
    limit: count,
    evicted: count,
    byTransport: counts,
    oneWayClosed: count,
    closed: count,
  }),
  duplicates: z.looseObject({ looked: count, found: count }).optional(),
  streams: z.looseObject({ seenBytes: count, missingBytes: count }).optional(),
  names: z.looseObject({ encrypted: count, named: count }).optional(),
  dissect: z.looseObject({ recognised: count, unrecognised: count, readingBytes: count.optional(), gaveWay: count.optional() }),
  memoryBytes: count,
  cpuSeconds: count,
  newestMicros: count.optional(),
  collect: z
    .looseObject({
      packets: count,
      records: count,
      options: count,
      held: count,
      dropped: count,
      malformed: count,
      templates: count,
      refused: count,
      exporterCount: count,
      exporters: z.array(exporter).max(1000),
    })
    .optional(),
});

const file = z.looseObject({ name: text, packets: count, linktype: text, complete: z.boolean(), warning: text.optional() });
const end = z.looseObject({ status, files: z.array(file) });

/** Each throws `link_failed` and says which value is wrong. */
export const readHello = (value: unknown): Hello => shaped(hello, value, "hello") as unknown as Hello;
export const readStatus = (value: unknown): SensorStatus => shaped(status, value, "status") as unknown as SensorStatus;
export const readEnd = (value: unknown): { status: SensorStatus; files: FileReport[] } =>
  shaped(end, value, "end") as unknown as { status: SensorStatus; files: FileReport[] };

function shaped<Shape extends z.ZodType>(shape: Shape, value: unknown, what: string): z.output<Shape> {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw broken(`${what} frame: ${path.join(".") || "value"}: ${message}`);
}
