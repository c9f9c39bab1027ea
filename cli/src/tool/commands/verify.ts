import { resolve } from "node:path";
import type { InspectionSeen, PlanSeen, SuperblockSeen } from "@fams/native";
import type { CommandModule } from "yargs";
import { faultOf, verdictOf } from "../description.js";
import { FileError, inspect } from "../files.js";
import { count, table } from "../layout.js";
import { type Common, EXIT, report } from "../outcome.js";

interface Arguments extends Common {
  file: string;
}

/** fams verify: everything that has a checksum, and that the rest can be read. */
export const verify: CommandModule<Common, Arguments> = {
  command: "verify <file>",
  describe: "Check every checksum, and that the data can be read; changes no byte",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "Path of the region" })
      .example("$0 verify counter.fams && echo sound", "Exit code 3 if something acknowledged is lost"),
  handler: async ({ file, json }) => {
    const path = resolve(file);
    const seen = await inspect(path, { readData: true });
    if (seen.problem !== undefined) throw new FileError({ ...seen.problem, path });
    if (seen.locked)
      throw new FileError({ code: "ERR_FAMS_LOCKED", detail: "the region is open elsewhere", path });
    const checks = check(seen, seen.superblock as SuperblockSeen, seen.plan as PlanSeen);
    const sound = verdictOf(seen) !== "damaged" && seen.gapBytes === 0;
    report(json, { path, sound, verdict: verdictOf(seen), ...checks }, () => describe(path, sound, checks));
    process.exitCode = sound ? EXIT.ok : EXIT.damaged;
  },
};

interface Finding {
  what: string;
  found: string;
}

/** What was compared with a checksum, and what has none. */
interface Checks {
  checked: Finding[];
  unchecked: Finding[];
}

function check(seen: InspectionSeen, superblock: SuperblockSeen, plan: PlanSeen): Checks {
  const copies = seen.copies.map((copy, i) => ({
    what: `superblock ${i === 0 ? "A" : "B"}`,
    found: faultOf(copy) ?? "valid",
  }));
  const records = plan.commits + (seen.links ?? 0);
  const lost =
    plan.verdict === "damaged" ? `; the acknowledged commits from record ${plan.nextRecord} on are lost` : "";
  const behind =
    plan.ending === "nothing" || lost !== "" ? "" : `; behind them ${plan.ending}, never acknowledged`;
  const gaps = (seen.gaps ?? []).map(({ offset, bytes }) => `${bytes} at byte ${offset}`).join(", ");
  const readable = seen.gapBytes === 0 ? "all can be read" : `${seen.gapBytes} cannot be read: ${gaps}`;
  return {
    checked: [...copies, { what: "journal", found: `${count(records, "record")} valid${lost}${behind}` }],
    unchecked: [
      {
        what: "data",
        found: `${superblock.dataBytes} bytes: ${readable}; bytes that changed by themselves would not be noticed`,
      },
      { what: "space", found: "the control area, and journal space in use by no record, mean nothing" },
    ],
  };
}

const describe = (path: string, sound: boolean, { checked, unchecked }: Checks): string =>
  [
    path,
    "checked:",
    table(checked.map(({ what, found }) => [what, found])),
    "without a checksum:",
    table(unchecked.map(({ what, found }) => [what, found])),
    sound ? "sound" : "damaged: restore a backup (fams restore), or see fams inspect",
  ].join("\n");
