/** From the text of a file on disk to the text that runs: stores instrumented, types stripped, source map inlined. */

import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { fingerprint, hash, openCache } from "./cache.cjs";
import { excluder } from "./exclude.cjs";
import { type Format, mustCompile } from "./formats.cjs";
import type { LoadOptions } from "./options.cjs";
import { type TsOptions, tsOptionsFor } from "./tsconfig.cjs";

export interface Output {
  readonly code: string;
  readonly format: Format;
}

/** Everything that loading depends on; plain data, so that it can be posted to the hooks thread. */
export interface TransformConfig extends LoadOptions {
  /** Absolute path of the barrier: CommonJS and ES modules must share one instance of it. */
  readonly barrier: string;
  /** Stands for the versions of all that takes part in a transform. */
  readonly versions: string;
}

export interface Transformer {
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
  const cache = openCache(config.cache);
  const salt = hash(config.versions, config.barrier, String(config.paranoid));
  const isExcluded = excluder(config.exclude, config.barrier);

  return {
    isExcluded,
    transform: transformCached,
    importsOf: (source, path) => withCompilers(() => loadSwc().importedSpecifiers(source, path)),
  };

  function transformCached(source: string, path: string, declared: Format | undefined): Output {
    if (compiling) return { code: source, format: declared ?? "commonjs" };
    const excluded = isExcluded(path);
    const compiled = mustCompile(path);
    if (excluded && !compiled && declared !== undefined) return { code: source, format: declared };

    const tsOptions = compiled ? tsOptionsFor(path) : {};
    const key = hash(salt, source, path, String(declared), String(excluded), JSON.stringify(tsOptions));
    const known = cache.get(key);
    if (known !== undefined) return decode(known, source);

    const input = { source, path, declared, tsOptions };
    const { warnings, ...output } = withCompilers(() => transform(input, excluded ? undefined : config));
    for (const warning of warnings) writeSync(2, `fams-run: ${warning}\n`);
    // What is to be warned of is warned of at each run.
    if (warnings.length === 0) cache.set(key, encode(output, source));
    return output;
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
const loadSwc = () => require("./swc.cjs") as typeof import("./swc.cjs");

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

interface Input {
  readonly source: string;
  readonly path: string;
  readonly declared: Format | undefined;
  readonly tsOptions: TsOptions;
}

function transform(
  { source, path, declared, tsOptions }: Input,
  config: TransformConfig | undefined,
): Output & { warnings: string[] } {
  const swc = loadSwc();
  const compiled = mustCompile(path);
  const undecided = declared === undefined || (compiled && declared === "commonjs");
  const syntax = undecided ? swc.syntaxOf(source, path) : declared === "module" ? "module" : "script";
  const format = declared ?? (syntax === "module" ? "module" : "commonjs");
  const usesModules = syntax !== "script";
  const edited =
    config === undefined
      ? { code: source, map: undefined, warnings: [] }
      : addBarriers(source, path, format, usesModules, config);
  const code = compiled
    ? swc.strip({ ...edited, path, format, usesModules, tsOptions })
    : withMap(edited.code, edited.map);
  return { code, format, warnings: edited.warnings };
}

function addBarriers(
  source: string,
  path: string,
  format: Format,
  usesModules: boolean,
  config: TransformConfig,
): { code: string; map: string | undefined; warnings: string[] } {
  compiler ??= requireCompiler();
  const { instrument } = compiler;
  const { code, map, diagnostics } = asSyntaxError(() =>
    instrument(source, {
      filename: path,
      parser: "swc",
      // A CommonJS file written with import and export gets its barrier by import as well, so that it is there before any
      // cyclic importer calls back.
      format: usesModules ? "module" : "commonjs",
      runtime: format === "module" ? pathToFileURL(config.barrier).href : config.barrier,
      paranoid: config.paranoid,
    }),
  );
  const warnings = diagnostics.map(
    ({ code, message, line, column }) => `${path}:${line}:${column}: ${message} (${code})`,
  );
  if (map === null) return { code, map: undefined, warnings };
  const absolute = { ...map, sources: [pathToFileURL(path).href], sourcesContent: [source] };
  return { code, map: JSON.stringify(absolute), warnings };
}

/** Whoever loads a file expects the error that Node.js throws for one that does not parse. */
function asSyntaxError<T>(parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== "ERR_FAMS_PARSE") throw cause;
    throw Object.assign(new SyntaxError(message), { code });
  }
}

type Compiler = typeof import("@fams/compiler-plugin");
let compiler: Compiler | undefined;

/** For a thread where the compiler, an ES module, cannot be loaded in the middle of a transform. */
export function provideCompiler(imported: Compiler): void {
  compiler = imported;
}

function requireCompiler(): Compiler {
  // Node.js warns of a require() of an ES module unless it comes from node_modules: noise in somebody else's program.
  const requireQuietly = createRequire("/node_modules/fams-run");
  return requireQuietly(require.resolve("@fams/compiler-plugin")) as Compiler;
}

/** A file that brings a map of its own keeps it: edits move no line, so that it stays right to the line. */
function withMap(code: string, map: string | undefined): string {
  if (map === undefined || /\/[/*][#@]\s*sourceMappingURL=/.test(code)) return code;
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
}
