/** What fams-run asks of swc: is this an ES module, and what is left of it without types. */

import { pathToFileURL } from "node:url";
import { type Options, type ParserConfig, parseSync, transformSync } from "@swc/core";
import { type Format, isTypeScript } from "./formats.cjs";
import type { TsOptions } from "./tsconfig.cjs";

const TARGET = "es2022";

function parserFor(path: string): ParserConfig {
  const jsx = /\.[jt]sx$/.test(path);
  return isTypeScript(path)
    ? { syntax: "typescript", tsx: jsx, decorators: true }
    : { syntax: "ecmascript", jsx, decorators: true, allowReturnOutsideFunction: true };
}

/**
 * Whether the text can only be an ES module, as Node.js detects it where neither extension nor package.json say. Text that does
 * not parse is left to whoever compiles it, for the better message.
 */
export function usesModuleSyntax(source: string, path: string): boolean {
  if (!/\b(?:import|export|await)\b/.test(source)) return false;
  try {
    return isModuleNode(parseSync(source, { ...parserFor(path), target: "esnext" }));
  } catch {
    return false;
  }
}

/** What the ES module imports before it runs; what it imports by `import()` later is not among it. */
export function importedSpecifiers(source: string, path: string): string[] {
  const { body } = parseSync(source, { ...parserFor(path), target: "esnext" });
  return body.flatMap((item) => ("source" in item && item.source ? [item.source.value] : []));
}

const FUNCTIONS = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassMethod",
  "PrivateMethod",
  "Constructor",
  "MethodProperty",
  "GetterProperty",
  "SetterProperty",
]);
const DECLARATIONS = /^(?:Import|Export|Ts(?:ExportAssignment|NamespaceExport|ImportEquals))/;

function isModuleNode(node: unknown, inFunction = false): boolean {
  if (Array.isArray(node)) return node.some((child) => isModuleNode(child, inFunction));
  if (typeof node !== "object" || node === null) return false;
  const { type, kind, isAwait } = node as { type?: string; kind?: string; isAwait?: boolean };
  if (type !== undefined) {
    if (DECLARATIONS.test(type)) return true;
    if (type === "MetaProperty" && kind === "import.meta") return true;
    if (!inFunction && (type === "AwaitExpression" || (type === "ForOfStatement" && isAwait))) return true;
  }
  const inner = inFunction || (type !== undefined && FUNCTIONS.has(type));
  return Object.values(node).some((child) => isModuleNode(child, inner));
}

/** JavaScript for Node.js from TypeScript or JSX, with the map of the earlier edits chained to its own and inlined. */
export function strip(
  code: string,
  path: string,
  format: Format,
  map: string | undefined,
  tsOptions: TsOptions,
): string {
  const legacy = tsOptions.experimentalDecorators === true;
  const options: Options = {
    filename: path,
    sourceFileName: pathToFileURL(path).href,
    configFile: false,
    swcrc: false,
    isModule: true,
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
