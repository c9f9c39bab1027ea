/** Options of Region.open, checked and brought into the addon's terms. */

import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { CxlSsdArguments, OpenArguments } from "@fams/native";
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
  /**
   * What is under the file. "auto": persistent memory where the file system gives direct access to it, else a file. "dax": persistent
   * memory, or its emulation on a file system in memory. "cxl-ssd-emulated": a memory-semantic SSD, with its latencies.
   */
  storage?: Storage;
  /** Parameters of the emulated memory-semantic SSD. */
  cxlSsd?: CxlSsdOptions;
  /**
   * For devices that may destroy what stands beside a write when the power fails: the first change to a block of 4 KiB journals all of
   * it. `msync` then does its work on the calling thread.
   */
  blockImages?: boolean;
  /** Creates the file without allocating its data: a checkpoint may then find no space, which ends the use of the region. */
  sparse?: boolean;
  /** How long the journal may grow, from 1 MiB to 4 GiB. Default: as long as the region, up to 64 MiB. */
  maxJournal?: number | string;
  /**
   * About how much memory pages that were stored to may keep, from 1 MiB on. Beyond it, what is in the file is let go of; changes
   * that fams has not seen are lost with it. Default: no limit.
   */
  maxResident?: number | string;
}

export type Storage = "auto" | "file" | "dax" | "cxl-ssd-emulated";

/** An emulated memory-semantic SSD: flash behind a cache of its own, which belongs to the persistence domain. */
export interface CxlSsdOptions {
  /** Bytes of its cache. Default "128 MiB". */
  cacheSize?: number | string;
  /** Bytes of a page of the cache, a power of two from 64 to 65536. Default 4096. */
  pageSize?: number;
  /** Nanoseconds to reach a page in the cache, to fetch one from flash, and to write one out. */
  hitNs?: number;
  missNs?: number;
  writeBackNs?: number;
}

const GRANULE = 64 * 1024;
const MIB = 2 ** 20;
const MAX_SIZE = 2 ** 32;
/** Longest latency of an emulated device: ten milliseconds. */
const MAX_NS = 10_000_000;
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

/** A size within limits, or undefined. */
function sizeWithin(name: string, value: unknown, least: number): number | undefined {
  if (value === undefined) return undefined;
  const bytes = parseSize(value);
  if (bytes >= least) return bytes;
  throw new FamsError("ERR_FAMS_INVALID_ARGUMENT", `${name} is ${describe(value)}, less than ${least} bytes`);
}

function integerWithin(name: string, value: unknown, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    return value as number;
  throw new FamsError(
    "ERR_FAMS_INVALID_ARGUMENT",
    `${name} is ${describe(value)}, not an integer from ${least} to ${most}`,
  );
}

function parseCxlSsd(options: unknown): CxlSsdArguments | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null)
    throw new FamsError("ERR_FAMS_INVALID_ARGUMENT", `cxlSsd is ${describe(options)}, not an object`);
  const { cacheSize, pageSize, hitNs, missNs, writeBackNs } = options as CxlSsdOptions;
  const pageBytes = integerWithin("cxlSsd.pageSize", pageSize, 64, 65_536);
  if (pageBytes !== undefined && Math.log2(pageBytes) % 1 !== 0)
    throw new FamsError("ERR_FAMS_INVALID_ARGUMENT", `cxlSsd.pageSize is ${pageBytes}, not a power of two`);
  return {
    cacheBytes: sizeWithin("cxlSsd.cacheSize", cacheSize, GRANULE),
    pageBytes,
    hitNs: integerWithin("cxlSsd.hitNs", hitNs, 0, MAX_NS),
    missNs: integerWithin("cxlSsd.missNs", missNs, 0, MAX_NS),
    writeBackNs: integerWithin("cxlSsd.writeBackNs", writeBackNs, 0, MAX_NS),
  };
}

function requireOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (allowed.includes(value as string)) return;
  const list = allowed.map((each) => JSON.stringify(each)).join(" or ");
  throw new FamsError("ERR_FAMS_INVALID_ARGUMENT", `${name} is ${describe(value)}, not ${list}`);
}

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
  const { size, readOnly, durability = "power", verify, acceptDamage, blockImages, sparse } = options;
  const { storage = "auto", cxlSsd, maxJournal, maxResident } = options;
  for (const [name, value] of Object.entries({ readOnly, verify, acceptDamage, blockImages, sparse }))
    requireBoolean(name, value);
  requireOneOf("durability", durability, ["power", "process"]);
  requireOneOf("storage", storage, ["auto", "file", "dax", "cxl-ssd-emulated"]);
  return {
    native: {
      size: size === undefined ? undefined : parseSize(size),
      readOnly: readOnly ?? false,
      durable: durability === "power",
      acceptDamage: acceptDamage ?? false,
      blockImages: blockImages ?? false,
      sparse: sparse ?? false,
      maxJournal: sizeWithin("maxJournal", maxJournal, MIB),
      maxResident: sizeWithin("maxResident", maxResident, MIB),
      storage,
      cxlSsd: parseCxlSsd(cxlSsd),
    },
    verify: verify ?? process.env.FAMS_VERIFY === "1",
    durability,
  };
}
