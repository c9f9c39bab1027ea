/**
 * YCSB workload A with an msync for each update, until the process is killed. It is the program that start.ts kills. Arguments:
 * region file, acknowledgement file, seed, records, bytes a value, durability.
 */
import { Region } from "fams";
import { KeyValueStore } from "../kv/store.ts";
import { AcknowledgementWriter } from "../support/acknowledgements.ts";
import { announceReady, exitWithoutKiller } from "../support/program.ts";
import { Random } from "../support/random.ts";
import { ScrambledZipfianChooser } from "../ycsb/choosers.ts";
import { CORE_WORKLOADS } from "../ycsb/core.ts";
import { Keys, Value } from "../ycsb/records.ts";

const [path, log, seed, records, valueBytes, durability] = process.argv.slice(2);
const region = Region.openSync(path, { durability: durability === "process" ? "process" : "power" });
const store = new KeyValueStore(region.buffer);
const acknowledgements = new AcknowledgementWriter(log);
const random = new Random(Number(seed));
const chooser = new ScrambledZipfianChooser(random);
const keys = new Keys();
const value = new Value(Number(valueBytes));
announceReady();
for (;;) {
  const number = chooser.next(Number(records));
  const key = keys.text(number);
  if (store.getInto(key, value.bytes) !== value.bytes.length || !value.isWhole(number)) {
    throw new Error(`${key} is lost or torn while the program runs`);
  }
  if (random.fraction() < CORE_WORKLOADS.A.mix.read) continue;
  const version = value.version + 1;
  value.fill(number, version);
  store.set(key, value.bytes);
  region.msyncSync();
  acknowledgements.append(number, version);
  exitWithoutKiller();
}
