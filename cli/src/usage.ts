/** What fams-run prints when it runs nothing. */

import { createRequire } from "node:module";
import yargs from "yargs";

type Reason = "help" | "version" | { readonly error: string };

const EXIT_USAGE = 2;

/** Prints help and version to stdout; an error to stderr, setting exit code 2. */
export async function showUsage(reason: Reason): Promise<void> {
  if (reason === "version") {
    const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
    console.log(version);
  } else if (reason === "help") {
    console.log(await help());
  } else {
    console.error(`fams-run: ${reason.error}\nTry: fams-run --help`);
    process.exitCode = EXIT_USAGE;
  }
}

function help(): Promise<string> {
  return yargs()
    .scriptName("fams-run")
    .usage(
      "fams-run [options] script [arguments]\n\n" +
        "Runs a TypeScript or JavaScript program with every store tracked, in all files that it loads.\n" +
        "What stands after the script belongs to the program.",
    )
    .option("exclude", {
      type: "string",
      requiresArg: true,
      describe: "Do not instrument files that match this glob or bear this name; repeatable",
    })
    .option("require", {
      alias: "r",
      type: "string",
      requiresArg: true,
      describe: "Load this CommonJS module before the script; repeatable",
    })
    .option("verify", { type: "boolean", describe: "Check at each msync that no store was missed" })
    .option("typed", {
      type: "boolean",
      describe: "Let the types of the nearest tsconfig.json tell which stores of .ts files are harmless",
    })
    .option("paranoid", { type: "boolean", describe: "Instrument also the stores that look harmless" })
    .option("no-cache", { type: "boolean", describe: "Keep no instrumented files in FAMS_CACHE_DIR" })
    .option("report", {
      type: "string",
      requiresArg: true,
      describe: "Append what is loaded to this file, as lines of JSON; fams doctor reads it",
    })
    .alias({ help: "h", version: "v" })
    .example("fams-run server.ts --port 80", "--port goes to server.ts")
    .example("fams-run --exclude node_modules server.ts", "Instrument only your own files")
    .example("fams-run --exclude '**/*.test.ts' main.js", "A glob over absolute paths")
    .example("fams-run --typed server.ts", "Fewer barriers, by the types of tsconfig.json")
    .example("fams-run --verify main.ts", "Throw ERR_FAMS_UNTRACKED if a store was missed")
    .wrap(100)
    .getHelp();
}
