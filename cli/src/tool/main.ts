/** fams: looks at region files, repairs, saves and restores them. Each command is a file in commands/. */

import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { backup } from "./commands/backup.js";
import { compact } from "./commands/compact.js";
import { create } from "./commands/create.js";
import { doctor } from "./commands/doctor.js";
import { dump } from "./commands/dump.js";
import { inspect } from "./commands/inspect.js";
import { instrument } from "./commands/instrument.js";
import { recover } from "./commands/recover.js";
import { restore } from "./commands/restore.js";
import { verify } from "./commands/verify.js";
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
  .command(inspect)
  .command(verify)
  .command(dump)
  .command(recover)
  .command(compact)
  .command(backup)
  .command(restore)
  .command(instrument)
  .command(doctor)
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
