/** What the addon does with files that no program has open, with errors that say what to do from the command line. */

import { lstatSync, statSync } from "node:fs";
import native, {
  type FileFailure,
  type InspectionSeen,
  type Repaired,
  type SuperblockSeen,
} from "@fams/native";
import { FamsError, type FamsErrorCode } from "fams";
import { withProgress } from "./progress.js";

const ADVICE: Partial<Record<string, string>> = {
  ERR_FAMS_NOT_FOUND: "Check the path.",
  ERR_FAMS_EXISTS: "Give another path, or --force to replace it.",
  ERR_FAMS_LOCKED: "Close the region there first; a lock ends with its process.",
  ERR_FAMS_READ_ONLY_FILE_SYSTEM: "Nothing was changed; give a path on a file system that can be written to.",
  ERR_FAMS_NO_SPACE: "Nothing was changed; free some space and try again.",
  ERR_FAMS_IO:
    "The medium failed: see the kernel's log. What was committed is still in the file; try again, or restore a backup.",
  ERR_FAMS_DAMAGED:
    "Nothing was changed. Restore a backup (fams restore BACKUP FILE --force), or go on from the last commit that can be read (fams recover FILE --accept-damage).",
  ERR_FAMS_SUPERBLOCK: "Nothing was changed. Restore a backup (fams restore BACKUP FILE --force).",
  ERR_FAMS_TRUNCATED:
    "Nothing was changed. Part of the file is missing: restore a backup (fams restore BACKUP FILE --force).",
} satisfies Partial<Record<FamsErrorCode, string>>;

/** A failure of the addon's work on a file. */
export class FileError extends Error {
  readonly code: string;
  readonly path: string;
  readonly offset: number | undefined;
  readonly errno: number | undefined;

  constructor({ code, detail, path, offset, errno }: FileFailure) {
    const usual = () => new FamsError(code as FamsErrorCode, detail, { path }).message;
    super(ADVICE[code] === undefined ? usual() : `${detail} (${path}). ${ADVICE[code]}`);
    this.code = code;
    this.path = path;
    this.offset = offset;
    this.errno = errno;
  }
}

async function settled<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    throw new FileError(failure as FileFailure);
  }
}

/** Looks at a file without changing a byte of it. */
export const inspect = (
  path: string,
  options: { records?: number; readData?: boolean },
): Promise<InspectionSeen> =>
  withProgress("Reading", (onProgress) =>
    settled(
      native.inspectFile(
        path,
        { records: options.records ?? 0, readData: options.readData ?? false },
        onProgress,
      ),
    ),
  );

/** Recovers a region and closes it. */
export const repair = (
  path: string,
  options: { acceptDamage?: boolean; compact?: boolean },
): Promise<Repaired> =>
  settled(
    native.repairFile(path, {
      acceptDamage: options.acceptDamage ?? false,
      compact: options.compact ?? false,
    }),
  );

/** Is something there, even a link to nothing? What cannot be told is left to whoever opens it. */
export const isTaken = (path: string): boolean => attempt(() => lstatSync(path)) !== undefined;

/** Are these two names of one file? */
export function areSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => attempt(() => statSync(path, { bigint: true })));
  return a !== undefined && a.dev === b?.dev && a.ino === b.ino;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Writes the last commit of the region `from` to a file of its own, which appears as a whole. */
export const copy = (from: string, to: string, replace: boolean): Promise<SuperblockSeen> =>
  withProgress("Copying", (onProgress) => settled(native.backupFile(from, to, replace, onProgress)));
