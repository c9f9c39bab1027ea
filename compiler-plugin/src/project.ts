/**
 * The program of a tsconfig.json, from which instrument() learns types. It follows the files on disk: it is made anew when it is
 * asked about a text that it does not hold.
 */
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import type tsModule from "typescript";
import { InstrumentError } from "./errors.js";
import { loadTypeScript, type TypeScript, type Types } from "./frontends/compiler.js";

export interface ProjectOptions {
  /** Stands between the compiler and the file system, for example to note what the program depends on. */
  observe?: (system: tsModule.System) => tsModule.System;
  /** Absolute paths of files to hold beside those that tsconfig.json names. */
  roots?: readonly string[];
}

export class Project {
  /** Absolute path of tsconfig.json. */
  readonly config: string;
  readonly #ts: TypeScript;
  readonly #system: tsModule.System;
  readonly #options: tsModule.CompilerOptions;
  readonly #files: Set<string>;
  readonly #references: readonly string[];
  readonly #observe: ProjectOptions["observe"];
  readonly #extra: Set<string>;
  readonly #host: tsModule.CompilerHost;
  readonly #referenced = new Map<string, Project>();
  #program: tsModule.Program | undefined;

  /**
   * The compiler is the project's own `typescript` if that is version 5.4 to 6, else the one that comes with this package.
   *
   * @param config path of a tsconfig.json
   * @throws InstrumentError ERR_FAMS_TSCONFIG when the file cannot be read or is wrong
   */
  constructor(config: string, { observe, roots = [] }: ProjectOptions = {}) {
    this.config = resolve(config);
    const own = ownCompiler(this.config);
    this.#ts = own ?? loadTypeScript();
    this.#observe = observe;
    this.#system = observe?.(this.#ts.sys) ?? this.#ts.sys;
    const parsed = parseConfig(this.#ts, this.#system, this.config);
    this.#options = parsed.options;
    this.#files = new Set(parsed.fileNames);
    this.#references = (parsed.projectReferences ?? []).map((reference) =>
      this.#ts.resolveProjectReferencePath(reference),
    );
    this.#extra = new Set(roots);
    this.#host = createHost(this.#ts, this.#options, this.#system);
    if (own === undefined) useBundledLibrary(this.#ts, this.#host);
  }

  /** The files that were added because somebody asked for their types. */
  get roots(): readonly string[] {
    return [...this.#extra];
  }

  /**
   * What instrument() needs to know types in a file; undefined for a text that is not the one on disk, for JavaScript, where nothing
   * vouches for the types that the compiler infers, and for scripts: to the compiler their names are everybody's, and it mistakes
   * two constants of one name for each other.
   *
   * @param filename absolute path
   */
  typesOf(filename: string, code: string): Types | undefined {
    if (!/(?<!\.d)\.[cm]?tsx?$/.test(filename)) return undefined;
    return (this.#holderOf(filename) ?? this).#typesOf(filename, code.replace(/^\uFEFF/, ""));
  }

  #typesOf(filename: string, text: string): Types | undefined {
    if (this.#program?.getSourceFile(filename)?.text !== text) {
      if (this.#program !== undefined || !this.#files.has(filename)) this.#addRoot(filename);
      this.#program = this.#createProgram();
    }
    const program = this.#program as tsModule.Program;
    const file = program.getSourceFile(filename);
    return file?.text === text && this.#ts.isExternalModule(file) ? { ts: this.#ts, program } : undefined;
  }

  #addRoot(filename: string): void {
    if (this.#program?.getSourceFile(filename) === undefined) this.#extra.add(filename);
  }

  /** The project that names the file: this one or one that it refers to. */
  #holderOf(filename: string, seen = new Set<string>()): Project | undefined {
    if (this.#files.has(filename)) return this;
    seen.add(this.config);
    for (const path of this.#references) {
      if (seen.has(path)) continue;
      const holder = this.#reference(path).#holderOf(filename, seen);
      if (holder !== undefined) return holder;
    }
    return undefined;
  }

  #reference(path: string): Project {
    const known = this.#referenced.get(path);
    if (known !== undefined) return known;
    const project = new Project(path, this.#observe && { observe: this.#observe });
    this.#referenced.set(path, project);
    return project;
  }

  #createProgram(): tsModule.Program {
    return this.#ts.createProgram({
      rootNames: [...this.#files, ...this.#extra],
      options: this.#options,
      host: this.#host,
      ...(this.#program && { oldProgram: this.#program }),
    });
  }
}

function ownCompiler(config: string): TypeScript | undefined {
  try {
    const own = createRequire(config)("typescript") as Partial<TypeScript>;
    // TypeScript 7 has no programs to ask.
    if (own.createProgram !== undefined && Number(own.versionMajorMinor) >= 5.4) return own as TypeScript;
  } catch {
    // None is installed there.
  }
  return undefined;
}

const NO_INPUTS = new Set([18002, 18003]);

function parseConfig(ts: TypeScript, system: tsModule.System, config: string): tsModule.ParsedCommandLine {
  const fail = (diagnostic: tsModule.Diagnostic): never => {
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    throw new InstrumentError("ERR_FAMS_TSCONFIG", message, { filename: config });
  };
  const host = Object.assign(Object.create(system) as tsModule.System, {
    onUnRecoverableConfigFileDiagnostic: fail,
  });
  const parsed = ts.getParsedCommandLineOfConfigFile(config, { noEmit: true }, host);
  const error = parsed?.errors.find(({ code }) => !NO_INPUTS.has(code));
  if (error !== undefined) fail(error);
  return parsed as tsModule.ParsedCommandLine;
}

/** A host that gives the same syntax tree for the same text, so that a program made anew keeps what it can of the old one. */
function createHost(
  ts: TypeScript,
  options: tsModule.CompilerOptions,
  system: tsModule.System,
): tsModule.CompilerHost {
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, directoryExists, getDirectories, readDirectory, realpath } = system;
  Object.assign(host, { fileExists, readFile, directoryExists, getDirectories, readDirectory, realpath });

  const parse = host.getSourceFile;
  const parsed = new Map<string, tsModule.SourceFile | undefined>();
  host.getSourceFile = (name, ...rest) => {
    const known = parsed.get(name);
    if (known !== undefined && known.text === host.readFile(name)) return known;
    const file = parse(name, ...rest);
    parsed.set(name, file);
    return file;
  };
  return host;
}

/** ts-morph keeps the declarations of the standard library in its code, not in files beside the compiler. */
function useBundledLibrary(ts: TypeScript, host: tsModule.CompilerHost): void {
  const requireAsTsMorph = createRequire(createRequire(import.meta.url).resolve("ts-morph"));
  const { getLibFiles } = requireAsTsMorph("@ts-morph/common") as BundledLibrary;
  const folder = dirname(ts.sys.getExecutingFilePath());
  const texts = new Map(getLibFiles().map(({ fileName, text }) => [join(folder, fileName), text]));
  const { fileExists, readFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
}

interface BundledLibrary {
  getLibFiles(): { readonly fileName: string; readonly text: string }[];
}
