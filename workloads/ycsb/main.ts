/** A YCSB core workload over a key-value store in a region. Run it through fams-run. */
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { Region } from "fams";
import { memoryFor } from "../kv/sizing.ts";
import { KeyValueStore } from "../kv/store.ts";
import { makeDiskDirectory } from "../support/disk.ts";
import { withProgress } from "../support/progress.ts";
import { Benchmark } from "./benchmark.ts";
import { CORE_WORKLOADS } from "./core.ts";
import { type Options, parseOptions } from "./options.ts";
import { KEY_BYTES } from "./records.ts";
import { latencyTable, phaseLine } from "./report.ts";

const options = parseOptions(process.argv.slice(2));
const path = options.file ?? join(makeDiskDirectory("ycsb"), "ycsb.fams");
try {
  process.exitCode = runWorkload(options, path);
} finally {
  if (options.file === undefined) rmSync(dirname(path), { recursive: true });
}

/** Returns the exit code. */
function runWorkload(options: Options, path: string): number {
  const workload = CORE_WORKLOADS[options.workload];
  const region = Region.openSync(path, {
    size: options.size ?? defaultSize(options),
    durability: options.durability,
    ...(options.verify && { verify: true }),
  });
  try {
    const store = new KeyValueStore(region.buffer);
    const database = {
      set: (key: string, value: Uint8Array) => store.set(key, value),
      getInto: (key: string, target: Uint8Array) => store.getInto(key, target),
      msync: () => region.msyncSync(),
    };
    const benchmark = new Benchmark(database, options);
    const load = withProgress("load", options.records, (update) => benchmark.load(update));
    const run = withProgress("run ", options.operations, (update) =>
      benchmark.run(workload, options.operations, update),
    );
    const wrong = options.verify ? benchmark.check() : [];
    if (options.json) {
      const { workload, records, operations, valueSize, msyncEvery, durability, seed } = options;
      const settings = { workload, records, operations, valueSize, msyncEvery, durability, seed };
      console.log(JSON.stringify({ ...settings, load, run, wrong }, undefined, 2));
    } else {
      console.log(
        `YCSB ${options.workload} (${workload.title}), ${options.durability}, seed ${options.seed}`,
      );
      console.log(`${phaseLine("load", load)}\n${phaseLine("run", run)}\n\n${latencyTable(run)}`);
      if (options.verify) console.log(`\nrecords checked: ${store.size}, wrong: ${wrong.length}`);
    }
    return wrong.length === 0 ? 0 : 1;
  } finally {
    region.close();
  }
}

function defaultSize({ workload, records, operations, valueSize }: Options): number {
  const { mix } = CORE_WORKLOADS[workload] as { mix: { insert?: number } };
  return memoryFor(records + Math.ceil(operations * (mix.insert ?? 0) * 1.5), KEY_BYTES, valueSize);
}
