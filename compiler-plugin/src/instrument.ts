/**
 * Source text in, the same text with barriers beside its stores out. Nothing moves to another line; a file without
 * stores to instrument comes back as it is.
 */
import type { SourceMap } from "magic-string";
import { type Diagnostic, MESSAGES, type Reason } from "./diagnostics.js";
import { emit } from "./emit.js";
import { InstrumentError } from "./errors.js";
import { findSites } from "./find-sites.js";
import type { Types } from "./frontends/compiler.js";
import { parseWithSwc } from "./frontends/swc.js";
import { parseWithTypeScript } from "./frontends/typescript.js";
import { chooseNames } from "./names.js";
import { reasonToSkip } from "./oracle.js";
import { Planner, type Refusal } from "./plan.js";
import { type Activation, resolveAssignments } from "./scope.js";
import type { FoundSites, StoreForm } from "./sites.js";
import type { ModuleFormat, Syntax } from "./syntax.js";
import { firstToken, Positions, skipTrivia } from "./text.js";

export interface InstrumentOptions {
  /** Its extension selects the language (.ts, .tsx, .js, .jsx, .mts, .cts, .mjs, .cjs); errors and maps name it. */
  filename: string;
  /**
   * "typescript" where `types` are given, which needs it, else "swc". Unless this option says "swc", sloppy JavaScript
   * that swc refuses is read with TypeScript.
   */
  parser?: "swc" | "typescript";
  /** A program that holds the file, with the `typescript` module that made it. Types tell which stores need no barrier. */
  types?: Types;
  /** How the file is loaded: decides between `import` and `require` for the barrier. Default: by extension, then by syntax. */
  format?: ModuleFormat;
  /** The module specifier of the barrier; "fams/barrier" by default. */
  runtime?: string;
  /** Trust neither types nor constant views: leave alone only what the syntax itself rules out. */
  paranoid?: boolean;
  /** Let loops settle the track of a receiver once for all their stores; true by default. */
  optimise?: boolean;
  /** Make a source map; true by default. */
  sourceMap?: boolean;
}

export interface StoreSite {
  /** Both count from 1. */
  line: number;
  column: number;
  kind: StoreForm;
  instrumented: boolean;
  /** Why it was left alone; undefined when instrumented. */
  reason: Reason | undefined;
}

export interface Instrumented {
  code: string;
  /** null when the code is unchanged or no map was asked for. */
  map: SourceMap | null;
  sites: StoreSite[];
  diagnostics: Diagnostic[];
}

const DEFAULT_RUNTIME = "fams/barrier";

/**
 * Puts the barrier beside every store of one file that may write an element of a typed array.
 *
 * @throws InstrumentError ERR_FAMS_PARSE when the code is no valid program, ERR_FAMS_TYPES when `types` does not hold
 * this very text under this name, ERR_FAMS_OPTION when options contradict each other.
 */
export function instrument(code: string, options: InstrumentOptions): Instrumented {
  const text = code.charCodeAt(0) === 0xfeff ? code.slice(1) : code;
  if (!mayStore(text)) return { code, map: null, sites: [], diagnostics: [] };
  const result = instrumentText(text, options);
  if (result === undefined) return { code, map: null, sites: [], diagnostics: [] };
  return result.code === text ? { ...result, code } : result;
}

/** A store of an element needs a bracket, and an operator or the head of a loop. */
function mayStore(text: string): boolean {
  return text.includes("[") && /=|\+\+|--|\bof\b|\bin\b/.test(text);
}

function instrumentText(text: string, options: InstrumentOptions): Instrumented | undefined {
  const { parser, types, filename } = options;
  if (types !== undefined && parser === "swc") {
    throw new InstrumentError("ERR_FAMS_OPTION", 'types need parser "typescript"', { filename });
  }
  const withTypeScript = () => instrumentSyntax(text, parseWithTypeScript(text, options), options);
  if (types !== undefined || parser === "typescript") return withTypeScript();
  try {
    return instrumentSyntax(text, parseWithSwc(text, options), options);
  } catch (error) {
    // swc refuses some sloppy JavaScript that engines run.
    const mayBeSloppy =
      parser === undefined && /\.c?jsx?$/.test(filename) && error instanceof InstrumentError;
    if (!mayBeSloppy) throw error;
    try {
      return withTypeScript();
    } catch {
      throw error;
    }
  }
}

/** undefined: the file is instrumented already. */
function instrumentSyntax<N>(
  text: string,
  syntax: Syntax<N>,
  options: InstrumentOptions,
): Instrumented | undefined {
  const { filename, runtime = DEFAULT_RUNTIME, paranoid = false, optimise = true } = options;
  const format = options.format ?? formatOf(filename) ?? (syntax.module ? "module" : "commonjs");
  const found = findSites(syntax, {
    commonjs: format === "commonjs",
    paranoid,
    barriers: [runtime, DEFAULT_RUNTIME],
    ignore: ignoredStarts(text),
    ignoreFile: text.slice(0, firstToken(text)).includes("@fams-ignore-file"),
  });
  if (found.importsBarrier) return undefined;

  const names = chooseNames(text);
  const planner = new Planner(text, names, found.hasDirectEval, optimise);
  const report = planAll(text, found, planner, paranoid);
  planner.finish();
  if (syntax.statements === undefined || !report.sites.some((site) => site.instrumented)) {
    return { code: text, map: null, ...report };
  }
  const prelude = { statements: syntax.statements, barrier: names.barrier, runtime, format };
  const map = (options.sourceMap ?? true) ? filename : undefined;
  return { ...emit(text, planner.edits, activationsOf(found), prelude, map), ...report };
}

function planAll(
  text: string,
  found: FoundSites,
  planner: Planner,
  paranoid: boolean,
): { sites: StoreSite[]; diagnostics: Diagnostic[] } {
  const assignedGlobals = resolveAssignments(found.assignments);
  const positions = new Positions(text);
  const diagnostics: Diagnostic[] = [];
  const sites = found.sites.map((site) => {
    const position = positions.at(site.expression.start);
    const skip = reasonToSkip(site, { paranoid, assignedGlobals, hasDirectEval: found.hasDirectEval });
    const refusal: Refusal | undefined = skip === undefined ? planner.plan(site) : undefined;
    if (refusal !== undefined)
      diagnostics.push({ code: refusal.code, message: MESSAGES[refusal.code], ...position });
    const reason = skip ?? refusal?.reason;
    return { ...position, kind: site.form, instrumented: reason === undefined, reason };
  });
  return { sites, diagnostics };
}

function activationsOf(found: FoundSites): Set<Activation> {
  return new Set(found.sites.map((site) => site.activation));
}

function formatOf(filename: string): ModuleFormat | undefined {
  if (/\.m[jt]s$/.test(filename)) return "module";
  return /\.c[jt]s$/.test(filename) ? "commonjs" : undefined;
}

/** Where the statements start that comments exempt. */
function ignoredStarts(text: string): ReadonlySet<number> {
  const starts = new Set<number>();
  if (!text.includes("@fams-ignore")) return starts;
  for (const comment of text.matchAll(/^[^\S\n\r]*\/\/[^\S\n\r]*@fams-ignore(?![\w-])[^\n\r]*/gm)) {
    starts.add(skipTrivia(text, comment.index));
  }
  return starts;
}
