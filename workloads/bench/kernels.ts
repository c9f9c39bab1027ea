/**
 * Builds both contestants of a store benchmark from one source text: as it is, and as instrument() rewrites it.
 * Each is a module of its own, so each has its own functions, bytecode and inline caches.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";
import { instrument } from "@fams/compiler-plugin";

export type Format = "module" | "commonjs";
// biome-ignore lint/suspicious/noExplicitAny: the kernels take whatever their scenario stores into
export type Run = (...args: any[]) => unknown;

export interface Kernel {
  plain: Run;
  instrumented: Run;
  /** Characters that the transform added, prelude included. */
  addedLength: number;
}

const barrier = import.meta.resolve("fams/barrier");

/** A loader that instruments what it loads must leave this text alone. */
const IGNORE = "/* @fams-ignore-file */ ";

/**
 * @param name file name of the modules, without extension
 * @param source declares the function `run`
 * @param directory where the modules are written
 */
export async function buildKernel(
  name: string,
  source: string,
  directory: string,
  format: Format,
): Promise<Kernel> {
  const whole = `${source}\n${format === "module" ? "export { run };" : "module.exports = { run };"}\n`;
  const extension = format === "module" ? "mjs" : "cjs";
  const plainFile = join(directory, `${name}.plain.${extension}`);
  const instrumentedFile = join(directory, `${name}.instrumented.${extension}`);
  const { code } = instrument(whole, {
    filename: instrumentedFile,
    format,
    runtime: format === "module" ? barrier : fileURLToPath(barrier),
  });
  writeFileSync(plainFile, IGNORE + whole);
  writeFileSync(instrumentedFile, code);
  const plain = await importRun(plainFile);
  const instrumented = await importRun(instrumentedFile);
  if (plain.toString().includes("$f")) throw new Error(`${plainFile} was instrumented while it was loaded`);
  return { plain, instrumented, addedLength: code.length - whole.length };
}

async function importRun(file: string): Promise<Run> {
  const namespace = await import(pathToFileURL(file).href);
  return namespace.run ?? namespace.default.run;
}

/** A second set of JavaScript's globals in this process, whose built-ins fams has not wrapped. */
export class PlainRealm {
  readonly #context = vm.createContext();

  /** Evaluates an expression with this realm's own built-ins. */
  evaluate<T>(expression: string): T {
    return vm.runInContext(`(${expression})`, this.#context);
  }

  /** @param source declares the function `run` */
  run(source: string): Run {
    return vm.runInContext(`${source}; run`, this.#context);
  }
}
