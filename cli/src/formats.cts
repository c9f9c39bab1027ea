/** What kind of file a path names, by the rules of Node.js and TypeScript. */

import { readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";

export type Format = "module" | "commonjs";

/** Extensions that Node.js 20 cannot load by itself. */
export const TYPESCRIPT = [".ts", ".tsx", ".mts", ".cts"] as const;
const COMPILED = new Set<string>([...TYPESCRIPT, ".jsx"]);
const SCRIPTS = new Set<string>([".js", ".mjs", ".cjs", ...COMPILED]);

/** TypeScript's convention: an import names the file that will be emitted. */
const SOURCES_OF: Record<string, readonly string[]> = {
  ".js": [".ts", ".tsx"],
  ".jsx": [".tsx"],
  ".mjs": [".mts"],
  ".cjs": [".cts"],
};

export const isScript = (path: string): boolean => SCRIPTS.has(extname(path));
/** The file holds types or JSX, which must go before it can run. */
export const mustCompile = (path: string): boolean => COMPILED.has(extname(path));
export const isTypeScript = (path: string): boolean => /\.[cm]?tsx?$/.test(path);

/** The names under which the source of the module `path` may exist when `path` itself does not. */
export function sourceCandidates(path: string): string[] {
  const extension = extname(path);
  return (SOURCES_OF[extension] ?? []).map((source) => path.slice(0, -extension.length) + source);
}

/** The format that Node.js gives to the file; undefined when its syntax decides. */
export function declaredFormat(path: string): Format | undefined {
  const extension = extname(path);
  if (extension === ".mjs" || extension === ".mts") return "module";
  if (extension === ".cjs" || extension === ".cts") return "commonjs";
  return packageType(dirname(path));
}

const packageTypes = new Map<string, Format | undefined>();

function packageType(folder: string): Format | undefined {
  if (packageTypes.has(folder)) return packageTypes.get(folder);
  const type = readPackageType(folder);
  packageTypes.set(folder, type);
  return type;
}

function readPackageType(folder: string): Format | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, "package.json"), "utf8");
  } catch {
    const parent = dirname(folder);
    return parent === folder || folder.endsWith("/node_modules") ? undefined : packageType(parent);
  }
  const { type } = JSON.parse(text) as { type?: unknown };
  return type === "module" || type === "commonjs" ? type : undefined;
}
