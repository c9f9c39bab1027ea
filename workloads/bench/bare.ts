/** The addon that measures durability without fams. */
import { createRequire } from "node:module";

/** One way to make a record durable: pwrite + fdatasync, pwritev2(RWF_DSYNC), or the same through O_DIRECT. */
export type Way = "fdatasync" | "dsync" | "direct";

export const WAYS: readonly Way[] = ["fdatasync", "dsync", "direct"];

interface BareJournal {
  /** Appends a record of `bytes` bytes (a multiple of 4096) with a changed value in every line, and flushes it. */
  append(bytes: number): void;
  close(): void;
}

interface SharedMapping {
  /** Changes one word in each of these 4 KiB pages. */
  dirty(pages: Uint32Array): void;
  /** msync(2) of the whole mapping with MS_SYNC. */
  sync(): void;
  close(): void;
}

interface BareFlush {
  /** Creates a zero-written file of `bytes` bytes; appending starts over at its end. */
  BareJournal: new (
    path: string,
    bytes: number,
    way: Way,
  ) => BareJournal;
  /** Creates and maps a zero-written file, MAP_SHARED. */
  SharedMapping: new (
    path: string,
    bytes: number,
  ) => SharedMapping;
}

export const { BareJournal, SharedMapping } = createRequire(import.meta.url)(
  "../../native/build/Release/fams_bench.node",
) as BareFlush;
