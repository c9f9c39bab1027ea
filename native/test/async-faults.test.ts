/** Errors of the storage under commits that are not waited for: they and all captured later fail alike, nothing acknowledged is lost. */

import { expect } from "chai";
import type { RegionOptions } from "fams";
import { FAULTY, LONG, run, scratch, TIMEOUT } from "./files.ts";
import { makeRandom } from "./random.ts";

const path = scratch("memory");

describe("an error of the storage under asynchronous commits", function () {
  this.timeout(TIMEOUT);
  const random = makeRandom();
  before(() => console.log(`        FAMS_SEED=${random.seed}`));

  const OPTIONS: [name: string, options: RegionOptions][] = [
    ["a file", {}],
    ["at the level of the process", { durability: "process" }],
    ["persistent memory", { storage: "dax" }],
    ["block images", { blockImages: true }],
  ];
  for (const [name, more] of OPTIONS)
    it(`fails them as it must, and loses nothing: ${name}`, () => {
      const options = { size: 2 ** 21, maxJournal: "1 MiB", ...more };
      const { stdout, stderr, status } = run(
        "async-sweep.ts",
        [path(name), JSON.stringify(options), String(random(2 ** 31)), String(LONG ? 1 : 15)],
        { FAMS_NATIVE_BINDING: FAULTY },
      );
      expect(stderr).to.equal("");
      expect(status).to.equal(0);
      const { calls, runs, met } = JSON.parse(stdout);
      expect(calls).to.be.above(20);
      expect(runs).to.be.at.least((2 * calls) / (LONG ? 1 : 15));
      expect(met).to.include.keys("ERR_FAMS_IO");
    });
});
