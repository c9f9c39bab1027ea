/** Instrumented files on disk, named by the hash of everything that they depend on. */

import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { threadId } from "node:worker_threads";

export interface Cache {
  /** undefined also when the entry is damaged, as a power cut may leave it. */
  get(key: string): string | undefined;
  set(key: string, text: string): void;
}

const NO_CACHE: Cache = { get: () => undefined, set: () => undefined };

/** A cache that cannot be used safely is no error: the files are instrumented anew. */
export function openCache(enabled: boolean): Cache {
  if (!enabled) return NO_CACHE;
  const folder = process.env.FAMS_CACHE_DIR || join(tmpdir(), `fams-${userInfo().uid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isPrivate(folder)) return NO_CACHE;
  } catch {
    return NO_CACHE;
  }
  return { get: (key) => read(join(folder, key)), set: (key, text) => write(join(folder, key), text) };
}

/** What is in the folder will run as this user, so nobody else may be able to put it there. */
function isPrivate(folder: string): boolean {
  const stat = lstatSync(folder);
  return stat.isDirectory() && stat.uid === userInfo().uid && (stat.mode & 0o022) === 0;
}

function read(path: string): string | undefined {
  let entry: string;
  try {
    entry = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  const text = entry.slice(DIGEST_LENGTH);
  return entry.startsWith(hash(text)) ? text : undefined;
}

function write(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.${threadId}`;
  try {
    writeFileSync(temporary, hash(text) + text, { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}

const DIGEST_LENGTH = 64;

/** SHA-256 in hexadecimal. */
export function hash(...parts: readonly string[]): string {
  const sha = createHash("sha256");
  for (const part of parts) sha.update(`${part.length}:`).update(part);
  return sha.digest("hex");
}

/** Changes whenever a file of the folder does: a version number alone stays the same while its code is being worked on. */
export function fingerprint(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.c?js$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { size, mtimeMs } = statSync(path);
      return `${path} ${size} ${mtimeMs}`;
    })
    .join("\n");
}
