/** A program whose stores are not instrumented would lose them in silence. It is warned, once. */

import { readFileSync, statSync } from "node:fs";

/** How often to look, at most: reading what the kernel knows of all memory takes milliseconds. */
let looks = 4;

/**
 * Called whenever it is known whether anything was marked since the last msync. Once something was, nothing more is looked at: the
 * program is instrumented.
 */
export function watchForUnmarked(path: string, marked: boolean): void {
  if (looks === 0) return;
  looks = marked ? 0 : looks - 1;
  if (marked || !wasStoredTo(path)) return;
  looks = 0;
  process.emitWarning(
    `The program stores into the memory of ${path}, but no store was ever marked: msync finds nothing to commit. Run it with fams-run, ` +
      "or build it with the transform; what code without the transform stores can be marked with region.touch().",
    { type: "FamsWarning", code: "FAMS_UNINSTRUMENTED" },
  );
}

/** Does the working copy, which is a private mapping of the file, have pages of its own? */
function wasStoredTo(path: string): boolean {
  try {
    const inode = statSync(path).ino;
    const working = new RegExp(`^\\S+ rw-p \\S+ \\S+ ${inode} [^]*?^Anonymous: +(\\d+) kB`, "gm");
    return [...readFileSync("/proc/self/smaps", "latin1").matchAll(working)].some(
      ([, kib]) => Number(kib) > 0,
    );
  } catch {
    return false;
  }
}
