/** fams: looks at region files, repairs, saves and restores them. Each command is a file in commands/. */

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { create } from "./commands/create.js";
import { EXIT_CODES_HELP, fail, UsageError } from "./outcome.js";

// A reader such as `head` may close the pipe; what it did not want need not be written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const args = hideBin(process.argv);
const cli = yargs(args)
  .scriptName("fams")
  .usage("$0 <command>\n\nLooks at region files, repairs, saves and restores them.")
  .option("json", { type: "boolean", default: false, describe: "Print one JSON value, also for a failure" })
  .command(create)
  .demandCommand(1, "No command given")
  .strict()
  .fail((message, error) => {
    throw message ? new UsageError(message) : error;
  })
  .epilogue(EXIT_CODES_HELP)
  .alias({ help: "h", version: "v" })
  .wrap(100);

try {
  await cli.parseAsync();
} catch (error) {
  fail(error, args.includes("--json"));
}
