import fc from "fast-check";
import { check } from "./check.ts";
import { type Program, program } from "./programs.ts";
import { type RegionStage, regionStage } from "./stages.ts";

const SEED = Number(process.env.FAMS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const PATH = process.env.FAMS_PATH;
const PROGRAMS = Number(process.env.FAMS_PROGRAMS ?? (process.env.FAMS_LONG ? 200_000 : 5_000));

/** Fast-check's own report shows the program as one quoted line. */
function reporter(run: fc.RunDetails<[Program]>) {
  const { failed, numRuns, seed, counterexamplePath, counterexample, errorInstance } = run;
  if (!failed) return;
  const replay = `FAMS_SEED=${seed} FAMS_PATH=${counterexamplePath}`;
  throw new Error(
    `program ${numRuns} failed; ${replay} shows it again\n${counterexample?.[0].source}\n${String(errorInstance)}`,
  );
}

describe(`${PROGRAMS} random programs, FAMS_SEED=${SEED}`, () => {
  let regions: RegionStage;

  before(() => {
    regions = regionStage();
  });

  after(() => regions.close());

  it("do the same plain and instrumented, through either front end, optimised or not, and mark what they store", async () => {
    const parameters = { seed: SEED, numRuns: PROGRAMS, ...(PATH === undefined ? {} : { path: PATH }) };
    await fc.assert(
      fc.asyncProperty(program, (it) => check(it, regions)),
      { ...parameters, reporter },
    );
  }).timeout(3_600_000);
});
