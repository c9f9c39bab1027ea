/**
 * The demonstration: a key-value store in a region, updated by a program that is killed again and again, at random instants. After
 * each kill the region recovers, and every record is compared with what the program knew to be durable. Run it through fams-run.
 */
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Region } from "fams";
import { memoryFor } from "../kv/sizing.ts";
import { KeyValueStore } from "../kv/store.ts";
import { makeDiskDirectory } from "../support/disk.ts";
import { withProgress } from "../support/progress.ts";
import { Random } from "../support/random.ts";
import { Benchmark, type PhaseResult } from "../ycsb/benchmark.ts";
import { CORE_WORKLOADS } from "../ycsb/core.ts";
import { KEY_BYTES } from "../ycsb/records.ts";
import { parseOptions } from "./options.ts";
import { Oracle } from "./oracle.ts";
import { isSound, roundLine, summary } from "./report.ts";
import { type Kill, type Round, runRound, type Setting } from "./round.ts";

const VALUE_BYTES = 100;

const options = parseOptions(process.argv.slice(2));
const directory = options.directory ?? makeDiskDirectory("demo");
mkdirSync(directory, { recursive: true });
const setting: Setting = {
  path: join(directory, `demo-${process.pid}.fams`),
  log: join(directory, `demo-${process.pid}.log`),
  records: options.records,
  valueBytes: VALUE_BYTES,
  durability: options.durability,
};
try {
  console.log(
    `fams: ${options.records} records of ${KEY_BYTES} + ${VALUE_BYTES} bytes in ${setting.path}, durability ${options.durability}, seed ${options.seed}\n`,
  );
  const { phases, versions } = loadAndMeasure(setting, options.seed);
  const rounds = await killRepeatedly(
    setting,
    new Oracle(versions, VALUE_BYTES),
    options.kills,
    options.seed,
  );
  console.log(`\n${summary(phases, rounds, options.records)}`);
  process.exitCode = isSound(rounds) ? 0 : 1;
} finally {
  if (!options.keep) {
    rmSync(setting.path, { force: true });
    rmSync(setting.log, { force: true });
    if (options.directory === undefined) rmSync(directory, { recursive: true });
  }
}

function loadAndMeasure({ path, log, records, durability }: Setting, seed: number) {
  closeSync(openSync(log, "w"));
  const region = Region.openSync(path, { size: memoryFor(records, KEY_BYTES, VALUE_BYTES), durability });
  try {
    const store = new KeyValueStore(region.buffer);
    const database = {
      set: (key: string, value: Uint8Array) => store.set(key, value),
      getInto: (key: string, target: Uint8Array) => store.getInto(key, target),
      msync: () => region.msyncSync(),
    };
    const benchmark = new Benchmark(database, { records, valueSize: VALUE_BYTES, msyncEvery: 1, seed });
    const load = withProgress("load  ", records, (update) => benchmark.load(update));
    const measure = (name: "A" | "C", operations: number): PhaseResult =>
      withProgress(`YCSB ${name}`, operations, (update) =>
        benchmark.run(CORE_WORKLOADS[name], operations, update),
      );
    const phases: [string, PhaseResult][] = [
      ["load", load],
      ["A, half updates", measure("A", Math.ceil(records / 10))],
      ["C, reads only", measure("C", records * 2)],
    ];
    return { phases, versions: benchmark.versions };
  } finally {
    region.close();
  }
}

async function killRepeatedly(
  setting: Setting,
  oracle: Oracle,
  kills: number,
  seed: number,
): Promise<Round[]> {
  const random = new Random(seed);
  const rounds: Round[] = [];
  let reported = 0;
  for (let killed = 0; killed < kills; ) {
    const plan = chooseKills(random, rounds.length).slice(0, kills - killed);
    const round = await runRound(setting, oracle, plan, random.next(), reported);
    reported += round.acknowledged;
    killed += plan.length;
    rounds.push(round);
    console.log(roundLine(killed, kills, round));
  }
  return rounds;
}

/** In every fourth round a second program is started over what the first left, and killed while it starts and recovers. */
function chooseKills(random: Random, round: number): Kill[] {
  const updating: Kill = { phase: "updates", milliseconds: 10 + random.below(600) };
  const starting: Kill = { phase: "start", milliseconds: 80 + random.below(200) };
  return round % 4 === 3 ? [updating, starting] : [updating];
}
