/** The command line of fams-run, read without any library: this is on the way of every start. */

import { resolve } from "node:path";

/** What decides how files are loaded; a worker or a forked process inherits it. */
export interface LoadOptions {
  /** Files that are not instrumented: globs over absolute paths, or plain names of files and folders. */
  readonly exclude: readonly string[];
  /** Instrument also the stores that look harmless. */
  readonly paranoid: boolean;
  /** Ask the types of the nearest tsconfig.json which stores look harmless. */
  readonly typed: boolean;
  /** Keep instrumented files on disk from one run to the next. */
  readonly cache: boolean;
  /** Absolute path of a file to append to what was loaded. */
  readonly report?: string | undefined;
}

export interface Invocation extends LoadOptions {
  readonly verify: boolean;
  /** CommonJS modules to load before the script. */
  readonly require: readonly string[];
  readonly script: string;
  /** What belongs to the program: everything after the script. */
  readonly args: readonly string[];
}

/** The command line is not for running a program: it asks for help or the version, or it is wrong. */
export class NoInvocation {
  constructor(readonly reason: "help" | "version" | { readonly error: string }) {}
}

/** @param own flags of the caller's, set to true if they are given */
export function parseCommandLine(
  argv: readonly string[],
  own: Record<string, boolean> = {},
): Invocation | NoInvocation {
  const exclude: string[] = [];
  const require: string[] = [];
  const reports: string[] = [];
  const lists: Record<string, string[]> = {
    "--exclude": exclude,
    "--require": require,
    "-r": require,
    "--report": reports,
  };
  const flags = { typed: false, paranoid: false, cache: true, verify: false };
  let at = 0;
  for (; at < argv.length; at++) {
    const arg = argv[at] as string;
    if (arg === "--") {
      at++;
      break;
    }
    if (!arg.startsWith("-") || arg === "-") break;

    const [name, inline] = splitOnce(arg);
    const list = lists[name];
    if (list !== undefined) {
      const value = inline ?? argv[++at];
      if (value === undefined || value === "") return wrong(`Option ${name} needs a value`);
      list.push(value);
      continue;
    }
    if (arg === "--help" || arg === "-h") return new NoInvocation("help");
    if (arg === "--version" || arg === "-v") return new NoInvocation("version");
    if (arg === "--typed") flags.typed = true;
    else if (arg === "--paranoid") flags.paranoid = true;
    else if (arg === "--verify") flags.verify = true;
    else if (arg === "--no-cache") flags.cache = false;
    else if (arg in own) own[arg] = true;
    else return wrong(`Unknown option ${arg}`);
  }
  const script = argv[at];
  if (script === undefined || script === "") return wrong("No script given");
  const report = reports.at(-1);
  return {
    ...flags,
    ...(report && { report: resolve(report) }),
    exclude,
    require,
    script,
    args: argv.slice(at + 1),
  };
}

function wrong(error: string): NoInvocation {
  return new NoInvocation({ error });
}

function splitOnce(arg: string): [string, string | undefined] {
  const equals = arg.indexOf("=");
  return arg.startsWith("--") && equals > 0
    ? [arg.slice(0, equals), arg.slice(equals + 1)]
    : [arg, undefined];
}

/** Options as the query of a module's URL, the one thing that `--import` carries into workers and forks. */
export function toQuery(options: LoadOptions): string {
  const query = new URLSearchParams(options.exclude.map((glob): [string, string] => ["exclude", glob]));
  if (options.typed) query.set("typed", "");
  if (options.paranoid) query.set("paranoid", "");
  if (!options.cache) query.set("no-cache", "");
  if (options.report !== undefined) query.set("report", options.report);
  return query.toString();
}

export function fromQuery(query: URLSearchParams): LoadOptions {
  return {
    exclude: query.getAll("exclude"),
    typed: query.has("typed"),
    paranoid: query.has("paranoid"),
    cache: !query.has("no-cache"),
    ...(query.has("report") && { report: query.get("report") as string }),
  };
}

/**
 * What the environment variable FAMS_OPTIONS says, for a program that is not started by fams-run.
 *
 * @throws Error when it is not understood
 */
export function fromEnvironment(text = process.env.FAMS_OPTIONS ?? ""): LoadOptions {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const parsed = parseCommandLine([...words, "--", "script"]);
  const problem = problemInEnvironment(parsed);
  if (problem !== undefined) throw new Error(`FAMS_OPTIONS=${JSON.stringify(text)}: ${problem}`);
  return parsed as Invocation;
}

function problemInEnvironment(parsed: Invocation | NoInvocation): string | undefined {
  if (parsed instanceof NoInvocation)
    return typeof parsed.reason === "object" ? parsed.reason.error : `There is no ${parsed.reason} to show`;
  if (parsed.args.length > 0) return `${parsed.script} is no option`;
  if (parsed.verify || parsed.require.length > 0)
    return "--verify and --require belong on the command line; set FAMS_VERIFY=1, use node --require";
  return undefined;
}
