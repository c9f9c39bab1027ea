/**
 * A program that emits instrumented JavaScript. Two programs stand behind it: the one that was given answers for types, diagnostics
 * and declarations, a second one over the edited texts emits JavaScript.
 */
import type tsModule from "typescript";
import type { TypeScript } from "../../frontends/compiler.js";
import type { AdapterOptions } from "../options.js";
import type { Edit } from "../source-maps.js";
import { createEditedHost, type EditedHost } from "./edited-host.js";
import { isTypeScript } from "./files.js";
import { editOf } from "./instrument-host.js";

export interface ProgramOptions extends AdapterOptions {
  /** Leave alone the stores that types prove harmless; true by default. JavaScript is always instrumented without types. */
  types?: boolean;
}

/**
 * The program to emit in place of `program`: the same diagnostics and declarations, JavaScript with barriers, and source maps that
 * lead to the text without them.
 *
 * @param ts the module that made the program
 * @param host what the program was made with; by default the compiler's own
 * @throws InstrumentError
 */
export function createInstrumentedProgram(
  ts: TypeScript,
  program: tsModule.Program,
  options: ProgramOptions = {},
  host: tsModule.CompilerHost = ts.createCompilerHost(program.getCompilerOptions()),
): tsModule.Program {
  const edits = editAll(ts, program, options);
  const edited = createEditedHost(ts, createSameFilesHost(program, host), ({ fileName }) =>
    edits.get(fileName),
  );
  ignoreBarrier(ts, edited.host, program, options.runtime ?? "fams/barrier");
  const { composite, declaration, declarationMap, ...compilerOptions } = program.getCompilerOptions();
  const projectReferences = program.getProjectReferences();
  const emitting = ts.createProgram({
    rootNames: program.getRootFileNames(),
    options: composite ? { ...compilerOptions, incremental: true } : compilerOptions,
    host: edited.host,
    oldProgram: program,
    ...(projectReferences && { projectReferences }),
  });
  return join(program, emitting, edited, host);
}

function editAll(ts: TypeScript, program: tsModule.Program, options: ProgramOptions): Map<string, Edit> {
  const compilerOptions = program.getCompilerOptions();
  const types = (options.types ?? typesStayTrue(compilerOptions)) ? { ts, program } : undefined;
  const edits = new Map<string, Edit>();
  for (const file of program.getSourceFiles()) {
    if (program.isSourceFileFromExternalLibrary(file)) continue;
    const known = isTypeScript(file.fileName) ? types : undefined;
    const edit = editOf(ts, file, compilerOptions, options, known);
    if (edit !== undefined) edits.set(file.fileName, edit);
  }
  return edits;
}

/** Incremental builds of isolated modules do not emit a file anew when a type changes in another one. */
function typesStayTrue(options: tsModule.CompilerOptions): boolean {
  const isolated = options.isolatedModules === true || options.verbatimModuleSyntax === true;
  return !(isolated && (options.incremental === true || options.composite === true));
}

/** A host that gives the files of the program, and reads none of them again. */
export function createSameFilesHost(
  program: tsModule.Program,
  base: tsModule.CompilerHost,
): tsModule.CompilerHost {
  const host = Object.create(base) as tsModule.CompilerHost;
  return Object.assign(host, {
    getSourceFile: (...args: Parameters<tsModule.CompilerHost["getSourceFile"]>) =>
      program.getSourceFile(args[0]) ?? base.getSourceFile(...args),
    getSourceFileByPath: undefined,
    // The files of the first program stay in use.
    onReleaseOldSourceFile: undefined,
  });
}

/** The barrier's declarations are of no use for emitting, and need not be where the compiler would look. */
function ignoreBarrier(
  ts: TypeScript,
  host: tsModule.CompilerHost,
  program: tsModule.Program,
  barrier: string,
): void {
  const cache = ts.createModuleResolutionCache(
    program.getCurrentDirectory(),
    (name) => host.getCanonicalFileName(name),
    program.getCompilerOptions(),
  );
  const resolve = host.resolveModuleNameLiterals?.bind(host);
  host.resolveModuleNameLiterals = (literals, containing, redirected, options, file, reused) =>
    literals.map((literal) => {
      if (literal.text === barrier) return { resolvedModule: undefined };
      const [resolved] = resolve?.([literal], containing, redirected, options, file, reused) ?? [];
      const mode = ts.getModeForUsageLocation(file, literal, options);
      return (
        resolved ?? ts.resolveModuleName(literal.text, containing, options, host, cache, redirected, mode)
      );
    });
}

/** What tells something of the program as it was written; some of it is for the compiler's own use. */
const ABOUT_SOURCES = [
  "getSyntacticDiagnostics",
  "getSemanticDiagnostics",
  "getDeclarationDiagnostics",
  "getBindAndCheckDiagnostics",
  "getProgramDiagnostics",
  "getSuggestionDiagnostics",
] as const;
const ABOUT_PROGRAM = [
  "getCompilerOptions",
  "getOptionsDiagnostics",
  "getGlobalDiagnostics",
  "getConfigFileParsingDiagnostics",
] as const;

function join(
  program: tsModule.Program,
  emitting: tsModule.Program,
  { wrapWriteFile }: EditedHost,
  host: tsModule.CompilerHost,
): tsModule.Program {
  const original = program as unknown as Record<string, (...args: unknown[]) => unknown>;
  const joined = emitting as unknown as Record<string, (...args: unknown[]) => unknown>;
  const { emit } = emitting;
  const ofProgram = (file: tsModule.SourceFile | undefined) => file && program.getSourceFile(file.fileName);

  for (const name of ABOUT_PROGRAM) joined[name] = (...args) => original[name]?.(...args);
  for (const name of ABOUT_SOURCES) {
    joined[name] = (file, ...rest) => original[name]?.(ofProgram(file as tsModule.SourceFile), ...rest);
  }

  emitting.emit = (target, writeFile, token, onlyDeclarations, ...rest) => {
    const write = writeFile ?? ((...args) => host.writeFile(...args));
    const emitDeclarations = () => program.emit(ofProgram(target), write, token, true, ...rest);
    if (onlyDeclarations) return emitDeclarations();
    const ofEmitting = target && emitting.getSourceFile(target.fileName);
    const emitted = emit(ofEmitting, wrapWriteFile(write), token, false, ...rest);
    const { declaration, composite } = program.getCompilerOptions();
    if (emitted.emitSkipped || !(declaration || composite)) return emitted;
    const declared = emitDeclarations();
    return {
      emitSkipped: declared.emitSkipped,
      diagnostics: [...emitted.diagnostics, ...declared.diagnostics],
      ...(emitted.emittedFiles && {
        emittedFiles: [...emitted.emittedFiles, ...(declared.emittedFiles ?? [])],
      }),
    };
  };
  return emitting;
}
