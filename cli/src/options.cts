/** The command line of fams-run, read without any library: this is on the way of every start. */

/** What decides how files are loaded; a worker or a forked process inherits it. */
export interface LoadOptions {
  /** Files that are not instrumented: globs over absolute paths, or plain names of files and folders. */
  readonly exclude: readonly string[];
  /** Instrument also the stores that look harmless. */
  readonly paranoid: boolean;
  /** Keep instrumented files on disk from one run to the next. */
  readonly cache: boolean;
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

export function parseCommandLine(argv: readonly string[]): Invocation | NoInvocation {
  const exclude: string[] = [];
  const require: string[] = [];
  const flags = { paranoid: false, cache: true, verify: false };
  let at = 0;
  for (; at < argv.length; at++) {
    const arg = argv[at] as string;
    if (arg === "--") {
      at++;
      break;
    }
    if (!arg.startsWith("-") || arg === "-") break;

    const [name, inline] = splitOnce(arg);
    const list = name === "--exclude" ? exclude : name === "--require" || name === "-r" ? require : null;
    if (list !== null) {
      const value = inline ?? argv[++at];
      if (value === undefined || value === "") return wrong(`Option ${name} needs a value`);
      list.push(value);
      continue;
    }
    if (arg === "--help" || arg === "-h") return new NoInvocation("help");
    if (arg === "--version" || arg === "-v") return new NoInvocation("version");
    if (arg === "--paranoid") flags.paranoid = true;
    else if (arg === "--verify") flags.verify = true;
    else if (arg === "--no-cache") flags.cache = false;
    else return wrong(`Unknown option ${arg}`);
  }
  const script = argv[at];
  if (script === undefined || script === "") return wrong("No script given");
  return { ...flags, exclude, require, script, args: argv.slice(at + 1) };
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
  if (options.paranoid) query.set("paranoid", "");
  if (!options.cache) query.set("no-cache", "");
  return query.toString();
}

export function fromQuery(query: URLSearchParams): LoadOptions {
  return {
    exclude: query.getAll("exclude"),
    paranoid: query.has("paranoid"),
    cache: !query.has("no-cache"),
  };
}
