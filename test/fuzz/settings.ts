/** How many programs a run tries, which they are, and how a failure is told. */

import type fc from "fast-check";

const SEED = Number(process.env.FAMS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const { FAMS_PATH: PATH, FAMS_PROGRAMS, FAMS_LONG } = process.env;

/** FAMS_LONG=1 tries `long` programs, FAMS_PROGRAMS as many as it says; FAMS_SEED and FAMS_PATH replay a failure. */
export function settings(long: number, short: number) {
  const programs = Number(FAMS_PROGRAMS ?? (FAMS_LONG ? long : short));
  const parameters = { seed: SEED, ...(PATH === undefined ? {} : { path: PATH }) };
  return { seed: SEED, programs, parameters };
}

/** Fast-check's own report shows programs as quoted lines. */
export function reporter<T>(show: (example: T) => string) {
  return (run: fc.RunDetails<T>): void => {
    if (!run.failed) return;
    const replay = `FAMS_SEED=${run.seed} FAMS_PATH=${run.counterexamplePath}`;
    const example = run.counterexample === null ? "" : show(run.counterexample);
    throw new Error(
      `run ${run.numRuns} failed; ${replay} shows it again\n${example}\n${String(run.errorInstance)}`,
    );
  };
}
