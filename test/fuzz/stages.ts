/** Where programs are performed: on plain memories, or on two regions whose every msync verifies. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FamsError, Region } from "fams";
import { REACH, type Stage } from "./world.ts";

const SIZE = 65_536;

/** What every memory holds when a program begins: doubles, so that all views see sane numbers. */
function pattern(): Uint8Array {
  const bytes = new Uint8Array(REACH);
  for (let at = 0; at < REACH; at += 8) new DataView(bytes.buffer).setFloat64(at, at / 8 + 0.5, true);
  return bytes;
}

const PATTERN = pattern();

export function plainStage(): Stage & { reset(): void } {
  const memories = [new ArrayBuffer(SIZE), new ArrayBuffer(SIZE), new ArrayBuffer(SIZE)] as const;
  const bytes = memories.map((memory) => new Uint8Array(memory, 0, REACH));
  const committed = [PATTERN.slice(), PATTERN.slice()];
  return {
    memories,
    reset() {
      for (const view of bytes) view.set(PATTERN);
      for (const copy of committed) copy.set(PATTERN);
    },
    sync() {
      for (const [index, copy] of committed.entries()) copy.set(bytes[index] as Uint8Array);
    },
    undo() {
      for (const [index, copy] of committed.entries()) (bytes[index] as Uint8Array).set(copy);
    },
  };
}

export interface RegionStage extends Stage {
  /** Commits what memories hold at the beginning. */
  reset(): void;
  /** Stores that no msync was told of, as the errors say; forgotten once they were asked for. */
  missed(): string[];
  close(): void;
}

export function regionStage(): RegionStage {
  const folder = mkdtempSync(join(tmpdir(), "fams-fuzz-"));
  const regions = ["a", "b"].map((name) =>
    Region.openSync(join(folder, name), { size: SIZE, durability: "process", verify: true }),
  );
  const [a, b] = regions as [Region, Region];
  const memories = [a.buffer, b.buffer, new ArrayBuffer(SIZE)] as const;
  const bytes = memories.map((memory) => new Uint8Array(memory, 0, REACH));
  let missed: string[] = [];

  function commit(region: Region): void {
    try {
      region.msyncSync();
    } catch (error) {
      if (!(error instanceof FamsError) || error.code !== "ERR_FAMS_UNTRACKED") throw error;
      missed.push(error.message);
      // Marks everything, so that the next program begins with nothing left over.
      new Uint8Array(region.buffer).set(new Uint8Array(region.buffer));
      region.msyncSync();
    }
  }

  return {
    memories,
    sync: () => regions.forEach(commit),
    undo() {
      for (const region of regions) region.rollback();
    },
    reset() {
      for (const view of bytes) view.set(PATTERN);
      regions.forEach(commit);
    },
    missed() {
      regions.forEach(commit);
      const found = missed;
      missed = [];
      return found;
    },
    close() {
      for (const region of regions) region.close();
      rmSync(folder, { recursive: true });
    },
  };
}
