/** fams: looks at region files, repairs, saves and restores them. Each command is a file in commands/. */

import { hideBin } from "yargs/helpers";
import { run } from "./run.js";

// A reader such as `head` may close the pipe; what it did not want need not be written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

await run(hideBin(process.argv));
