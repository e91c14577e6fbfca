import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mutate } from "./mutate.mjs";

const MESSAGES = 4;
/** Exporters of one run are few, so that templates of one message meet data of another. */
const OBSERVERS = ["10.9.9.1", "10.9.9.2"];
/** Inputs after which the collector begins anew: full tables must be seen, and empty ones. */
const LIFETIME = 5000;

const u16 = (n) => [(n >>> 8) & 255, n & 255];
const u32 = (n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const set = (id, body) => [...u16(id), ...u16(body.length + 4), ...body];
const FIELDS = [8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 1, 4, 2, 4, 22, 4, 21, 4, 225, 4, 48, 1].flatMap((n) => u16(n));
const RECORD = [10, 0, 0, 1, 192, 0, 2, 9, 195, 80, 1, 187, 6, ...u32(1500), ...u32(4), ...u32(5), ...u32(9), 203, 0, 113, 5, 1];
const FRAME = [
  2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 32, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 192, 0, 2, 1, 19, 136, 0, 53, 0, 12, 0,
  0, 1, 2, 3, 4,
];

/** One message of each kind, by the standards. */
const SEEDS = [
  [...u16(5), ...u16(1), ...u32(9000), ...u32(1_700_000_000), ...u32(0), ...u32(1), ...u16(0), ...u16(100), ...Array(48).fill(6)],
  [
    ...u16(9),
    ...u16(2),
    ...u32(9000),
    ...u32(1_700_000_000),
    ...u32(1),
    ...u32(5),
    ...set(0, [...u16(300), ...u16(11), ...FIELDS]),
    ...set(300, RECORD),
  ],
  [
    ...u16(9),
    ...u16(2),
    ...u32(9000),
    ...u32(1_700_000_000),
    ...u32(2),
    ...u32(5),
    ...set(1, [...u16(400), ...u16(4), ...u16(8), ...u16(1), ...u16(4), ...u16(48), ...u16(1), ...u16(50), ...u16(4)]),
    ...set(400, [...u32(1), 1, ...u32(100)]),
  ],
  [
    ...u16(10),
    ...u16(16 + 52 + RECORD.length + 4),
    ...u32(1_700_000_000),
    ...u32(0),
    ...u32(5),
    ...set(2, [...u16(300), ...u16(11), ...FIELDS]),
    ...set(300, RECORD),
  ],
  [
    ...u16(10),
    ...u16(16 + 12 + 5 + FRAME.length),
    ...u32(1_700_000_000),
    ...u32(0),
    ...u32(5),
    ...set(2, [...u16(301), ...u16(1), ...u16(315), ...u16(65535)]),
    ...set(301, [FRAME.length, ...FRAME]),
  ],
  [...u16(10), ...u16(24), ...u32(1_700_000_000), ...u32(0), ...u32(5), ...set(2, [...u16(300), ...u16(0)])],
  [
    ...u32(5),
    ...u32(1),
    10,
    9,
    9,
    9,
    ...u32(0),
    ...u32(1),
    ...u32(1000),
    ...u32(1),
    ...u32(1),
    ...u32(104),
    ...u32(1),
    ...u32(3),
    ...u32(512),
    ...u32(0),
    ...u32(0),
    ...u32(3),
    ...u32(7),
    ...u32(1),
    ...u32(1),
    ...u32(64),
    ...u32(1),
    ...u32(64),
    ...u32(4),
    ...u32(FRAME.length),
    ...FRAME,
    0,
    0,
  ],
].map((bytes) => Buffer.from(bytes));

/** Changed export messages through the collector that is built in `dist`. */
export async function createCollectTarget(dist) {
  const load = (path) => import(pathToFileURL(join(dist, path)).href);
  const { createCollector, ExportMessage } = await load("collect/index.js");
  const { createFrameReader } = await load("app/frame-reader.js");
  const { Losses } = await load("obs/losses.js");
  const readFrame = createFrameReader();
  const losses = new Losses();
  const message = new ExportMessage();
  let records = 0;
  let inputs = 0;
  let collector;
  const begin = () => {
    collector = createCollector({
      losses,
      readFrame,
      thread: 0,
      random: (words) => words.fill(7),
      onBatch: (batch) => (records += batch.count),
    });
  };
  begin();
  return {
    name: "collect",
    make(random) {
      const pick = (list) => list[Math.floor(random() * list.length)];
      return Array.from({ length: MESSAGES }, () => ({
        observer: pick(OBSERVERS),
        bytes: random() < 0.2 ? Buffer.from(pick(SEEDS)) : mutate(pick(SEEDS), pick(SEEDS), random),
      }));
    },
    run(messages) {
      inputs += 1;
      if (inputs % LIFETIME === 0) {
        collector.finish();
        begin();
      }
      for (const { observer, bytes } of messages) {
        message.use(bytes, 0, bytes.length);
        message.observer = observer;
        message.arrivalMicros = inputs * 1000;
        collector.take(message);
      }
      collector.flush();
    },
    keptBytes: () => 0,
    hex: (messages) => messages.map(({ observer, bytes }) => `${observer} ${bytes.toString("hex")}`).join("\n"),
    summary: () => ({ records, losses: losses.toJSON() }),
  };
}
