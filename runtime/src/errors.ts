/** Every way in which fams can fail: one code each, grouped by the moment, with what to do next. */

const advice = {
  // When opening
  ERR_FAMS_INVALID_ARGUMENT: "Correct the argument.",
  ERR_FAMS_INVALID_SIZE: 'Give a number of bytes or a string such as "64 MiB", from 64 KiB to 4 GiB.',
  ERR_FAMS_NOT_FOUND: "Check the path; only opening for writing with a size creates a region.",
  ERR_FAMS_SIZE_REQUIRED: 'Give a size to create the region, for example { size: "1 MiB" }.',
  ERR_FAMS_SIZE_MISMATCH:
    "Leave the size out to open the region as it is; a region does not change its size.",
  ERR_FAMS_NO_DIRECTORY: "Create the directory first.",
  ERR_FAMS_NOT_A_FILE: "Give the path of a regular file.",
  ERR_FAMS_EXISTS:
    "Give another path; a file that is there already is not replaced unless that is asked for.",
  ERR_FAMS_SYMLINK: "Create the link's target, or give the path of the file itself.",
  ERR_FAMS_PERMISSION: "Check the owner and mode of the file and its directory.",
  ERR_FAMS_READ_ONLY_FILE_SYSTEM: "Open with { readOnly: true }, or move the file.",
  ERR_FAMS_LOCKED: "Close the region there first; a lock ends with its process.",
  ERR_FAMS_NOT_A_REGION: "Check the path; the file was not changed.",
  ERR_FAMS_VERSION: "Use a later version of fams; the file was not changed.",
  ERR_FAMS_FEATURE: "Use a version of fams that knows these features; the file was not changed.",
  ERR_FAMS_BYTE_ORDER: "Open the file on a machine of its own byte order; the file was not changed.",
  ERR_FAMS_SUPERBLOCK: "Restore the file from a backup; the file was not changed.",
  ERR_FAMS_TRUNCATED: "Restore the file from a backup; part of it is missing.",
  ERR_FAMS_DAMAGED:
    "Restore the file from a backup, or open with { acceptDamage: true } to go on from the last commit that can be read.",
  ERR_FAMS_UNSUPPORTED:
    "This platform cannot share memory with JavaScript; use Linux and Node.js 20.19 or later.",
  ERR_FAMS_NO_LOADER: "Install it beside fams: npm install --save-dev @fams/cli",
  // When storing and committing
  ERR_FAMS_CLOSED: "Open the region again.",
  ERR_FAMS_READ_ONLY: "Open the region without readOnly to change it.",
  ERR_FAMS_DETACHED: "Do not transfer region.buffer; close the region and open it again.",
  ERR_FAMS_TRANSFER:
    "Nothing was transferred. Post a copy, such as region.buffer.slice(), or let the other thread read the file once it is committed.",
  ERR_FAMS_UNTRACKED:
    "Nothing was committed. Run the program through fams-run or build it with the transform, and see docs/GUARANTEES.md for writers that it cannot see.",
  ERR_FAMS_NO_SPACE: "Nothing was committed and nothing is lost; free some space and call msync again.",
  ERR_FAMS_IO: "Close the region and open it again; it will be at its last commit.",
  ERR_FAMS_POISONED: "Close the region and open it again; it will be at its last commit.",
  ERR_FAMS_FILE_GONE: "The file lost its name; keep what matters elsewhere before closing the region.",
  ERR_FAMS_OUT_OF_MEMORY: "Free some memory and try again.",
  ERR_FAMS_ASYNC_TRANSACTION:
    "Await outside the transaction: it was rolled back when its function returned a promise.",
} as const;

/** The stable name of a failure. */
export type FamsErrorCode = keyof typeof advice;

/** A range of bytes that changed although no store to it was seen. */
export interface UntrackedRange {
  /** Bytes from the start of the region. */
  offset: number;
  before: Uint8Array;
  after: Uint8Array;
}

export interface FamsErrorDetails {
  path?: string | undefined;
  /** Byte of the file at which the trouble was found. */
  offset?: number | undefined;
  errno?: number | undefined;
  cause?: unknown;
  ranges?: UntrackedRange[] | undefined;
}

/** What fams throws and rejects with. `message` says what happened and what to do; `code` is stable. */
export class FamsError extends Error {
  override readonly name = "FamsError";
  readonly code: FamsErrorCode;
  readonly path: string | undefined;
  readonly offset: number | undefined;
  readonly errno: number | undefined;
  /** With ERR_FAMS_UNTRACKED: what changed, at most 16 ranges. */
  readonly ranges: UntrackedRange[] | undefined;

  constructor(code: FamsErrorCode, what: string, details: FamsErrorDetails = {}) {
    const where = details.path === undefined ? "" : ` (${details.path})`;
    super(
      `${what}${where}. ${advice[code]}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.path = details.path;
    this.offset = details.offset;
    this.errno = details.errno;
    this.ranges = details.ranges;
  }
}
