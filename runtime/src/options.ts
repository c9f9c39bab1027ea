/** Options of Region.open, checked and brought into the addon's terms. */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { OpenArguments } from "@fams/native";
import { FamsError } from "./errors.js";

/**
 * What survives what. `power`: a commit that returned survives a power cut. `process`: it survives any death of the process; after
 * a power cut the region is an earlier commit, no older than the last `flush()`, and never a mixture.
 */
export type Durability = "power" | "process";

export interface RegionOptions {
  /** Bytes, or a string such as "64 MiB"; rounded up to 64 KiB. Needed to create a region, checked when one is opened. */
  size?: number | string;
  /** Opens a private view of the last commit: stores are possible and stay private. Changes no byte of the file. */
  readOnly?: boolean;
  /** Default "power". */
  durability?: Durability;
  /** Compares working copy and last commit at each msync. Default: the environment variable FAMS_VERIFY is "1". */
  verify?: boolean;
  /** Opens a region that lost acknowledged commits, at the last one that can be read. */
  acceptDamage?: boolean;
}

const GRANULE = 64 * 1024;
const MAX_SIZE = 2 ** 32;
const UNITS: Record<string, number> = { "": 1, b: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };

/** Bytes of a size such as 65536, "65536" or "1.5 MiB". */
function parseSize(size: unknown): number {
  const invalid = () => new FamsError("ERR_FAMS_INVALID_SIZE", `${describe(size)} is not a size`);
  if (typeof size !== "number" && typeof size !== "string") throw invalid();
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(size));
  const unit = UNITS[match?.[2]?.toLowerCase() ?? "none"];
  const bytes = Number(match?.[1]) * (unit ?? Number.NaN);
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > MAX_SIZE) throw invalid();
  return Math.ceil(bytes / GRANULE) * GRANULE;
}

const describe = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value) : typeof value === "object" ? "an object" : String(value);

function requireBoolean(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "boolean")
    throw new FamsError("ERR_FAMS_INVALID_ARGUMENT", `${name} is ${describe(value)}, not true or false`);
}

/** The absolute path of a region. */
export function parsePath(path: unknown): string {
  const invalid = (cause?: unknown) =>
    new FamsError("ERR_FAMS_INVALID_ARGUMENT", `${describe(path)} is not the path of a file`, { cause });
  if (!(path instanceof URL) && (typeof path !== "string" || path === "" || path.includes("\0")))
    throw invalid();
  try {
    return resolve(path instanceof URL ? fileURLToPath(path) : path);
  } catch (cause) {
    throw invalid(cause);
  }
}

export interface ParsedOptions {
  native: OpenArguments;
  verify: boolean;
  durability: Durability;
}

export function parseOptions(options: RegionOptions): ParsedOptions {
  if (typeof options !== "object" || options === null)
    throw new FamsError("ERR_FAMS_INVALID_ARGUMENT", `the options are ${describe(options)}, not an object`);
  const { size, readOnly, durability = "power", verify, acceptDamage } = options;
  requireBoolean("readOnly", readOnly);
  requireBoolean("verify", verify);
  requireBoolean("acceptDamage", acceptDamage);
  if (durability !== "power" && durability !== "process")
    throw new FamsError(
      "ERR_FAMS_INVALID_ARGUMENT",
      `durability is ${describe(durability)}, not "power" or "process"`,
    );
  return {
    native: {
      size: size === undefined ? undefined : parseSize(size),
      readOnly: readOnly ?? false,
      durable: durability === "power",
      acceptDamage: acceptDamage ?? false,
    },
    verify: verify ?? process.env.FAMS_VERIFY === "1",
    durability,
  };
}
