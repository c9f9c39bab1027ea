/** commit-and-die.ts FILE OPTIONS SEED: goes on with a sequence of commits that stands at the tenth, tells how far it came, and dies. */

import { writeSync } from "node:fs";
import { Commits } from "./commits.ts";
import { open } from "./files.ts";

const [file = "", options = "{}", seed = "0"] = process.argv.slice(2);
const region = open(file, { maxJournal: "64 MiB", verify: false, ...JSON.parse(options) });
const commits = new Commits(Number(seed), region.size);
while (commits.number < 10) commits.next();
const words = new Uint32Array(region.buffer);
const { checkpoints } = region.stats();
// Until the first segment of the journal is nearly full, so that no checkpoint changes the data.
while (region.stats().journalBytes < 150_000 && commits.number < 60) {
  commits.next(words);
  await region.msync();
}
writeSync(
  1,
  JSON.stringify({ number: commits.number, checkpoints: region.stats().checkpoints - checkpoints }),
);
process.kill(process.pid, "SIGKILL");
