import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { areSame, copy } from "../files.js";
import { type Common, report, UsageError } from "../outcome.js";

interface Arguments extends Common {
  file: string;
  out: string;
  force: boolean;
}

/** fams backup: the last commit as a file of its own. */
export const backup: CommandModule<Common, Arguments> = {
  command: "backup <file> <out>",
  describe: "Write the last commit of a region that is not open to another file, all or nothing",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "Path of the region" })
      .positional("out", { type: "string", demandOption: true, describe: "Path of the backup" })
      .option("force", { type: "boolean", default: false, describe: "Replace a file that is there already" })
      .example("$0 backup counter.fams monday.fams", "A closed region like any other, without journal"),
  handler: async ({ file, out, force, json }) => {
    const [path, backup] = [resolve(file), resolve(out)];
    if (areSame(path, backup)) throw new UsageError(`${path} and ${backup} are the same file`);
    const { uuid, generation, dataBytes: bytes } = await copy(path, backup, force);
    report(json, { path, backup, uuid, generation, bytes }, () => `${backup} has the last commit of ${path}`);
  },
};
