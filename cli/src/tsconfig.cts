/** The few options of the nearest tsconfig.json that change what a TypeScript file does when it runs. */

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

export interface TsOptions {
  readonly experimentalDecorators?: boolean;
  readonly emitDecoratorMetadata?: boolean;
  readonly useDefineForClassFields?: boolean;
  readonly verbatimModuleSyntax?: boolean;
  readonly target?: string;
  readonly jsx?: string;
  readonly jsxFactory?: string;
  readonly jsxFragmentFactory?: string;
  readonly jsxImportSource?: string;
}

const NONE: TsOptions = {};
const optionsOf = new Map<string, TsOptions>();

export function tsOptionsFor(path: string): TsOptions {
  const config = nearestConfig(path);
  if (config === undefined) return NONE;
  const known = optionsOf.get(config);
  if (known !== undefined) return known;
  const options = read(config) ?? NONE;
  optionsOf.set(config, options);
  return options;
}

/**
 * The absolute path of the tsconfig.json beside the file or nearest above it. Packages that were installed are not part of the project
 * whose tsconfig.json stands above them.
 */
export function nearestConfig(path: string): string | undefined {
  return path.includes("/node_modules/") ? undefined : configIn(dirname(path));
}

const configs = new Map<string, string | undefined>();

function configIn(folder: string): string | undefined {
  if (configs.has(folder)) return configs.get(folder);
  const path = join(folder, "tsconfig.json");
  const parent = dirname(folder);
  const found = existsSync(path) ? path : parent === folder ? undefined : configIn(parent);
  configs.set(folder, found);
  return found;
}

interface TsConfig {
  extends?: string | string[];
  compilerOptions?: TsOptions;
}

function read(path: string): TsOptions | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  let config: TsConfig;
  try {
    config = JSON.parse(stripComments(text)) as TsConfig;
  } catch (cause) {
    throw new SyntaxError(`${path} is not valid JSON`, { cause });
  }
  const bases = [config.extends ?? []].flat().map((base) => readBase(base, path));
  return Object.assign({}, ...bases, config.compilerOptions) as TsOptions;
}

function readBase(base: string, from: string): TsOptions {
  const path = /^\.{0,2}\//.test(base) ? resolve(dirname(from), base) : locate(base, from);
  const found = path && (read(path) ?? read(`${path}.json`));
  if (!found) throw new Error(`${from} extends ${base}, which cannot be found`);
  return found;
}

function locate(base: string, from: string): string | undefined {
  const require = createRequire(from);
  for (const id of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      return require.resolve(id);
    } catch {}
  }
  return undefined;
}

/** tsconfig.json is JSON with comments and trailing commas. */
function stripComments(text: string): string {
  const string = String.raw`"(?:[^"\\]|\\.)*"`;
  return text
    .replace(/^\uFEFF/, "")
    .replace(new RegExp(`(${string})|//[^\n]*|/\\*[^]*?\\*/`, "g"), "$1")
    .replace(new RegExp(`(${string})|,(?=\\s*[}\\]])`, "g"), "$1");
}
