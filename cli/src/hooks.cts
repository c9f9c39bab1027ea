/**
 * The hooks for ES modules: on the thread of the program where Node.js has sound synchronous hooks, elsewhere on the hooks thread.
 * Every `next` is called last, so that the same functions serve both.
 */

import { existsSync, readFileSync } from "node:fs";
import type { LoadHookContext, ResolveFnOutput, ResolveHookContext } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { declaredFormat, isScript, mustCompile, sourceCandidates } from "./formats.cjs";
import { createTransformer, type TransformConfig, type Transformer } from "./transform.cjs";

let files: Transformer;

/** Node.js calls this on the hooks thread. */
export function initialize(config: TransformConfig): void {
  files = createTransformer(config);
}

export function share(transformer: Transformer): void {
  files = transformer;
}

const entries = new Set<string>();

type Next<Context, Result> = (target: string, context: Context) => Result;

export function resolve<Result>(
  specifier: string,
  context: ResolveHookContext,
  nextResolve: Next<ResolveHookContext, Result>,
): Result {
  if (isRequire(context)) return nextResolve(specifier, context);
  if (context.parentURL === undefined) entries.add(specifier);
  return nextResolve(findSource(specifier, context.parentURL) ?? specifier, context);
}

const COMPILER = pathToFileURL(join(__dirname, "compiler.js")).href;
const OWN = "?fams";

/**
 * For synchronous hooks: the ES modules that the compiler consists of get addresses that no program uses. It may be needed while the
 * program loads some of the same modules, and Node.js refuses to require() what is being loaded.
 */
export function resolveApart(
  specifier: string,
  context: ResolveHookContext,
  nextResolve: Next<ResolveHookContext, ResolveFnOutput>,
): ResolveFnOutput {
  const { parentURL } = context;
  const apart = parentURL === COMPILER || parentURL?.endsWith(OWN);
  if (!apart) return resolve(specifier, context, nextResolve);
  const resolved = nextResolve(specifier, context);
  return resolved.format === "module" ? { ...resolved, url: resolved.url + OWN } : resolved;
}

/**
 * Synchronous hooks are asked about CommonJS as well, which is instrumented where it is compiled. On the hooks thread no
 * conditions are told to `load`.
 */
function isRequire({ conditions }: { readonly conditions?: readonly string[] }): boolean {
  return conditions?.includes("require") === true;
}

/** The TypeScript file that an import means by the name of the JavaScript file that does not exist. */
function findSource(specifier: string, parentURL: string | undefined): string | undefined {
  if (!/^(?:\.{0,2}\/|file:)/.test(specifier)) return undefined;
  const url = new URL(specifier, parentURL);
  if (url.protocol !== "file:") return undefined;
  const path = fileURLToPath(url);
  const candidates = sourceCandidates(path);
  if (candidates.length === 0 || existsSync(path)) return undefined;
  const source = candidates.find((candidate) => existsSync(candidate));
  return source && pathToFileURL(source).href + url.search + url.hash;
}

interface Loaded {
  format: "module";
  source: string;
  shortCircuit: true;
}

export function load<Result>(
  url: string,
  context: LoadHookContext,
  nextLoad: Next<LoadHookContext, Result>,
): Result | Loaded {
  if (url.startsWith("data:")) files.report.gap("a module in a data: URL");
  if (!url.startsWith("file:") || isRequire(context)) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const declared = isScript(path) ? declaredFormat(path) : context.format;
  if (!isScript(path) && declared !== "module") return nextLoad(url, context);

  const compiled = mustCompile(path);
  // CommonJS is instrumented where it is compiled; returning its text here would give it a require() of its own.
  const asCommonJs = () => nextLoad(url, { ...context, format: "commonjs" });
  if (declared === "commonjs" && !compiled) return asCommonJs();

  const output = files.transform(
    readFileSync(path, "utf8"),
    path,
    declared as "module" | "commonjs" | undefined,
  );
  if (output.format === "module") return loaded(output.code);
  return compiled && !entries.has(url) ? loaded(facade(path, output.code)) : asCommonJs();
}

const loaded = (source: string): Loaded => ({ format: "module", source, shortCircuit: true });

/**
 * Node.js looks in the text on disk for the names that a CommonJS file exports, and finds none in TypeScript. So an importer gets
 * an ES module that requires the file and gives out the names found in the compiled text.
 */
function facade(path: string, code: string): string {
  const lines = exportedNames(code).map(
    (name, i) => `const $${i} = exports[${name}]; export { $${i} as ${name} };`,
  );
  return `import { createRequire } from "node:module";
const exports = createRequire(import.meta.url)(${JSON.stringify(path)});
export default exports;
${lines.join("\n")}`;
}

/** Quoted. swc writes what it exported into an annotation; files without export statements assign to `exports`. */
function exportedNames(code: string): string[] {
  const annotation = /^0 && \(module\.exports = \{([^}]*)\}\);$/m.exec(code)?.[1] ?? "";
  const annotated = [...annotation.matchAll(/^\s*("[^"]*"|[\w$]+): null/gm)].map(
    ([, name]) => name as string,
  );
  const assigned = [...code.matchAll(/\bexports\.([\w$]+)\s*=[^=]/g)].map(([, name]) => name as string);
  const names = new Set([...annotated, ...assigned].map((name) => name.replaceAll('"', "")));
  names.delete("default");
  return [...names].map((name) => JSON.stringify(name));
}
