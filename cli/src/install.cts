/** Puts the hooks in place: everything loaded from now on is instrumented, here and in the threads and forks of this process. */

import nodeModule = require("node:module");

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { hookCommonJs } from "./commonjs.cjs";
import * as hooks from "./hooks.cjs";
import { type LoadOptions, toQuery } from "./options.cjs";
import { createTransformer, type Transformer, versions } from "./transform.cjs";
import { hookWorkers } from "./workers.cjs";

let installed = false;

/** @param script absolute path of the program, whose own copy of fams is the one to mark for */
export function install(options: LoadOptions, script: string): void {
  if (installed) return;
  installed = true;
  const config = { ...options, barrier: findBarrier(script), versions: versions() };
  const { registerHooks } = nodeModule as { registerHooks?: (functions: unknown) => void };
  const synchronous = registerHooks !== undefined && hasSoundSyncHooks(process.versions.node);

  const files = createTransformer(config);
  if (options.report !== undefined) reportLoaded(files);
  process.setSourceMapsEnabled(true);
  hookCommonJs(files, synchronous);
  if (synchronous) {
    hooks.share(files);
    registerHooks({ resolve: hooks.resolveApart, load: hooks.load });
  } else {
    nodeModule.register(pathToFileURL(join(__dirname, "hooks-thread.js")).href, { data: config });
  }

  const registerUrl = `${pathToFileURL(join(__dirname, "register.js")).href}?${toQuery(options)}`;
  if (!process.execArgv.some((flag) => flag.includes(registerUrl)))
    process.execArgv.push("--import", registerUrl);
  hookWorkers(registerUrl, files.report);
}

/** What the hooks come too late for, or cannot look into. */
function reportLoaded({ report, isExcluded }: Transformer): void {
  const modules = () => Object.values(require.cache).filter((module) => module !== undefined);
  const others = () => modules().filter(({ filename }) => !isExcluded(filename));
  for (const { filename } of others()) report.gap(`${filename}, which was loaded before fams`);
  process.once("exit", () => {
    const own = new Set(modules().flatMap((module) => (isExcluded(module.filename) ? module.children : [])));
    for (const module of others()) {
      const { filename } = module;
      if (filename.endsWith(".node") && !own.has(module)) report.gap(`the native addon ${filename}`);
    }
  });
}

function findBarrier(script: string): string {
  try {
    return nodeModule.createRequire(script).resolve("fams/barrier");
  } catch {
    return require.resolve("fams/barrier");
  }
}

/**
 * `module.registerHooks` handled CommonJS correctly only from these releases on; `module.register`, which works before them, is
 * deprecated after them.
 */
export function hasSoundSyncHooks(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3);
  if (major === 24) return minor > 11 || (minor === 11 && patch >= 1);
  if (major === 25) return minor >= 1;
  return major >= 26;
}
