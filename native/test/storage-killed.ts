/** Commits to the region of argument 1, with the options of argument 2 and the seed of argument 3, leaves what was committed beside it, and dies. */

import { writeFileSync } from "node:fs";
import { open } from "./files.ts";
import { makeRandom } from "./random.ts";

const [file = "", options = "{}", seed = "0"] = process.argv.slice(2);
const random = makeRandom(Number(seed));
const region = open(file, JSON.parse(options));
const words = new Uint32Array(region.buffer);

/** Stores to a few lines, sometimes to most of the region. */
function store(round: number): void {
  const stores = random(10) === 0 ? 10_000 : 1 + random(40);
  for (let i = 0; i < stores; i++) words[random(words.length)] = round * 65_536 + i;
}

for (let round = 1; round <= 60; round++) {
  store(round);
  region.msyncSync();
}
writeFileSync(`${file}.committed`, words);
store(61);
process.kill(process.pid, "SIGKILL");
