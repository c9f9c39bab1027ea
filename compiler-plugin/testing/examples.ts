/**
 * The projects in examples/: each sends the program in examples/fixture through another pipeline. `npm run build`, where there is
 * such a script, builds it; every script named `start` or `start:...` runs it and prints a report as one line of JSON.
 */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const EXAMPLES = fileURLToPath(new URL("../examples", import.meta.url));
export const FIXTURE = "fixture";

export interface Report {
  /** What each form of store gave, by name. */
  readonly results: Record<string, unknown>;
  /** Lines whose bytes changed before the first msync. */
  readonly changed: readonly number[];
  /** Lines that were marked by then. */
  readonly dirty: readonly number[];
  /** "committed" or the code of the error. */
  readonly msync: string;
  /** Of an error thrown beside stores. */
  readonly stack: string;
}

export interface Example {
  readonly name: string;
  readonly builds: boolean;
  readonly starts: readonly string[];
}

export function listExamples(): Example[] {
  const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => {
    const { scripts } = JSON.parse(readFileSync(join(EXAMPLES, name, "package.json"), "utf8"));
    const starts = Object.keys(scripts).filter((script) => /^start(:|$)/.test(script));
    return { name, builds: "build" in scripts, starts };
  });
}

function npmRun(example: string, script: string): string {
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", script], {
    cwd: join(EXAMPLES, example),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${example}: npm run ${script} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

export const build = (example: string): string => npmRun(example, "build");

export function start(example: string, script = "start"): Report {
  const output = npmRun(example, script);
  const line = /^\{.*\}$/m.exec(output)?.[0];
  if (line === undefined) throw new Error(`${example}: npm run ${script} printed no report\n${output}`);
  return JSON.parse(line) as Report;
}

/** Where the program has this text, as stacks name places. */
function placeOf(text: string): string {
  const source = readFileSync(join(EXAMPLES, FIXTURE, "stores.ts"), "utf8");
  const before = source.slice(0, source.indexOf(text)).split("\n");
  return `stores.ts:${before.length}:${(before.at(-1) as string).length + 1}`;
}

/** The frames of the report's error are those of the source, to the column. Names of functions are what the tool makes of them. */
export function expectMappedStack({ stack }: Report): void {
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  expect(frames[0], stack).to.include(placeOf('new Error("stopped")'));
  expect(frames[1], stack).to.include(placeOf("stop(f64)"));
}

/** The pipeline gave the program barriers at all its stores, and changed nothing else of it. */
export function expectTracked(report: Report, plain: Report): void {
  expect(report.results).to.deep.equal(plain.results);
  expect(report.changed).to.deep.equal(plain.changed);
  expect(report.dirty).to.deep.equal(report.changed);
  expect(report.msync).to.equal("committed");
  expectMappedStack(report);
}
