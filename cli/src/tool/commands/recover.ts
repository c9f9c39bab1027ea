import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { repair } from "../files.js";
import { count } from "../layout.js";
import { type Common, report } from "../outcome.js";

interface Arguments extends Common {
  file: string;
  "accept-damage": boolean;
}

/** fams recover: the backing copy at the last commit, without the program. */
export const recover: CommandModule<Common, Arguments> = {
  command: "recover <file>",
  describe: "Bring a region that was not closed to its last commit, and close it",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "Path of the region" })
      .option("accept-damage", {
        type: "boolean",
        default: false,
        describe: "If acknowledged commits are lost, go on from the last one that can be read",
      })
      .example("$0 recover counter.fams", "What opening it would do; a clean region is not changed")
      .example(
        "$0 backup counter.fams before.fams; $0 recover counter.fams --accept-damage",
        "Give up what is lost",
      ),
  handler: async ({ file, "accept-damage": acceptDamage, json }) => {
    const path = resolve(file);
    const { plan, superblock } = await repair(path, { acceptDamage });
    const { verdict, commits, lines } = plan;
    const { generation } = superblock;
    report(json, { path, verdict, commits, lines, generation }, () =>
      verdict === "clean"
        ? `${path} is clean`
        : `${path} is at its last commit that could be read: ${count(commits, "commit")} (${count(lines, "line")}) came from the journal`,
    );
  },
};
