/** Which files of a program are instrumented, and as what. */
import type tsModule from "typescript";
import type { TypeScript } from "../../frontends/compiler.js";
import type { ModuleFormat } from "../../syntax.js";

export const isTypeScript = (filename: string): boolean => /\.[mc]?tsx?$/.test(filename);

/** Declarations hold no stores, JSON neither, and what is installed is not compiled. */
export function isInstrumentable({ fileName, isDeclarationFile }: tsModule.SourceFile): boolean {
  return !isDeclarationFile && /\.[mc]?[jt]sx?$/.test(fileName) && !fileName.includes("/node_modules/");
}

/**
 * Whether the compiler takes the file for a module where its own syntax does not say so; undefined leaves it to extension and
 * syntax.
 */
export function formatOf(
  ts: TypeScript,
  file: tsModule.SourceFile,
  options: tsModule.CompilerOptions,
): ModuleFormat | undefined {
  const { CommonJS, ES2015, ESNext } = ts.ModuleKind;
  if (file.impliedNodeFormat === CommonJS) return undefined;
  if (file.impliedNodeFormat === ESNext || ts.isExternalModule(file)) return "module";
  const { module = CommonJS } = options;
  return module >= ES2015 && module <= ESNext ? "module" : undefined;
}
