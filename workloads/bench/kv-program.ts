/**
 * YCSB A over the key-value store, without msync: a whole program, to be timed with and without barriers. It is built three times, and each
 * build runs in processes of its own; one with barriers stores into a region, the other into plain memory.
 *
 *     node kv-program.mjs plain|instrumented RECORDS OPERATIONS FILE
 *
 * Prints the nanoseconds of one operation, in the fastest of its stretches: the others had to share the machine.
 */
import { memoryFor } from "../kv/sizing.ts";
import { KeyValueStore } from "../kv/store.ts";
import { Random } from "../support/random.ts";
import { ScrambledZipfianChooser } from "../ycsb/choosers.ts";
import { KEY_BYTES, Keys, Value } from "../ycsb/records.ts";

const VALUE_BYTES = 100;
const UPDATES_BETWEEN_CLEARINGS = 100;

interface Memory {
  buffer: ArrayBuffer;
  /** What an msync does for the stores after it. Not timed. */
  clearMarks(): void;
}

/** Operations that are timed together. */
const STRETCH = 20_000;

/** Returns the nanoseconds of an operation in the fastest stretch. */
function run({ buffer, clearMarks }: Memory, records: number, operations: number): number {
  const store = new KeyValueStore(buffer);
  const keys = new Keys();
  const value = new Value(VALUE_BYTES);
  const random = new Random(1);
  const chooser = new ScrambledZipfianChooser(random);
  for (let number = 0; number < records; number++) {
    value.fill(number, 0);
    store.set(keys.text(number), value.bytes);
  }
  const stretch = (): number => {
    let updates = 0;
    let timed = 0;
    let start = performance.now();
    for (let done = 0; done < STRETCH; done++) {
      const number = chooser.next(records);
      const key = keys.text(number);
      if (random.below(2) === 0) {
        if (store.getInto(key, value.bytes) !== VALUE_BYTES) throw new Error(`record ${key} is lost`);
        continue;
      }
      value.fill(number, done);
      store.set(key, value.bytes);
      if (++updates % UPDATES_BETWEEN_CLEARINGS !== 0) continue;
      timed += performance.now() - start;
      clearMarks();
      start = performance.now();
    }
    return (timed + performance.now() - start) * 1e6;
  };
  let fastest = Number.POSITIVE_INFINITY;
  for (let done = 0; done < operations; done += STRETCH) fastest = Math.min(fastest, stretch());
  return fastest / STRETCH;
}

interface Tracker {
  marks: Uint8Array;
  list: Uint32Array;
  first: number;
  count: number;
  limit: number;
  reset(): void;
}

/** An entry of the dirty list that begins a range. */
const RANGE = 0x8000_0000;

async function regionMemory(size: number, path: string): Promise<Memory> {
  const { Region } = await import("fams");
  const { S } = await import("fams/barrier");
  const { buffer } = Region.openSync(path, { size, durability: "process", verify: false });
  const view = new Uint8Array(buffer);
  view[0] = 0;
  const { tracker } = (view as unknown as Record<symbol, { tracker: Tracker }>)[S];
  const { marks, list, first } = tracker;
  const clearMarks = () => {
    if (tracker.count > tracker.limit) marks.fill(0);
    for (let i = 0; i < tracker.count && i < tracker.limit; i++) {
      if (list[i] >= RANGE) marks.fill(0, list[i] - RANGE - first, list[++i] - first + 1);
      else marks[list[i] - first] = 0;
    }
    tracker.reset();
  };
  return { buffer, clearMarks };
}

async function main([kind, records, operations, path]: string[]): Promise<void> {
  const size = Math.ceil(memoryFor(Number(records), KEY_BYTES, VALUE_BYTES) / 65_536) * 65_536;
  const dummy = new ArrayBuffer(8);
  structuredClone(dummy, { transfer: [dummy] });
  const memory =
    kind === "plain" ? { buffer: new ArrayBuffer(size), clearMarks() {} } : await regionMemory(size, path);
  console.log(run(memory, Number(records), Number(operations)));
}

await main(process.argv.slice(2));
