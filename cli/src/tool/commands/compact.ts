import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { repair } from "../files.js";
import { type Common, report } from "../outcome.js";

interface Arguments extends Common {
  file: string;
}

/** fams compact: the journal as short as in a new region. */
export const compact: CommandModule<Common, Arguments> = {
  command: "compact <file>",
  describe: "Bring a region to its last commit and give back the space of its journal",
  builder: (yargs) =>
    yargs
      .positional("file", { type: "string", demandOption: true, describe: "Path of the region" })
      .example("$0 compact counter.fams", "The journal grows again when it is needed"),
  handler: async ({ file, json }) => {
    const path = resolve(file);
    const { bytesBefore, bytesAfter } = await repair(path, { compact: true });
    report(json, { path, bytesBefore, bytesAfter }, () => `${path}: ${bytesBefore} bytes, now ${bytesAfter}`);
  },
};
