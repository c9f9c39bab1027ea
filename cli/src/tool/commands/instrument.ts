import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { type FileResult, instrumentTree, type TreeResult } from "../instrument-tree.js";
import { count } from "../layout.js";
import { type Common, EXIT, report, UsageError } from "../outcome.js";
import { withProgress } from "../progress.js";
import { storesText, sumStores } from "../stores-text.js";

interface Arguments extends Common {
  source: string;
  out: string;
  untyped: boolean | undefined;
  project: string | undefined;
  paranoid: boolean;
  copy: boolean;
}

/** fams instrument: source to source, for whatever compiles the result. */
export const instrument: CommandModule<Common, Arguments> = {
  command: "instrument <source>",
  describe:
    "Write a file or a tree of files again, with barriers beside the stores; the source stays as it is",
  builder: (yargs) =>
    yargs
      .positional("source", { type: "string", demandOption: true, describe: "File or folder" })
      .option("out", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "Folder to write to, with the layout of the source, and a .map for each file that changes",
      })
      .option("untyped", { type: "boolean", describe: "Do without types and tsconfig.json" })
      .option("project", {
        type: "string",
        requiresArg: true,
        conflicts: "untyped",
        describe: "The tsconfig.json that gives the types [default: the nearest one of each file]",
      })
      .option("paranoid", {
        type: "boolean",
        default: false,
        describe: "Instrument also the stores that look harmless",
      })
      .option("copy", {
        type: "boolean",
        default: false,
        describe: "Copy all other files, except hidden ones and node_modules",
      })
      .example("$0 instrument src --out build/src", "Then compile build/src in the place of src")
      .example("$0 instrument src --out build/src --copy", "With package.json, declarations and assets")
      .example("$0 instrument lib --out lib-fams --untyped --json", "JavaScript; lists every store"),
  handler: async ({ source, out, untyped, project, json, ...options }) => {
    const result = await withProgress("Instrumenting", async (onProgress) =>
      instrumentTree({
        ...options,
        source: existing(source),
        out: resolve(out),
        typed: !untyped,
        project: project && existing(project),
        onProgress,
      }),
    );
    report(json, { out: resolve(out), ...result }, () => describe(result, out));
    if (result.files.some(({ error }) => error !== undefined)) process.exitCode = EXIT.failed;
  },
};

function existing(path: string): string {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) throw new UsageError(`There is no ${path}`);
  return realpathSync(path);
}

function describe({ files, copied }: TreeResult, out: string): string {
  const written = files.filter(({ error }) => error === undefined);
  return [
    ...files.flatMap(complaints),
    `${count(written.length, "file")} written to ${out}: ${storesText(sumStores(files))}`,
    ...(copied.length > 0 ? [`${count(copied.length, "other file")} copied`] : []),
  ].join("\n");
}

function complaints({ source, error, diagnostics }: FileResult): string[] {
  const untracked = diagnostics.map(
    ({ line, column, message, code }) => `${source}:${line}:${column}: ${message} (${code})`,
  );
  return error === undefined ? untracked : [...untracked, `Not written: ${error.message}`];
}
