import { resolve } from "node:path";
import type { InspectionSeen } from "@fams/native";
import type { CommandModule } from "yargs";
import { describe, verdictOf } from "../description.js";
import { inspect as look } from "../files.js";
import { type Common, EXIT, exitCodeOf, report } from "../outcome.js";

interface Arguments extends Common {
  file: string;
  records: number;
}

/** fams inspect: superblocks, segments, records and verdict of a file in any state. */
export const inspect: CommandModule<Common, Arguments> = {
  command: "inspect <file>",
  describe: "Show superblocks, segments, records and verdict; changes no byte",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "Path of the region" })
      .option("records", { type: "number", default: 8, describe: "How many of the newest records to show" })
      .example("$0 inspect counter.fams", "Also if it is damaged, or open elsewhere")
      .example(
        "$0 inspect counter.fams --json | jq .verdict",
        "clean, recoverable, damaged, open, or unreadable",
      ),
  handler: async ({ file, records, json }) => {
    const path = resolve(file);
    const seen = await look(path, { records: Math.max(0, Math.trunc(records) || 0) });
    report(json, { path, verdict: verdictOf(seen), ...seen }, () => describe(path, seen));
    process.exitCode = exitOf(seen);
  },
};

function exitOf(seen: InspectionSeen): number {
  if (seen.problem !== undefined) return exitCodeOf(seen.problem.code);
  return verdictOf(seen) === "damaged" ? EXIT.damaged : EXIT.ok;
}
