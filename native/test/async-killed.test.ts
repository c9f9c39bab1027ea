/** SIGKILL at random instants of random programs of commits: what was acknowledged is there, and the state is always one of the commits. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import type { RegionOptions } from "fams";
import { Commits } from "./commits.ts";
import { LONG, open, program, scratch, TIMEOUT } from "./files.ts";
import { makeRandom } from "./random.ts";

const PLACES = { disk: scratch("disk"), memory: scratch("memory") };
const LATENCIES = { hitNs: 50, missNs: 2_000, writeBackNs: 1_000, cacheSize: "256 KiB" };

const RUNS: [name: string, where: "disk" | "memory", options: RegionOptions][] = [
  ["a file on a disk", "disk", { storage: "file" }],
  ["a file on a disk, at the level of the process", "disk", { storage: "file", durability: "process" }],
  ["a file on a disk with block images", "disk", { storage: "file", blockImages: true }],
  ["a file in memory", "memory", { storage: "file" }],
  ["persistent memory", "memory", { storage: "dax" }],
  ["persistent memory, at the level of the process", "memory", { storage: "dax", durability: "process" }],
  ["a CXL SSD", "disk", { storage: "cxl-ssd-emulated", cxlSsd: LATENCIES }],
  ["a file that is sparse", "disk", { storage: "file", sparse: true }],
  ["little memory", "disk", { storage: "file", maxResident: "1 MiB" }],
];

/** Runs the program until it has been busy for `ms`, and kills it. What it said if it ended by itself. */
async function killed(file: string, options: RegionOptions, seed: number, ms: number): Promise<string> {
  const child = spawn(
    process.execPath,
    program("async-endless.ts", file, JSON.stringify(options), String(seed)),
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let errors = "";
  child.stderr.on("data", (text) => (errors += text));
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]);
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  const [status, signal] = await ended;
  clearTimeout(timer);
  return signal === "SIGKILL" ? "" : `ended with ${signal ?? status}: ${errors}`;
}

const acknowledgedOf = (file: string): number =>
  existsSync(`${file}.acknowledged`) ? readFileSync(`${file}.acknowledged`).readUInt32LE() : 0;

describe("a kill at a random instant of asynchronous commits", function () {
  this.timeout(TIMEOUT);
  const random = makeRandom();
  before(() => console.log(`        FAMS_SEED=${random.seed}`));

  for (const [name, where, more] of RUNS)
    it(`leaves an acknowledged commit or one in flight, in order: ${name}`, async () => {
      const options = { size: 2 ** 22, maxJournal: "1 MiB", ...more };
      const file = PLACES[where](name);
      const seed = random(2 ** 31);
      let commits = 0;
      for (let round = 0; round < (LONG ? 100 : 3); round++) {
        expect(await killed(file, options, seed, 20 + random(200)), `seed ${seed}`).to.equal("");
        const acknowledged = acknowledgedOf(file);
        using region = open(file, options);
        const found = new Commits(seed, region.size).find(new Uint32Array(region.buffer), acknowledged);
        expect(found, `seed ${seed}, behind ${acknowledged}, ${JSON.stringify(region.recovery)}`).to.be.a(
          "number",
        );
        commits = acknowledged;
      }
      expect(commits, "commits that were acknowledged").to.be.above(10);
    });
});
