/** Regions of every size, commits from one line to everything, and commits longer than any segment of the journal among small ones. */

import { statSync } from "node:fs";
import { expect } from "chai";
import type { Durability, RegionOptions } from "fams";
import { Commits, sameWords } from "./commits.ts";
import { crashed, LONG, open, scratch, TIMEOUT } from "./files.ts";
import { makeRandom } from "./random.ts";

const PLACES = { disk: scratch("disk"), memory: scratch("memory") };
const MIB = 2 ** 20;
const wordsOf = (buffer: ArrayBuffer) => new Uint32Array(buffer);

describe("a region", function () {
  this.timeout(TIMEOUT);
  const random = makeRandom();
  before(() => console.log(`        FAMS_SEED=${random.seed}`));

  const CASES: [size: number, where: "disk" | "memory", options: RegionOptions][] = [];
  for (const size of [2 ** 16, 3 * 2 ** 16, 5 * MIB, ...(LONG ? [64 * MIB, 256 * MIB] : [20 * MIB])])
    for (const durability of ["power", "process"] satisfies Durability[])
      CASES.push(
        [size, "memory", { storage: "dax", durability }],
        [size, size > 8 * MIB ? "memory" : "disk", { storage: "file", durability }],
        [size, "memory", { storage: "file", durability, blockImages: true }],
      );
  CASES.push([64 * MIB, "memory", { storage: "dax" }]);

  for (const [size, where, options] of CASES)
    it(`of ${size / 1024} KiB takes commits of a line and of everything in turn: ${JSON.stringify(options)}`, async () => {
      const file = PLACES[where](`${random(2 ** 31)}`);
      const opening = { size, maxJournal: "1 MiB", verify: false, ...options };
      const region = open(file, opening);
      const words = wordsOf(region.buffer);
      const all: Promise<void>[] = [];
      for (let i = 1; i <= 12; i++) {
        if (i % 4 === 0) words.fill(i);
        else if (i % 4 === 1) words.fill(i, words.length / 3);
        else words[random(words.length)] = i;
        all.push(region.msync());
        if (i % 3 === 0) region.msyncSync();
      }
      await Promise.all(all);
      const last = words.slice();
      crashed(file, (again) => expect(sameWords(wordsOf(again.buffer), last)).to.equal(true));
      words.fill(99);
      region.rollback();
      expect(sameWords(words, last)).to.equal(true);
      region.close();
      expect(statSync(file).size, "the long segments are gone").to.be.at.most(size + 4 * MIB);
      using again = open(file, opening);
      expect([again.recovery.verdict, sameWords(wordsOf(again.buffer), last)]).to.deep.equal(["clean", true]);
    });

  it("recovers commits longer than a segment among small ones, each whole", async () => {
    const seed = random(2 ** 31);
    const size = 12 * MIB;
    const file = PLACES.memory("recovered");
    const region = open(file, { size, maxJournal: "1 MiB", verify: false });
    const words = wordsOf(region.buffer);
    const commits = new Commits(seed, size);
    for (let i = 1; i <= 24; i++) {
      commits.next(words);
      if (i % 5 === 0) {
        words.fill(i, 0, (i / 30) * words.length);
        commits.words.fill(i, 0, (i / 30) * words.length);
      }
      if (i % 2 === 0) await region.msync();
      else region.msyncSync();
      crashed(file, (again) =>
        expect(sameWords(wordsOf(again.buffer), commits.words), `seed ${seed}, commit ${i}`).to.equal(true),
      );
    }
    region.close();
  });
});
