/**
 * Random operations on a store, with an msync after each, until the process is killed. It is the program of crash.test.ts.
 * Arguments: region file, acknowledgement file, seed, number of operations that the store already holds, keys.
 */
import { Region } from "fams";
import { AcknowledgementWriter } from "../support/acknowledgements.ts";
import { announceReady, exitWithoutKiller } from "../support/program.ts";
import { Random } from "../support/random.ts";
import { applyToStore, randomOperation } from "./model.ts";
import { KeyValueStore } from "./store.ts";

const [path, log, seed, done, keys] = process.argv.slice(2);
const region = Region.openSync(path);
const store = new KeyValueStore(region.buffer);
const acknowledgements = new AcknowledgementWriter(log);
const random = new Random(Number(seed));
for (let i = 0; i < Number(done); i++) randomOperation(random, Number(keys));
announceReady();
for (let count = Number(done) + 1; ; count++) {
  if (!applyToStore(store, randomOperation(random, Number(keys)))) throw new Error("the store is full");
  region.msyncSync();
  acknowledgements.append(count, 0);
  exitWithoutKiller();
}
