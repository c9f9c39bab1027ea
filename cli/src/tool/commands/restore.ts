import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { areSame, copy } from "../files.js";
import { type Common, report, UsageError } from "../outcome.js";

interface Arguments extends Common {
  backup: string;
  file: string;
  force: boolean;
}

/** fams restore: a region from its backup. */
export const restore: CommandModule<Common, Arguments> = {
  command: "restore <backup> <file>",
  describe: "Verify a backup and make a region of it, all or nothing; the backup is not changed",
  builder: (yargs) =>
    yargs
      .positional("backup", { type: "string", demandOption: true, describe: "Path of the backup" })
      .positional("file", { type: "string", demandOption: true, describe: "Path of the region" })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "Replace a file that is there already, unless it is an open region",
      })
      .example("$0 restore monday.fams counter.fams --force", "Go back to Monday"),
  handler: async ({ backup, file, force, json }) => {
    const [from, path] = [resolve(backup), resolve(file)];
    if (areSame(from, path)) throw new UsageError(`${from} and ${path} are the same file`);
    const { uuid, generation, dataBytes: bytes } = await copy(from, path, force);
    report(json, { path, backup: from, uuid, generation, bytes }, () => `${path} is as in ${from}`);
  },
};
