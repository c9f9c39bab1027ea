/** `npm run bench -- stores|transform|commit`: prints a table and, on demand, writes the figures as JSON. */
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import type { Result } from "./harness.ts";
import { fileSystem, machine } from "./machine.ts";
import { report } from "./report.ts";
import { stores } from "./stores.ts";
import { transform } from "./transform.ts";

const shared = {
  quick: { type: "boolean", default: false, describe: "fewer repetitions, for a first look" },
  json: { type: "string", describe: "write the figures to this file" },
  check: { type: "boolean", default: false, describe: "exit with 1 if a bar is missed" },
} as const;

interface Output {
  json?: string | undefined;
  check: boolean;
}

function publish(name: string, directory: string, result: Result, { json, check }: Output): void {
  const where = machine(directory);
  const missed = report(name, where, result);
  if (json !== undefined) {
    const ratios = Object.fromEntries(
      Object.entries(result.ratios).map(([ratio, { median }]) => [ratio, median]),
    );
    writeFileSync(json, `${JSON.stringify({ name, machine: where, ratios, rows: result.rows }, null, 2)}\n`);
  }
  if (check && missed.length > 0) process.exitCode = 1;
}

/** Flushes of a file in memory cost nothing: figures need a file on a disk. */
function directoryOnDisk(): string {
  return [process.cwd(), tmpdir()].find((directory) => fileSystem(directory) !== "tmpfs") ?? process.cwd();
}

await yargs(hideBin(process.argv))
  .scriptName("npm run bench --")
  .command(
    "stores",
    "cost of one tracked store over the plain store",
    {
      ...shared,
      format: {
        choices: ["module", "commonjs"] as const,
        default: "module" as const,
        describe: "module system",
      },
      only: { type: "string", describe: "only the scenarios whose name contains this" },
      cold: { type: "boolean", default: false, hidden: true },
    },
    async (options) => {
      const result = await stores(options);
      if (options.cold) process.send?.(result);
      else publish("stores", tmpdir(), result, options);
    },
  )
  .command(
    "transform",
    "cost of instrumented loops, of a whole program, and of instrumenting",
    shared,
    async (options) => {
      publish("transform", tmpdir(), await transform(options.quick), options);
    },
  )
  .command(
    "commit",
    "cost of one durable commit over the bare flush of the same bytes, and over msync(2)",
    {
      ...shared,
      dir: {
        type: "string",
        describe: "where the benchmark's files are made [default: here, or the temporary directory]",
      },
    },
    async ({ quick, dir, ...output }) => {
      // Loads the addon with the bare flushes, which no other benchmark needs.
      const { commit } = await import("./commit.ts");
      const directory = dir ?? directoryOnDisk();
      publish("commit", directory, await commit({ quick, directory }), output);
    },
  )
  .demandCommand(1, "Say which benchmark: stores, transform or commit.")
  .strict()
  .help()
  .parseAsync();
