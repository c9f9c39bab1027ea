/** Files and regions of one test: closed after it, removed at the end. */

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FamsError, Region, type RegionOptions } from "fams";

export const folder = realpathSync(mkdtempSync(join(tmpdir(), "fams-runtime-")));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

let paths = 0;
const opened: Region[] = [];

afterEach(() => {
  for (const region of opened.splice(0)) region.close();
});

/** A path in the scratch folder at which nothing stands. */
export const newPath = (): string => join(folder, `region-${paths++}`);

/** Opens a verified region of 64 KiB, unless the options say otherwise, that is closed after the test. */
export function openRegion(options: RegionOptions = {}, path = newPath()): Region {
  const region = Region.openSync(path, { size: "64 KiB", verify: true, ...options });
  opened.push(region);
  return region;
}

/** Closes the region and opens its file again. */
export function reopen(region: Region, options: RegionOptions = {}): Region {
  region.close();
  return openRegion(options, region.path);
}

/** Lines that the msync after `store` commits. It verifies, so no changed line is left out. */
export function linesCommitted(region: Region, store: () => unknown): number {
  region.msyncSync();
  const before = region.stats().lines;
  store();
  region.msyncSync();
  return region.stats().lines - before;
}

/** The same of work that takes its time. */
export async function linesAfter(region: Region, work: () => unknown): Promise<number> {
  region.msyncSync();
  const { lines } = region.stats();
  await work();
  region.msyncSync();
  return region.stats().lines - lines;
}

/** What `action` throws, or rejects with if it is awaited. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** The code of the FamsError that `action` throws. */
export function codeOf(action: () => unknown): string {
  const error = thrownBy(action);
  if (error instanceof FamsError) return error.code;
  throw error;
}
