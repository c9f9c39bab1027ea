/** Programs of their own on storage that is slow or fails: plain Node.js, with the addon's test build underneath. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RegionOptions } from "fams";
import { childJson, runChild } from "./test-child.ts";
import { newPath } from "./test-scratch.ts";

const BINDING = fileURLToPath(new URL("../../native/build/Release/fams_native_test.node", import.meta.url));

/** In a `before`: skips the file's tests where the test build of the addon is missing. */
export function requireTestBuild(this: Mocha.Context): void {
  if (existsSync(BINDING)) return;
  console.log("        skipped: the addon's test build is not there");
  this.skip();
}

/** The environment in which the storage does what native/test/storage_faulty.cc says under `faults`. */
export const faulty = (faults: string): Record<string, string> => ({
  FAMS_NATIVE_BINDING: BINDING,
  FAMS_FAULT: faults,
  FAMS_VERIFY: "0",
});

/** What every program starts with. It stores by `put`, the wrapped `fill`: its own source is not instrumented. */
const preamble = (options: RegionOptions): string => `
  import { Region } from "fams";
  const path = process.argv[1];
  const out = [];
  const open = (more = {}) => Region.openSync(path, { ...${JSON.stringify(options)}, ...more });
  const region = open();
  const view = new Float64Array(region.buffer);
  const put = (x, from = 0, to = from + 1) => void view.fill(x, from, to);
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const attempt = (action) => { try { action(); out.push("done"); } catch (error) { out.push(error.code ?? String(error)); return error; } };
  const tell = (name, promise) => promise.then(() => out.push(name), (error) => { out.push(name + " " + (error.code ?? error)); return error; });
`;

/** Runs `steps` on an open `region` whose storage is slow or fails, and gives what they leave in `out`. */
export function withStorage(
  faults: string,
  steps: string,
  { path = newPath(), size = "64 KiB", flags = [] as string[], killed = false, ...options }: StorageRun = {},
): unknown[] {
  const program = `${preamble({ size, ...options })}
    ${steps}
    console.log(JSON.stringify(out));`;
  const child = { args: [path], env: faulty(faults), flags };
  if (!killed) return childJson(program, child) as unknown[];
  const { signal, stdout, stderr } = runChild(program, child);
  if (signal !== "SIGKILL") throw new Error(`was not killed\n${stdout}${stderr}`);
  return JSON.parse(stdout);
}

export interface StorageRun extends RegionOptions {
  path?: string;
  /** The steps print `out` themselves and then kill the process. */
  killed?: boolean;
  /** Options of Node.js. */
  flags?: string[];
}
