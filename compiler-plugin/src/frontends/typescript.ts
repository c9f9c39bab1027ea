/** Parses with the TypeScript compiler: the one that made `types`, or the one that ts-morph carries. */
import type tsModule from "typescript";
import { InstrumentError } from "../errors.js";
import type { ModuleFormat, Syntax } from "../syntax.js";
import { Positions } from "../text.js";
import { loadTypeScript, type TypeScript, type Types } from "./compiler.js";
import { createTypeOracle } from "./type-oracle.js";
import { TypeScriptSyntax } from "./typescript-syntax.js";

interface ParseOptions {
  readonly filename: string;
  readonly format?: ModuleFormat;
  readonly types?: Types;
}

export function parseWithTypeScript(text: string, options: ParseOptions): Syntax<tsModule.Node> {
  const { filename, format, types } = options;
  if (types === undefined) {
    const ts = loadTypeScript();
    return new TypeScriptSyntax(ts, parse(ts, text, filename, format), format);
  }
  const file = types.program.getSourceFile(filename);
  if (file === undefined || file.text !== text) {
    const problem =
      file === undefined ? "the program does not hold this file" : "the program holds another text";
    throw new InstrumentError("ERR_FAMS_TYPES", `${problem}; make the program from the code to instrument`, {
      filename,
    });
  }
  failOnSyntaxError(types.ts, file, filename);
  return new TypeScriptSyntax(types.ts, file, format, createTypeOracle(types));
}

function parse(ts: TypeScript, text: string, filename: string, format?: ModuleFormat): tsModule.SourceFile {
  const file = createSourceFile(ts, text, filename, format === "module" || /\.m[jt]s$/.test(filename));
  failOnSyntaxError(ts, file, filename);
  return file;
}

function createSourceFile(
  ts: TypeScript,
  text: string,
  filename: string,
  module: boolean,
): tsModule.SourceFile {
  const asModule = (file: tsModule.SourceFile) => {
    (file as { externalModuleIndicator?: unknown }).externalModuleIndicator = true;
  };
  return ts.createSourceFile(filename, text, {
    languageVersion: ts.ScriptTarget.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
    ...(module ? { setExternalModuleIndicator: asModule } : {}),
  });
}

/** Octal numbers and escapes of sloppy JavaScript, which the parser reads well but reports in every file. */
const SLOPPY = new Set([1121, 1487, 1488, 1489]);

/** What the parser itself found; public interfaces give it only for whole programs. */
function syntaxErrors(file: tsModule.SourceFile): readonly tsModule.DiagnosticWithLocation[] {
  const found = (file as { parseDiagnostics?: tsModule.DiagnosticWithLocation[] }).parseDiagnostics ?? [];
  return /\.[mc]?jsx?$/.test(file.fileName) ? found.filter(({ code }) => !SLOPPY.has(code)) : found;
}

function failOnSyntaxError(ts: TypeScript, file: tsModule.SourceFile, filename: string): void {
  const [first] = syntaxErrors(file);
  if (first === undefined) return;
  const where = { filename, ...new Positions(file.text).at(first.start) };
  throw new InstrumentError("ERR_FAMS_PARSE", ts.flattenDiagnosticMessageText(first.messageText, " "), where);
}
