/** The command line of fams. */

import yargs, { type Argv } from "yargs";
import { type Common, EXIT_CODES_HELP, fail, UsageError } from "./outcome.js";

/** Adds each command. Only the one that is called is loaded: some bring a compiler with them. */
const COMMANDS: Readonly<Record<string, (cli: Argv<Common>) => Promise<unknown>>> = {
  create: async (cli) => cli.command((await import("./commands/create.js")).create),
  inspect: async (cli) => cli.command((await import("./commands/inspect.js")).inspect),
  verify: async (cli) => cli.command((await import("./commands/verify.js")).verify),
  dump: async (cli) => cli.command((await import("./commands/dump.js")).dump),
  recover: async (cli) => cli.command((await import("./commands/recover.js")).recover),
  compact: async (cli) => cli.command((await import("./commands/compact.js")).compact),
  backup: async (cli) => cli.command((await import("./commands/backup.js")).backup),
  restore: async (cli) => cli.command((await import("./commands/restore.js")).restore),
  instrument: async (cli) => cli.command((await import("./commands/instrument.js")).instrument),
  doctor: async (cli) => cli.command((await import("./commands/doctor.js")).doctor),
};

/** Runs the command that `args` name; `process.exitCode` says what came of it. */
export async function run(args: readonly string[]): Promise<void> {
  const cli = yargs([...args])
    .scriptName("fams")
    .usage(
      "$0 <command>\n\nLooks at region files, repairs, saves and restores them; puts barriers into sources and programs.",
    )
    .option("json", { type: "boolean", default: false, describe: "Print one JSON value, also for a failure" })
    .demandCommand(1, "No command given")
    .strict()
    .fail((message, error) => {
      throw message ? new UsageError(message) : error;
    })
    .epilogue(EXIT_CODES_HELP)
    .alias({ help: "h", version: "v" })
    .wrap(100);
  const first = args.find((arg) => !arg.startsWith("-")) ?? "";
  const called = Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
  try {
    for (const name of called) await COMMANDS[name]?.(cli);
    await cli.parseAsync();
  } catch (error) {
    fail(error, args.includes("--json"));
  }
}
