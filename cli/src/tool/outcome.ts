/** How a command ends: what it prints and its exit code. */

import { FamsError, type FamsErrorCode } from "fams";

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, damaged: 3, locked: 4, foreign: 5 } as const;

export const EXIT_CODES_HELP = `Exit codes: 0 done; 1 failed; 2 wrong command line; 3 damaged: something acknowledged is lost;
4 the region is open elsewhere; 5 not a region that this version of fams can read.`;

/** The command line makes no sense. */
export class UsageError extends Error {}

const EXIT_OF: Partial<Record<FamsErrorCode, number>> = {
  ERR_FAMS_INVALID_ARGUMENT: EXIT.usage,
  ERR_FAMS_INVALID_SIZE: EXIT.usage,
  ERR_FAMS_DAMAGED: EXIT.damaged,
  ERR_FAMS_SUPERBLOCK: EXIT.damaged,
  ERR_FAMS_TRUNCATED: EXIT.damaged,
  ERR_FAMS_LOCKED: EXIT.locked,
  ERR_FAMS_NOT_A_REGION: EXIT.foreign,
  ERR_FAMS_VERSION: EXIT.foreign,
  ERR_FAMS_FEATURE: EXIT.foreign,
  ERR_FAMS_BYTE_ORDER: EXIT.foreign,
};

/** What else to try from the command line. */
const TRY: Partial<Record<FamsErrorCode, string>> = {
  ERR_FAMS_DAMAGED: "Try: fams inspect FILE, fams restore BACKUP FILE, or fams recover --accept-damage FILE",
  ERR_FAMS_SUPERBLOCK: "Try: fams inspect FILE, then fams restore BACKUP FILE",
  ERR_FAMS_TRUNCATED: "Try: fams inspect FILE, then fams restore BACKUP FILE",
};

/** Prints `value` if JSON is wanted, else the text. */
export function report(json: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text()}\n`);
}

/** Prints what went wrong and what to do next, and sets the exit code. */
export function fail(error: unknown, json: boolean): void {
  if (error instanceof UsageError) {
    process.exitCode = EXIT.usage;
    say(json, { code: "USAGE", message: error.message }, "Try: fams --help");
  } else if (error instanceof FamsError) {
    process.exitCode = EXIT_OF[error.code] ?? EXIT.failed;
    const { code, message, path, offset, errno } = error;
    say(json, { code, message, path, offset, errno }, TRY[code]);
  } else {
    throw error;
  }
}

function say(
  json: boolean,
  error: { code: string; message: string; [more: string]: unknown },
  next?: string,
): void {
  if (json) report(true, { error }, String);
  else console.error(`fams: ${error.message}${next === undefined ? "" : `\n${next}`}`);
}

/** Options that every command has. */
export interface Common {
  json: boolean;
}
