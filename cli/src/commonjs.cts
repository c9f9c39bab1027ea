/** CommonJS files are instrumented where Node.js compiles them, so that require, its cache and its main module stay what they are. */

import { readFileSync } from "node:fs";

import Module = require("node:module");

import { createRequire, isBuiltin } from "node:module";
import { fileURLToPath } from "node:url";

import { declaredFormat, type Format, sourceCandidates, TYPESCRIPT } from "./formats.cjs";
import type { Transformer } from "./transform.cjs";

/** The part of the CommonJS loader that programs may patch and Node.js keeps stable for them. */
interface Loader {
  _extensions: Record<string, (module: LoadedModule, filename: string) => void>;
  _resolveFilename(request: string, parent: unknown, isMain: boolean, options?: unknown): string;
  prototype: { _compile(this: LoadedModule, content: string, filename: string, format?: Format): unknown };
}

interface LoadedModule {
  readonly id: string;
  _compile(content: string, filename: string, format?: Format): unknown;
}

/** @param modulesAreHooked whether the hooks for ES modules reach what a required ES module imports */
export function hookCommonJs(files: Transformer, modulesAreHooked: boolean): void {
  const loader = Module as unknown as Loader;

  const compile = loader.prototype._compile;
  loader.prototype._compile = function (content, filename, format) {
    const output = files.transform(content, filename, format ?? declaredFormat(filename));
    const isMain = this.id === ".";
    if (output.format === "module" && !isMain && !modulesAreHooked && !files.isExcluded(filename)) {
      refuseHiddenImports(filename, content, files);
    }
    return compile.call(this, output.code, filename, output.format);
  };

  for (const extension of [...TYPESCRIPT, ".jsx"]) {
    loader._extensions[extension] = (module, filename) => {
      module._compile(readFileSync(filename, "utf8"), filename, declaredFormat(filename));
    };
  }

  const resolveFilename = loader._resolveFilename;
  loader._resolveFilename = (request, ...rest) => {
    try {
      return resolveFilename(request, ...rest);
    } catch (error) {
      for (const candidate of sourceCandidates(request)) {
        try {
          return resolveFilename(candidate, ...rest);
        } catch {}
      }
      throw error;
    }
  };
  if (!modulesAreHooked) Object.defineProperty(process.features, "require_module", { value: false });
}

/**
 * Without synchronous hooks Node.js loads what a required ES module imports without asking anybody. A file that should have been
 * instrumented must not get in that way.
 */
function refuseHiddenImports(filename: string, content: string, files: Transformer): void {
  const { resolve } = createRequire(filename);
  const hidden = files.importsOf(content, filename).find((specifier) => {
    if (isBuiltin(specifier)) return false;
    try {
      return !files.isExcluded(resolve(specifier.startsWith("file:") ? fileURLToPath(specifier) : specifier));
    } catch {
      return false;
    }
  });
  if (hidden === undefined) return;
  const message =
    `fams-run cannot instrument ${JSON.stringify(hidden)}, which ES module ${filename} imports, because that module is loaded by ` +
    `require() on Node.js ${process.version}. Load it with import(), or use Node.js 22.22.3, 24.11.1 or newer.`;
  throw Object.assign(new Error(message), { code: "ERR_REQUIRE_ESM" });
}
