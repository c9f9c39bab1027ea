/** How a command ends: what it prints and its exit code. */

import { FamsError, type FamsErrorCode } from "fams";
import { FileError } from "./files.js";

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, damaged: 3, locked: 4, foreign: 5 } as const;

export const EXIT_CODES_HELP = `Exit codes: 0 done; 1 failed; 2 wrong command line; 3 damaged: something acknowledged is lost;
4 the region is open elsewhere; 5 not a region that this version of fams can read.`;

/** Options that every command has. */
export interface Common {
  json: boolean;
}

/** The command line makes no sense. */
export class UsageError extends Error {}

const EXIT_OF: Partial<Record<string, number>> = {
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
} satisfies Partial<Record<FamsErrorCode, number>>;

export const exitCodeOf = (code: string): number => EXIT_OF[code] ?? EXIT.failed;

/** Prints `value` if JSON is wanted, else the text. */
export function report(json: boolean, value: unknown, text: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : text()}\n`);
}

/** Prints what went wrong and what to do next, and sets the exit code. */
export function fail(error: unknown, json: boolean): void {
  if (error instanceof UsageError) {
    process.exitCode = EXIT.usage;
    say(json, { code: "USAGE", message: error.message }, "\nTry: fams --help");
  } else if (error instanceof FamsError || error instanceof FileError) {
    process.exitCode = exitCodeOf(error.code);
    const { code, message, path, offset, errno } = error;
    say(json, { code, message, path, offset, errno });
  } else {
    throw error;
  }
}

function say(json: boolean, error: { message: string; [more: string]: unknown }, next = ""): void {
  if (json) report(true, { error }, String);
  else console.error(`fams: ${error.message}${next}`);
}
