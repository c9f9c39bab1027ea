import fc from "fast-check";
import { check } from "./check.ts";
import { program } from "./programs.ts";
import { reporter, settings } from "./settings.ts";
import { type RegionStage, regionStage } from "./stages.ts";

const { seed, programs, parameters } = settings(200_000, 5_000);

describe(`${programs} random programs, FAMS_SEED=${seed}`, () => {
  let regions: RegionStage;

  before(() => {
    regions = regionStage();
  });

  after(() => regions.close());

  it("do the same plain and instrumented, through either front end, optimised or not, and mark what they store", async () => {
    await fc.assert(
      fc.asyncProperty(program, (it) => check(it, regions)),
      { ...parameters, numRuns: programs, reporter: reporter(([{ source }]) => source) },
    );
  }).timeout(3_600_000);
});
