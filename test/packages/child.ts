// fams-run child.ts PATH SCENARIO: runs the scenario over a region, and says the number of each commit once it is acknowledged.

import { writeSync } from "node:fs";
import { Region } from "fams";
import { MEMORY, SCENARIOS } from "./scenarios.ts";

const [path, name] = process.argv.slice(2) as [string, string];
const region = Region.openSync(path, { size: MEMORY, durability: "process", verify: true });
let commits = 0;
for (const _ of SCENARIOS[name]?.run(region.buffer) ?? []) {
  region.msyncSync();
  writeSync(1, `${++commits}\n`);
}
region.close();
