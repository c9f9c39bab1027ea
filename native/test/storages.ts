/** Every storage there is, opened directly, for the tests that hold each to the same promises. */

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

export interface Storage {
  describe(): { kind: string; writeUnit: number; isMemory: boolean };
  counters(): { hits: number; misses: number; writeBacks: number };
  size(): number;
  read(offset: number, bytes: number): Uint8Array;
  readMedium(offset: number, bytes: number): Uint8Array;
  write(stream: Stream, offset: number, bytes: Uint8Array): void;
  writeDurable(stream: Stream, offset: number, bytes: Uint8Array): void;
  flushAll(stream: Stream): void;
  allocate(offset: number, bytes: number): void;
  prepareJournal(offset: number, bytes: number): void;
  forgetJournal(offset: number, bytes: number): void;
  writeBack(offset: number, bytes: number): void;
  truncate(bytes: number): void;
  mapPrivate(offset: number, bytes: number): ArrayBuffer;
  mapShared(offset: number, bytes: number): ArrayBuffer;
  checkAlive(): void;
  /** Writes the journal, writes and flushes the data, and changes the file's end, each on a thread of its own, `rounds` times; returns what went wrong. */
  race(rounds: number): string;
  /** Writes 64 bytes of 5 at 64 of the journal on a thread that may make no system call, and returns what went wrong. */
  writeWithoutSystemCalls(durable: boolean): string;
  close(): void;
}

export type Stream = "journal" | "data";

export interface StorageOptions {
  /** Creates a file of so many zeros. */
  create?: number;
  readOnly?: boolean;
  /** Emulated persistent memory, made durable in this way. */
  persistence?: string;
  storage?: string;
  cacheBytes?: number;
  pageBytes?: number;
  hitNs?: number;
  missNs?: number;
  writeBackNs?: number;
}

const binding = fileURLToPath(new URL("../build/Release/fams_storage_test.node", import.meta.url));
export const native: {
  Storage: new (path: string, options: StorageOptions) => Storage;
  /** The ways this processor has to make stores durable, the fastest first. */
  persistences: string[];
  /** Creates a region and commits a line so often on a thread that may make no system call, and returns what went wrong. */
  commitQuietly(path: string, storage: string, durable: boolean, commits: number): string;
} = createRequire(import.meta.url)(binding);

export interface Row {
  name: string;
  where: "disk" | "memory";
  options: StorageOptions;
  kind: string;
}

const NO_LATENCY = { hitNs: 0, missNs: 0, writeBackNs: 0 };

export const ROWS: Row[] = [
  { name: "a file on a disk", where: "disk", options: { storage: "file" }, kind: "file" },
  { name: "a file in memory", where: "memory", options: { storage: "file" }, kind: "file" },
  { name: "emulated persistent memory", where: "memory", options: { storage: "dax" }, kind: "pmem-emulated" },
  ...native.persistences.map((persistence) => ({
    name: `emulated persistent memory through ${persistence}`,
    where: "memory" as const,
    options: { persistence },
    kind: "pmem-emulated",
  })),
  {
    name: "an emulated CXL SSD",
    where: "disk",
    options: { storage: "cxl-ssd-emulated", ...NO_LATENCY },
    kind: "cxl-ssd-emulated",
  },
];
