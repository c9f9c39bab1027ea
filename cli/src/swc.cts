/** What fams-run asks of swc: is this an ES module, and what is left of it without types. */

import { pathToFileURL } from "node:url";
import { type Options, type ParseOptions, parseSync, transformSync } from "@swc/core";
import { type Format, isTypeScript } from "./formats.cjs";
import type { TsOptions } from "./tsconfig.cjs";

const TARGET = "es2022";

function parserFor(path: string): ParseOptions {
  const jsx = /\.[jt]sx$/.test(path);
  return isTypeScript(path)
    ? { syntax: "typescript", tsx: jsx, decorators: true, target: "esnext" }
    : { syntax: "ecmascript", jsx, decorators: true, target: "esnext" };
}

/** How a file is written; "export=" is TypeScript's own way to write CommonJS, among import declarations or not. */
export type Syntax = "script" | "module" | "export=";

/**
 * What the syntax of the file says of its format, as Node.js takes it where neither extension nor package.json say. Text that does
 * not parse is left to whoever compiles it, for the better message.
 */
export function syntaxOf(source: string, path: string): Syntax {
  if (!/\b(?:import|export|await)\b/.test(source)) return "script";
  try {
    const options = { ...parserFor(path), isModule: "unknown" };
    const { type, body } = parseSync(source, options as unknown as ParseOptions);
    if ((type as string) !== "Module") return "script";
    return body.some((item) => COMMONJS_ONLY.has(item.type)) ? "export=" : "module";
  } catch {
    return "script";
  }
}

const COMMONJS_ONLY = new Set<string>(["TsExportAssignment", "TsImportEqualsDeclaration"]);

/** What the ES module names in import declarations; what it imports by `import()` is not among it. */
export function importedSpecifiers(source: string, path: string): string[] {
  const { body } = parseSync(source, parserFor(path));
  return body.flatMap((item) => ("source" in item && item.source ? [item.source.value] : []));
}

interface Compilation {
  readonly code: string;
  readonly path: string;
  readonly format: Format;
  /** The file is written with import and export, whatever it becomes. */
  readonly usesModules: boolean;
  /** Map of the edits made so far, as JSON. */
  readonly map: string | undefined;
  readonly tsOptions: TsOptions;
}

/** JavaScript for Node.js from TypeScript or JSX, with the map of the earlier edits chained to its own and inlined. */
export function strip({ code, path, format, usesModules, map, tsOptions }: Compilation): string {
  const legacy = tsOptions.experimentalDecorators === true;
  const options: Options = {
    filename: path,
    sourceFileName: pathToFileURL(path).href,
    configFile: false,
    swcrc: false,
    isModule: usesModules ? true : "commonjs",
    jsc: {
      parser: parserFor(path),
      target: TARGET,
      keepClassNames: true,
      experimental: { keepImportAttributes: true },
      transform: {
        legacyDecorator: legacy,
        decoratorMetadata: tsOptions.emitDecoratorMetadata === true,
        ...(legacy ? {} : { decoratorVersion: "2022-03" as const }),
        useDefineForClassFields: tsOptions.useDefineForClassFields ?? definesFields(tsOptions.target),
        verbatimModuleSyntax: tsOptions.verbatimModuleSyntax === true && format === "module",
        react: reactOptions(tsOptions),
      },
    },
    module:
      format === "module"
        ? { type: "es6" }
        : { type: "commonjs", ignoreDynamic: true, exportInteropAnnotation: true },
    sourceMaps: "inline",
    ...(map === undefined ? {} : { inputSourceMap: map }),
  };
  return transformSync(code, options).code;
}

/** TypeScript's own default: class fields are defined from ES2022 on, and assigned before. */
function definesFields(target = "es2022"): boolean {
  const year = /^es(20\d\d)$/i.exec(target)?.[1];
  return year === undefined ? /^esnext$/i.test(target) : Number(year) >= 2022;
}

function reactOptions(tsOptions: TsOptions) {
  return {
    runtime: /^react-jsx/.test(tsOptions.jsx ?? "") ? ("automatic" as const) : ("classic" as const),
    development: tsOptions.jsx === "react-jsxdev",
    ...(tsOptions.jsxFactory && { pragma: tsOptions.jsxFactory }),
    ...(tsOptions.jsxFragmentFactory && { pragmaFrag: tsOptions.jsxFragmentFactory }),
    ...(tsOptions.jsxImportSource && { importSource: tsOptions.jsxImportSource }),
  };
}
