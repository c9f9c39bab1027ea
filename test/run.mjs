// npm test [-- [files or folders] [mocha options]]: type-checks the tests, then runs them through fams-run, every msync verified.

import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EVERYTHING = [
  "{runtime,compiler-plugin,cli}/src/**/*.test.ts",
  "workloads/**/*.test.ts",
  "native/**/*.test.ts",
  "test/**/*.test.ts",
];
const MOCHA = [
  ["--reporter", join(ROOT, "test/reporter.mjs")],
  ["--ignore", "**/node_modules/**"],
  ["--ignore", "**/fixtures/**"],
  ["--timeout", "30s"],
  ["--fail-zero"],
].flat();

const { resolve: locate } = createRequire(import.meta.url);
const args = process.argv.slice(2);
const firstFlag = args.findIndex((arg) => arg.startsWith("-"));
const paths = firstFlag < 0 ? args : args.slice(0, firstFlag);
const flags = firstFlag < 0 ? [] : args.slice(firstFlag);

if (paths.length === 0) run(locate("typescript/bin/tsc"), "-p", "test/tsconfig.json", "--noEmit");
const specs = paths.length === 0 ? EVERYTHING : paths.map(toSpec);
const famsRun = ["cli/bin/fams-run.js", "--exclude", "node_modules"];
run(...famsRun, locate("mocha/bin/mocha.js"), ...MOCHA, ...flags, ...specs);

function toSpec(path) {
  const absolute = resolve(process.env.INIT_CWD ?? process.cwd(), path);
  const found = [absolute, join(ROOT, path)].find((candidate) => existsSync(candidate));
  if (found === undefined) {
    console.error(`No such file or folder: ${path}`);
    process.exit(2);
  }
  const spec = relative(ROOT, found);
  return statSync(found).isDirectory() ? join(spec, "**/*.test.ts") : spec;
}

function run(...nodeArgs) {
  const env = { ...process.env, FAMS_VERIFY: "1" };
  const { status, signal } = spawnSync(process.execPath, nodeArgs, { cwd: ROOT, env, stdio: "inherit" });
  if (signal !== null) console.error(`Ended by ${signal}`);
  if (status !== 0) process.exit(status ?? 1);
}
