/** The file of an open region as a crash would leave it. */

import { closeSync, copyFileSync, openSync, readSync } from "node:fs";

/** Superblocks and what is between them. */
const HEAD_BYTES = 64 * 1024;

function headOf(path: string): Buffer {
  const file = openSync(path, "r");
  const bytes = Buffer.alloc(HEAD_BYTES);
  readSync(file, bytes, 0, HEAD_BYTES, 0);
  closeSync(file);
  return bytes;
}

/**
 * Copies the file until no checkpoint has changed its superblocks meanwhile: then everything that they lead to is of one moment, as long
 * as nobody commits.
 */
export function copyAsCrashed(from: string, to: string): void {
  const head = () => headOf(from);
  for (let before = head(); ; ) {
    copyFileSync(from, to);
    const after = head();
    if (after.equals(before)) return;
    before = after;
  }
}
