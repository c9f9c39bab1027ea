/** Random programs of commits of every kind, on every storage and at both durabilities, against plain memory, with journals that are soon full. */

import { expect } from "chai";
import type { Region, RegionOptions } from "fams";
import { Commits, Program, sameWords } from "./commits.ts";
import { LONG, open, scratch, TIMEOUT } from "./files.ts";
import { makeRandom } from "./random.ts";

const PLACES = { disk: scratch("disk"), memory: scratch("memory") };
const NO_WAIT = { hitNs: 20, missNs: 400, writeBackNs: 200, cacheSize: "1 MiB" };

const STORAGES: [name: string, where: "disk" | "memory", options: RegionOptions][] = [
  ["a file on a disk", "disk", { storage: "file" }],
  ["a file in memory", "memory", { storage: "file" }],
  ["persistent memory", "memory", { storage: "dax" }],
  ["a CXL SSD", "memory", { storage: "cxl-ssd-emulated", cxlSsd: NO_WAIT }],
];

const words = (region: Region) => new Uint32Array(region.buffer);

describe("random commits with a journal of 1 MiB", function () {
  this.timeout(TIMEOUT);
  const { seed } = makeRandom();
  before(() => console.log(`        FAMS_SEED=${seed}`));

  for (const [name, where, options] of STORAGES)
    for (const durability of ["power", "process"] as const)
      for (const [size, steps] of [
        [2 ** 16, 300],
        [2 ** 21, 250],
        [2 ** 24, LONG ? 250 : 60],
      ] as const)
        it(`leave what plain memory holds: ${size / 2 ** 10} KiB on ${name} (${durability})`, async () => {
          const file = PLACES[where](`${name}-${durability}-${size}`);
          const opening = { ...options, size, durability, maxJournal: "1 MiB", verify: false };
          const commits = new Commits(seed, size);
          for (let round = 0; round < (LONG ? 20 : 1); round++) {
            const region = open(file, opening);
            const program = new Program(region, commits, seed + round);
            await program.run(steps);
            await program.settle();
            expect(program.failures).to.deep.equal([]);
            expect(program.acknowledged).to.equal(commits.number);
            program.expectEqual("at the end");
            const { journalCapacity } = region.stats();
            expect(journalCapacity).to.be.at.most(3 * 2 ** 20);
            region.close();
          }
          using again = open(file, opening);
          expect(again.recovery.verdict).to.equal("clean");
          expect(sameWords(words(again), commits.words)).to.equal(true);
        });
});
