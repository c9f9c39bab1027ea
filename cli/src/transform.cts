/** Which text runs in the place of a file: as it is, from the cache, or compiled. */

import { readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { fingerprint, hash, openCache } from "./cache.cjs";
import type { Output } from "./compile.cjs";
import { excluder } from "./exclude.cjs";
import { type Format, isTypeScript, mustCompile } from "./formats.cjs";
import type { LoadOptions } from "./options.cjs";
import { openReport, type Report } from "./report.cjs";
import { tsOptionsFor } from "./tsconfig.cjs";
import type { TypedFiles } from "./typed.cjs";

export type { Output };

/** Everything that loading depends on; plain data, so that it can be posted to the hooks thread. */
export interface TransformConfig extends LoadOptions {
  /** Absolute path of the barrier: CommonJS and ES modules must share one instance of it. */
  readonly barrier: string;
  /** Stands for the versions of all that takes part in a transform. */
  readonly versions: string;
}

export interface Transformer {
  readonly report: Report;
  isExcluded(path: string): boolean;
  /**
   * @param declared undefined when the syntax of the file decides
   * @throws SyntaxError that names file, line and column
   */
  transform(source: string, path: string, declared: Format | undefined): Output;
  /** The specifiers of what an ES module imports before it runs. */
  importsOf(source: string, path: string): string[];
}

export function createTransformer(config: TransformConfig): Transformer {
  const report = openReport(config.report);
  const cache = openCache(config.cache && config.report === undefined);
  const salt = hash(config.versions, config.barrier, String(config.paranoid));
  const whyExcluded = excluder(config.exclude, config.barrier);
  const typed = config.typed && !config.paranoid ? openTypedFiles() : undefined;

  return {
    report,
    isExcluded: (path) => whyExcluded(path) !== undefined,
    transform,
    importsOf: (source, path) => withCompilers(() => loadCompile().importsOf(source, path)),
  };

  function transform(source: string, path: string, declared: Format | undefined): Output {
    if (compiling) return { code: source, format: declared ?? "commonjs" };
    const excluded = whyExcluded(path);
    const compiled = mustCompile(path);
    if (excluded !== undefined) report.excluded(path, excluded);
    if (excluded !== undefined && !compiled && declared !== undefined)
      return { code: source, format: declared };

    const types = excluded === undefined && isTypeScript(path) ? typed : undefined;
    const tsOptions = compiled ? tsOptionsFor(path) : {};
    const rest = [source, path, String(declared), String(excluded !== undefined), JSON.stringify(tsOptions)];
    const keyIn = (state: string) => hash(salt, ...rest, state);
    const state = types === undefined ? "" : types.stateOf(path);
    const known = state === undefined ? undefined : cache.get(keyIn(state));
    if (known !== undefined) return decode(known, source);

    const output = withCompilers(() =>
      loadCompile().compile(
        { source, path, declared, tsOptions },
        excluded === undefined ? { ...config, typesOf: types?.typesOf } : undefined,
      ),
    );
    if (excluded === undefined) report.compiled(path, source, output);
    for (const { code, message, line, column } of output.diagnostics)
      writeSync(2, `fams-run: ${path}:${line}:${column}: ${message} (${code})\n`);
    // What is to be warned of is warned of at each run.
    if (output.diagnostics.length === 0) cache.set(keyIn(types?.stateOf(path) ?? ""), encode(output, source));
    return output;
  }

  function openTypedFiles(): TypedFiles {
    const { createTypedFiles } = require("./typed.cjs") as typeof import("./typed.cjs");
    return createTypedFiles(cache, salt, (path, dependencies, roots) => {
      const { Project } = loadCompile().loadCompiler();
      return new Project(path, { observe: (system) => dependencies.observe(system), roots });
    });
  }
}

/** The compilers are being loaded or at work on this thread: what is loaded now is theirs, and stays as it is. */
let compiling = false;

function withCompilers<T>(compile: () => T): T {
  compiling = true;
  try {
    return compile();
  } finally {
    compiling = false;
  }
}

/** With a warm cache no file gets as far as needing this. */
const loadCompile = () => require("./compile.cjs") as typeof import("./compile.cjs");

export function versions(): string {
  const compiler = dirname(require.resolve("@fams/compiler-plugin"));
  const swc = readFileSync(require.resolve("@swc/core/package.json"), "utf8");
  return hash(fingerprint(__dirname), fingerprint(compiler), swc);
}

/** The first line holds the format; a file that needs no change has no second one. */
function encode(output: Output, source: string): string {
  return output.code === source ? output.format : `${output.format}\n${output.code}`;
}

function decode(text: string, source: string): Output {
  const end = text.indexOf("\n");
  if (end < 0) return { format: text as Format, code: source };
  return { format: text.slice(0, end) as Format, code: text.slice(end + 1) };
}
