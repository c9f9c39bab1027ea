/** Source to source: a tree of files again, the same but for the barriers beside their stores. */

import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { type Diagnostic, InstrumentError, instrument, Project, type StoreSite } from "@fams/compiler-plugin";
import { natureOf } from "../compile.cjs";
import { declaredFormat, isScript, isTypeScript } from "../formats.cjs";
import { countStores, type StoreCounts } from "../report.cjs";
import { nearestConfig } from "../tsconfig.cjs";
import { UsageError } from "./outcome.js";

export interface InstrumentTreeOptions {
  /** Absolute path of a file or a folder. */
  readonly source: string;
  /** Absolute path of the folder to write to. */
  readonly out: string;
  readonly typed: boolean;
  /** A tsconfig.json for all files, in place of the nearest one of each. */
  readonly project: string | undefined;
  readonly paranoid: boolean;
  /** Copy what is no script as well. */
  readonly copy: boolean;
  readonly onProgress: (bytesDone: number, bytesInAll: number) => void;
}

export interface FileResult {
  readonly source: string;
  readonly output: string;
  /** Types told which stores to leave alone. */
  readonly typed: boolean;
  readonly stores: StoreCounts;
  readonly sites: readonly StoreSite[];
  /** Stores that should have been instrumented and could not be. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why nothing was written. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface TreeResult {
  readonly files: readonly FileResult[];
  readonly copied: readonly string[];
}

/** @throws UsageError when the output would take the place of a source, or types are asked for and there are none */
export function instrumentTree(options: InstrumentTreeOptions): TreeResult {
  const { source, out, copy, onProgress } = options;
  const root = statSync(source).isDirectory() ? source : dirname(source);
  if (root.startsWith(join(out, sep)))
    throw new UsageError(`${out} holds the source: give another folder with --out`);
  const paths = root === source ? [...filesBelow(source, out)] : [source];
  const outputOf = (path: string) => join(out, relative(root, path));
  const scripts = paths.filter(isSource);
  const others = copy ? paths.filter((path) => !isSource(path)) : [];
  refuseToOverwrite(paths, [...scripts, ...others].map(outputOf));

  const projectOf = options.typed ? projects(scripts, options.project) : () => undefined;
  const sizes = scripts.map((path) => statSync(path).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const files = scripts.map((path, i) => {
    const result = instrumentFile(path, outputOf(path), projectOf(path), options.paranoid);
    done += sizes[i] as number;
    onProgress(done, total);
    return result;
  });
  for (const path of others) {
    mkdirSync(dirname(outputOf(path)), { recursive: true });
    copyFileSync(path, outputOf(path));
  }
  return { files, copied: others };
}

const isSource = (path: string): boolean => isScript(path) && !/\.d\.[cm]?ts$/.test(path);

/** Installed packages and what is hidden are not part of the source, nor is the output. */
function* filesBelow(folder: string, out: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules" || entry.name.startsWith(".") || path === out) continue;
    if (entry.isDirectory()) yield* filesBelow(path, out);
    else if (statSync(path, { throwIfNoEntry: false })?.isFile()) yield path;
  }
}

function refuseToOverwrite(sources: readonly string[], outputs: readonly string[]): void {
  const taken = new Set(sources.map((path) => realpathSync(path)));
  for (const output of outputs) {
    const real = statSync(output, { throwIfNoEntry: false }) === undefined ? output : realpathSync(output);
    if (taken.has(real)) throw new UsageError(`${output} is a source itself: give another folder with --out`);
  }
}

function projects(
  scripts: readonly string[],
  project: string | undefined,
): (path: string) => Project | undefined {
  const configOf = (path: string) => (isTypeScript(path) ? (project ?? nearestConfig(path)) : undefined);
  const untyped = scripts.find((path) => isTypeScript(path) && configOf(path) === undefined);
  if (untyped !== undefined) {
    const what = `There is no tsconfig.json beside or above ${untyped} to take types from`;
    throw new UsageError(`${what}; name one with --project, or give --untyped`);
  }
  const configs = new Set(scripts.map(configOf).filter((config) => config !== undefined));
  const opened = new Map([...configs].map((config) => [config, open(config)]));
  return (path) => opened.get(configOf(path) ?? "");
}

function open(config: string): Project {
  try {
    return new Project(config);
  } catch (error) {
    throw error instanceof InstrumentError ? new UsageError(error.message) : error;
  }
}

function instrumentFile(
  path: string,
  output: string,
  project: Project | undefined,
  paranoid: boolean,
): FileResult {
  const code = readFileSync(path, "utf8");
  const none = { source: path, output, typed: false, stores: countStores([]), sites: [], diagnostics: [] };
  try {
    const { usesModules } = natureOf(code, path, declaredFormat(path));
    const types = paranoid || !usesModules ? undefined : project?.typesOf(path, code);
    const result = instrument(code, {
      filename: path,
      format: usesModules ? "module" : "commonjs",
      paranoid,
      ...(types && { types }),
    });
    write(path, output, result.code, result.map);
    const { sites, diagnostics } = result;
    return { ...none, typed: types !== undefined, stores: countStores(sites), sites, diagnostics };
  } catch (error) {
    const { code = "ERR", message } = error as NodeJS.ErrnoException;
    return { ...none, error: { code, message } };
  }
}

type SourceMap = ReturnType<typeof instrument>["map"];

function write(path: string, output: string, code: string, map: SourceMap): void {
  mkdirSync(dirname(output), { recursive: true });
  // A file that brings a map of its own keeps it.
  if (map === null || /\/[/*][#@]\s*sourceMappingURL=/.test(code)) {
    writeFileSync(output, code);
    return;
  }
  const name = basename(output);
  const sources = [relative(dirname(output), path).split(sep).join("/")];
  writeFileSync(`${output}.map`, JSON.stringify({ ...map, file: name, sources }));
  const separator = code.endsWith("\n") ? "" : "\n";
  writeFileSync(output, `${code}${separator}//# sourceMappingURL=${encodeURIComponent(name)}.map`);
}
