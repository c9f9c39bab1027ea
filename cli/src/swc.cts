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

/**
 * Whether the text has syntax that only an ES module may have: how Node.js decides where neither extension nor package.json do.
 * Text that does not parse is left to whoever compiles it, for the better message.
 */
export function usesModuleSyntax(source: string, path: string): boolean {
  if (!/\b(?:import|export|await)\b/.test(source)) return false;
  try {
    const options = { ...parserFor(path), isModule: "unknown" };
    return (parseSync(source, options as unknown as ParseOptions).type as string) === "Module";
  } catch {
    return false;
  }
}

/** What the ES module imports before it runs; what it imports by `import()` later is not among it. */
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
