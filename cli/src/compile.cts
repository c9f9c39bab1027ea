/** From the text of a file on disk to the text that runs: stores instrumented, types stripped, source map inlined. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Diagnostic, StoreSite, Types } from "@fams/compiler-plugin";
import { type Format, mustCompile } from "./formats.cjs";
import type { TsOptions } from "./tsconfig.cjs";

export interface Output {
  readonly code: string;
  readonly format: Format;
}

export interface Compiled extends Output {
  readonly sites: readonly StoreSite[];
  readonly diagnostics: readonly Diagnostic[];
  readonly typed: boolean;
}

export interface Input {
  readonly source: string;
  readonly path: string;
  /** undefined when the syntax of the file decides. */
  readonly declared: Format | undefined;
  readonly tsOptions: TsOptions;
}

export interface BarrierOptions {
  /** Absolute path of the barrier. */
  readonly barrier: string;
  readonly paranoid: boolean;
  readonly typesOf?: ((path: string, source: string) => Types | undefined) | undefined;
}

/**
 * @param barriers undefined for a file that is not to be instrumented
 * @throws SyntaxError that names file, line and column
 */
export function compile(input: Input, barriers: BarrierOptions | undefined): Compiled {
  const { source, path, declared, tsOptions } = input;
  const { format, usesModules } = natureOf(source, path, declared);
  const edited =
    barriers === undefined
      ? { code: source, map: undefined, sites: [], diagnostics: [], typed: false }
      : addBarriers(source, path, format, usesModules, barriers);
  const code = mustCompile(path)
    ? loadSwc().strip({ ...edited, path, format, usesModules, tsOptions })
    : withMap(edited.code, edited.map);
  return { ...edited, code, format };
}

export interface Nature {
  readonly format: Format;
  /** It is written with import and export, whatever it becomes. */
  readonly usesModules: boolean;
}

export function natureOf(source: string, path: string, declared: Format | undefined): Nature {
  const undecided = declared === undefined || (mustCompile(path) && declared === "commonjs");
  const syntax = undecided ? loadSwc().syntaxOf(source, path) : declared === "module" ? "module" : "script";
  return {
    format: declared ?? (syntax === "module" ? "module" : "commonjs"),
    usesModules: syntax !== "script",
  };
}

function addBarriers(
  source: string,
  path: string,
  format: Format,
  usesModules: boolean,
  { barrier, paranoid, typesOf }: BarrierOptions,
): Omit<Compiled, "format"> & { map: string | undefined } {
  // What TypeScript takes for a module may run as a sloppy script.
  const types = usesModules ? typesOf?.(path, source) : undefined;
  const { code, map, sites, diagnostics } = asSyntaxError(() =>
    loadCompiler().instrument(source, {
      filename: path,
      ...(types === undefined ? { parser: "swc" } : { types }),
      // A CommonJS file written with import and export gets its barrier by import as well, so that it is there before any
      // cyclic importer calls back.
      format: usesModules ? "module" : "commonjs",
      runtime: format === "module" ? pathToFileURL(barrier).href : barrier,
      paranoid,
    }),
  );
  const found = { code, sites, diagnostics, typed: types !== undefined };
  if (map === null) return { ...found, map: undefined };
  const absolute = { ...map, sources: [pathToFileURL(path).href], sourcesContent: [source] };
  return { ...found, map: JSON.stringify(absolute) };
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

/** A file that brings a map of its own keeps it: edits move no line, so that it stays right to the line. */
function withMap(code: string, map: string | undefined): string {
  if (map === undefined || /\/[/*][#@]\s*sourceMappingURL=/.test(code)) return code;
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`;
}

/** The specifiers of what an ES module imports before it runs. */
export const importsOf = (source: string, path: string): string[] =>
  loadSwc().importedSpecifiers(source, path);

/** On a thread of hooks this file is loaded before there is anything to compile. */
const loadSwc = () => require("./swc.cjs") as typeof import("./swc.cjs");

type Compiler = typeof import("./compiler.js", { with: { "resolution-mode": "import" }});
let compiler: Compiler | undefined;

/** For a thread where the compiler, an ES module, cannot be loaded in the middle of a transform. */
export function provideCompiler(imported: Compiler): void {
  compiler = imported;
}

export function loadCompiler(): Compiler {
  // Node.js warns of a require() of an ES module unless it comes from node_modules: noise in somebody else's program.
  compiler ??= createRequire("/node_modules/fams-run")(join(__dirname, "compiler.js")) as Compiler;
  return compiler;
}
