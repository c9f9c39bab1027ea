/** fault-run.ts PROGRAM FILE: runs the program once, under the fault that the environment names, and tells its progress line by line. */

import { writeSync } from "node:fs";
import { type FaultProgram, PROGRAMS } from "./fault-programs.ts";

const [, , name, file] = process.argv as [string, string, string, string];
const tell = (what: string) => writeSync(1, `${what}\n`);
(PROGRAMS[name] as FaultProgram).run(file, {
  opened: () => tell("opened"),
  attempt: (version) => tell(`attempt ${version}`),
  acknowledge: (version) => tell(`acknowledge ${version}`),
});
