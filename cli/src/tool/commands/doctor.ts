import { relative } from "node:path";
import type { CommandModule } from "yargs";
import { type Invocation, NoInvocation, parseCommandLine } from "../../options.cjs";
import { type Examination, examine } from "../examine.js";
import { count } from "../layout.js";
import { type Common, EXIT, report, UsageError } from "../outcome.js";
import { storesText } from "../stores-text.js";

/** fams doctor: runs a program and tells what of it was instrumented. */
export const doctor: CommandModule<Common, Common> = {
  command: "doctor [script] [arguments..]",
  describe: "Run a program as fams-run does, and tell which files were instrumented, which were not, and why",
  builder: (yargs) =>
    yargs
      .positional("script", { type: "string", describe: "The program" })
      .positional("arguments", { describe: "What the program gets" })
      .usage(
        "$0 doctor [options] <script> [arguments..]\n\n" +
          "Runs a program as fams-run does, and tells which of the files that it loaded, in all threads and forks, were " +
          "instrumented, which were not, and why. What the program prints goes to stderr. What it makes with eval, " +
          "new Function or node:vm, and processes that are no forks, are not looked at.",
      )
      .options({
        exclude: { type: "string", requiresArg: true, describe: "As for fams-run, like those that follow" },
        require: { alias: "r", type: "string", requiresArg: true },
        typed: { type: "boolean" },
        paranoid: { type: "boolean" },
        verify: { type: "boolean" },
      })
      .example("$0 doctor server.ts --port 80", "--port goes to server.ts")
      .example("$0 doctor --typed --exclude node_modules main.ts", "With options of fams-run")
      .example("$0 doctor --json main.ts | jq .gaps", "What runs and is not seen")
      .epilogue("doctor ends with 1 if the program failed, or if something ran whose stores are not seen.")
      // Whatever stands behind the script is the program's, be it --help.
      .parserConfiguration({ "halt-at-non-option": !asksForHelp(read().parsed) })
      .strict(false),
  handler: async () => {
    const { argv, json, parsed } = read();
    if (parsed instanceof NoInvocation) {
      throw new UsageError(typeof parsed.reason === "object" ? parsed.reason.error : "No script given");
    }
    const { script, args } = parsed;
    const options = argv.slice(0, argv.length - args.length - 1).filter((option) => option !== JSON_FLAG);
    const examination = await examine([...options, script, ...args]);
    report(json, examination, () => describe(examination));
    const { program, gaps } = examination;
    if (program.exitCode !== 0 || gaps.length > 0) process.exitCode = EXIT.failed;
  },
};

const JSON_FLAG = "--json";

/** The command line as fams-run reads it, but for a flag of ours. */
function read() {
  const given = process.argv.slice(2);
  const at = given.indexOf("doctor");
  const argv = given.slice(at + 1);
  const own = { [JSON_FLAG]: given.slice(0, at).includes(JSON_FLAG) };
  const parsed = parseCommandLine(argv, own);
  return { argv, parsed, json: own[JSON_FLAG] === true };
}

const asksForHelp = (parsed: Invocation | NoInvocation): boolean =>
  parsed instanceof NoInvocation && parsed.reason === "help";

/** So many files are listed for one reason. */
const LISTED = 20;

function describe({ files, gaps, stores, program }: Examination): string {
  const byReason = new Map<string, string[]>();
  for (const { path, reason = "" } of files) byReason.set(reason, [...(byReason.get(reason) ?? []), path]);
  const instrumented = byReason.get("") ?? [];
  byReason.delete("");
  const { exitCode, signal } = program;
  return [
    `Instrumented: ${filesText(instrumented)}`,
    storesText(stores),
    ...[...byReason].map(([reason, paths]) => `Not instrumented, because ${reason}: ${filesText(paths)}`),
    ...files.flatMap(({ path, diagnostics }) =>
      diagnostics.map(({ line, column, message }) => `Not seen: ${path}:${line}:${column}: ${message}`),
    ),
    ...gaps.map((gap) => `Not seen: ${gap}`),
    ...(exitCode === 0 ? [] : [`The program ended with ${signal ?? `exit code ${exitCode}`}`]),
  ].join("\n");
}

function filesText(paths: readonly string[]): string {
  const listed = paths.slice(0, LISTED).map((path) => `\n  ${relative(process.cwd(), path)}`);
  const more = paths.length > LISTED ? `\n  and ${paths.length - LISTED} more: see --json` : "";
  return `${count(paths.length, "file")}${listed.join("")}${more}`;
}
