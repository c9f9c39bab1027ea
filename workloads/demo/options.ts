import yargs from "yargs";
import { chooseSeed } from "../support/random.ts";

/** The options of the demonstration. Wrong ones end the process with a message. */
export function parseOptions(args: readonly string[]) {
  return yargs(args)
    .scriptName("npm start --")
    .usage(
      "$0 [options]\n\nKills a program that updates a key-value store again and again, and checks every record after each recovery.",
    )
    .options({
      records: { type: "number", default: 100_000, describe: "Records to load" },
      kills: { type: "number", default: 24, describe: "How often to kill" },
      durability: {
        choices: ["power", "process"] as const,
        default: "power" as const,
        describe: "What a commit survives",
      },
      directory: {
        type: "string",
        describe: "Where to put the files; otherwise a temporary directory on a disk",
      },
      keep: { type: "boolean", default: false, describe: "Keep the files" },
      seed: {
        type: "number",
        default: chooseSeed(),
        defaultDescription: "random",
        describe: "Repeats operations and instants",
      },
    })
    .check(({ records, kills }) => {
      if (!Number.isInteger(records) || records < 2)
        throw new Error("--records must be a whole number from 2");
      if (!Number.isInteger(kills) || kills < 1) throw new Error("--kills must be a whole number from 1");
      return true;
    })
    .strict()
    .version(false)
    .parseSync();
}
