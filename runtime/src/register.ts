/**
 * `node --import fams/register script`: every store of the program is tracked, as by fams-run. The loader is in the package
 * @fams/cli, which a program that is built with its barriers does not need.
 */

import { FamsError } from "./errors.js";

const LOADER = "@fams/cli/register";

try {
  await import(LOADER);
} catch (cause) {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code !== "ERR_MODULE_NOT_FOUND" || !message.includes("'@fams/cli'")) throw cause;
  throw new FamsError("ERR_FAMS_NO_LOADER", "fams/register needs the package @fams/cli", { cause });
}
