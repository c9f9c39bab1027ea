/** Where the workloads put their files: on a disk, because a flush of memory costs nothing and proves nothing. */
import { mkdirSync, mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TMPFS_MAGIC = 0x01021994;

/** A new empty directory under the temporary directory, or, if that is in memory, under the current one. */
export function makeDiskDirectory(name: string): string {
  const parent = statfsSync(tmpdir()).type === TMPFS_MAGIC ? process.cwd() : tmpdir();
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `.fams-${name}-`));
}
