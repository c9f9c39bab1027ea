/** fams-run: runs a program in this process, as `node script args` would, with every store tracked. */

import Module = require("node:module");

import { join, resolve } from "node:path";
import { install } from "./install.cjs";
import { type Invocation, NoInvocation, parseCommandLine } from "./options.cjs";
import { nearestConfig } from "./tsconfig.cjs";

const invocation = parseCommandLine(process.argv.slice(2));
if (invocation instanceof NoInvocation) explain(invocation.reason);
else if (invocation.typed && nearestConfig(resolve(invocation.script)) === undefined) {
  const error = `There is no tsconfig.json beside or above ${invocation.script} to take types from`;
  explain({ error: `${error}; make one with npx tsc --init, or run without --typed` });
} else run(invocation);

function explain(reason: NoInvocation["reason"]): void {
  void import("./usage.js").then(({ showUsage }) => showUsage(reason));
}

function run(invocation: Invocation): void {
  const script = resolve(invocation.script);
  process.argv.splice(1, process.argv.length, script, ...invocation.args);
  if (invocation.verify) process.env.FAMS_VERIFY = "1";
  install(invocation, script);

  // Until the program has a main module of its own it has none, as when node starts it.
  Object.assign(process, { mainModule: undefined });
  const requireFromHere = Module.createRequire(join(process.cwd(), "/"));
  for (const id of invocation.require) requireFromHere(id);

  const loader = Module as unknown as {
    runMain(main: string): void;
    _load(main: string, parent: null, isMain: true): void;
  };
  // Node.js knows no .cts and would go by the nearest package.json.
  if (script.endsWith(".cts")) loader._load(script, null, true);
  else loader.runMain(script);
}
