import { resolve } from "node:path";
import { FamsError, Region } from "fams";
import type { CommandModule } from "yargs";
import { isTaken } from "../files.js";
import { type Common, report } from "../outcome.js";

interface Arguments extends Common {
  file: string;
  size: string;
}

/** fams create: a new region, all zeros. */
export const create: CommandModule<Common, Arguments> = {
  command: "create <file>",
  describe: "Create a region; a file that is there already is left alone",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "Path of the new region" })
      .option("size", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: 'Bytes, or a number such as "64 MiB"; at most 4 GiB',
      })
      .example("$0 create counter.fams --size 1MiB", "A region of 1 MiB"),
  handler: ({ file, size, json }) => {
    if (isTaken(file)) throw exists(resolve(file));
    const region = Region.openSync(file, { size });
    const { path, size: bytes, recovery } = region;
    region.close();
    if (recovery.verdict !== "created") throw exists(path);
    report(json, { path, bytes }, () => `Created ${path}, ${bytes} bytes of zeros`);
  },
};

const exists = (file: string) => new FamsError("ERR_FAMS_EXISTS", "there is a file already", { path: file });
