import yargs from "yargs";
import { chooseSeed } from "../support/random.ts";
import { CORE_WORKLOADS, type WorkloadName } from "./core.ts";
import { MIN_VALUE_BYTES } from "./records.ts";

const NAMES = Object.keys(CORE_WORKLOADS) as WorkloadName[];

/** The options of a YCSB run. Wrong ones end the process with a message. */
export function parseOptions(args: readonly string[]) {
  return yargs(args)
    .scriptName("fams-run workloads/ycsb/main.ts")
    .usage("$0 [options]\n\nLoads records into a key-value store in a region and runs a YCSB core workload.")
    .options({
      workload: {
        choices: NAMES,
        default: "A" as WorkloadName,
        coerce: (name: string) => name.toUpperCase() as WorkloadName,
        describe: NAMES.map((name) => `${name}: ${CORE_WORKLOADS[name].title}`).join(", "),
      },
      records: { type: "number", default: 100_000, describe: "Records to load" },
      operations: { type: "number", default: 100_000, describe: "Operations to run" },
      "value-size": { type: "number", default: 100, describe: "Bytes a value" },
      "msync-every": { type: "number", default: 1, describe: "One msync after so many writes; 0: never" },
      durability: {
        choices: ["power", "process"] as const,
        default: "power" as const,
        describe: "What a commit survives",
      },
      file: { type: "string", describe: "Region file to use and keep; otherwise a temporary one" },
      size: {
        type: "string",
        describe: "Size of the region, such as 64MiB; otherwise what the records need",
      },
      seed: {
        type: "number",
        default: chooseSeed(),
        defaultDescription: "random",
        describe: "Repeats a run",
      },
      verify: {
        type: "boolean",
        default: false,
        describe: "Check every msync and, at the end, every record",
      },
      json: { type: "boolean", default: false, describe: "Print the result as JSON" },
    })
    .check((options) => {
      requireWhole("records", options.records, 2, 2 ** 26);
      requireWhole("operations", options.operations, 0, 2 ** 31);
      requireWhole("value-size", options["value-size"], MIN_VALUE_BYTES, 2 ** 30);
      requireWhole("msync-every", options["msync-every"], 0, 2 ** 31);
      return true;
    })
    .example("$0 --workload C --records 1000000", "reads only")
    .example("$0 --msync-every 100", "one hundred updates a commit")
    .strict()
    .version(false)
    .parseSync();
}

export type Options = ReturnType<typeof parseOptions>;

function requireWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`--${name} must be a whole number from ${least} to ${most}`);
  }
}
