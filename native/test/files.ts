/** Scratch files, and what the tests of the durable core ask of a region again and again. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Region, type RegionOptions } from "fams";
import { copyAsCrashed } from "../../runtime/src/test-crash-copy.ts";
import { LINE, type Lines } from "./format.ts";

/** The full sweeps instead of those that fit into a minute. */
export const LONG = process.env.FAMS_LONG === "1";
/** Milliseconds for one test. */
export const TIMEOUT = LONG ? 3_600_000 : 60_000;

const folders: string[] = [];
process.once("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/**
 * A folder for this test file: on disk, where durable writes go past the page cache, or in memory, if there is such a file system, for
 * tests of thousands of files.
 */
export function scratch(where: "disk" | "memory"): (name: string) => string {
  const inMemory = where === "memory" && existsSync("/dev/shm");
  const folder = mkdtempSync(join(inMemory ? "/dev/shm" : tmpdir(), "fams-native-"));
  folders.push(folder);
  return (name) => join(folder, name);
}

export const open = (path: string, options: RegionOptions = {}): Region =>
  Region.openSync(path, { verify: true, ...options });

/** The bytes of a region as a copy. */
export const bytesOf = (region: Region): Buffer => Buffer.from(new Uint8Array(region.buffer));

/** The code of the error that `body` throws, or "none". */
export function codeOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "none";
}

/** `numbers`, each filled with bytes that tell line and `version` from every other. */
export function lines(version: number, numbers: Iterable<number>): Lines {
  const filled = new Map<number, Uint8Array>();
  for (const line of numbers) filled.set(line, lineBytes(version, line));
  return filled;
}

export function lineBytes(version: number, line: number): Buffer {
  const bytes = Buffer.alloc(LINE, version & 0xff);
  bytes.writeUInt32LE(version, 0);
  bytes.writeUInt32LE(line, LINE - 4);
  return bytes;
}

export const range = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i);

/** Puts the lines of a commit into a region's bytes. */
export function apply(bytes: Buffer, commit: Lines): Buffer {
  for (const [line, stored] of commit) bytes.set(stored, line * LINE);
  return bytes;
}

/** The region's bytes after each of `commits`, the first before any. */
export function statesOf(dataBytes: number, commits: readonly Lines[]): Buffer[] {
  const states: Buffer[] = [Buffer.alloc(dataBytes)];
  for (const commit of commits) states.push(apply(Buffer.from(states.at(-1) as Buffer), commit));
  return states;
}

/** Which of `states` the bytes are, or "a mixture". */
export function stateOf(states: readonly Buffer[], bytes: Buffer): number | "a mixture" {
  const index = states.findIndex((state) => state.equals(bytes));
  return index < 0 ? "a mixture" : index;
}

/** Opens `path`, reads its contents, and closes it again. */
export function contentsOf(path: string, options: RegionOptions = {}): Buffer {
  using region = open(path, options);
  return bytesOf(region);
}

/** Runs `body`, which must leave the file byte for byte as it was. */
export function unchanged<T>(path: string, body: () => T): T {
  const before = readFileSync(path);
  const result = body();
  expect(readFileSync(path).equals(before), "the file is byte for byte as before").to.equal(true);
  return result;
}

/** Opens a copy of the file as a crash at this instant would leave it. */
export function crashed<T>(path: string, look: (region: Region) => T): T {
  const copy = `${path}.crashed`;
  copyAsCrashed(path, copy);
  using region = open(copy);
  return look(region);
}

export const write = (path: string, bytes: Uint8Array): string => {
  writeFileSync(path, bytes);
  return path;
};

export const FAMS_RUN = fileURLToPath(new URL("../../cli/bin/fams-run.js", import.meta.url));
export const FAULTY = fileURLToPath(new URL("../build/Release/fams_native_test.node", import.meta.url));

/** The command line of a program of this folder. */
export const program = (name: string, ...args: string[]): string[] => [
  FAMS_RUN,
  "--exclude",
  "node_modules",
  fileURLToPath(new URL(name, import.meta.url)),
  ...args,
];

/** Runs a program of this folder to its end. */
export function run(name: string, args: string[] = [], env: Record<string, string> = {}, timeout = TIMEOUT) {
  return spawnSync(process.execPath, program(name, ...args), {
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    timeout,
  });
}
