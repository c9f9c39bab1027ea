/** Programs of their own: plain Node.js, without the hooks of fams, started in the repository so that `fams` can be imported. */

import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A child that hangs is ended, and its test fails. */
const TIMEOUT_MS = 120_000;
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface ChildOptions {
  args?: string[];
  env?: Record<string, string>;
  /** Options of Node.js. */
  flags?: string[];
  /** A shell command that is run first and can set limits. */
  before?: string;
  cwd?: string;
  input?: string;
}

/** Runs the text of an ES module; `process.argv.slice(1)` are its arguments. */
export function runChild(source: string, options: ChildOptions = {}): SpawnSyncReturns<string> {
  const { args = [], env = {}, flags = [], before, cwd = ROOT, input } = options;
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const node = [...flags, "--input-type=module", "-e", source, "--", ...args];
  const command =
    before === undefined
      ? [process.execPath, ...node]
      : ["/bin/sh", "-c", `${before}; exec "$0" "$@"`, process.execPath, ...node];
  return spawnSync(command[0] as string, command.slice(1), {
    cwd,
    env: { ...inherited, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
    ...(input === undefined ? {} : { input }),
  });
}

/** Runs the text of an ES module and expects it to end well; what it printed, as JSON. */
export function childJson(source: string, options?: ChildOptions): unknown {
  const { status, signal, stdout, stderr } = runChild(source, options);
  if (status !== 0) throw new Error(`ended with ${signal ?? status}\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}
