/**
 * recovery-sweep.ts FOLDER PROGRAM STEP: recovery breaks off at a call of the storage, the next one at another, and the one after that
 * is left alone; for every STEP-th pair of calls. An opening all of whose calls fail from one on leaves the file as a process leaves it
 * that is killed there.
 */

import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type FaultProgram, PROGRAMS, STATES } from "./fault-programs.ts";
import { bytesOf, codeOf, open, stateOf } from "./files.ts";

const [, , folder, name, step] = process.argv as [string, string, string, string, string];
const prepared = join(folder, "prepared");
const file = join(folder, "region");
const program = PROGRAMS[name] as FaultProgram;
const expected = program.prepare(prepared);
const broken: string[] = [];

/** Opens under a fault; the number of calls that there were. */
function recover(fault: string): number {
  const trace = join(folder, `trace ${fault}`);
  process.env.FAMS_FAULT = fault;
  process.env.FAMS_FAULT_TRACE = trace;
  const code = codeOf(() => open(file, program.options).close());
  delete process.env.FAMS_FAULT;
  delete process.env.FAMS_FAULT_TRACE;
  if (!["none", "ERR_FAMS_IO"].includes(code)) broken.push(`${fault}: ${code}`);
  return readFileSync(trace, "utf8").trim().split("\n").length;
}

copyFileSync(prepared, file);
const calls = recover("nothing");
let pairs = 0;
for (let pair = 0; pair < calls * calls; pair += Number(step)) {
  const faults = [Math.floor(pair / calls), pair % calls].map((call) => `any:${call + 1}+:EIO`);
  copyFileSync(prepared, file);
  for (const fault of faults) recover(fault);
  const code = codeOf(() => {
    using region = open(file, program.options);
    const state = stateOf(STATES, bytesOf(region));
    if (state !== expected) broken.push(`${faults.join(", then ")}: ${state}`);
  });
  if (code !== "none") broken.push(`${faults.join(", then ")}: ${code}`);
  pairs++;
}
console.log(JSON.stringify({ calls, pairs }));
for (const what of broken) console.error(what);
process.exitCode = broken.length > 0 ? 1 : 0;
