/**
 * What lies where. Everything is little-endian, and every reference is a byte offset from the start of the memory, so that
 * the bytes mean the same wherever they are mapped.
 *
 *     0        header, 1 KiB: identity, counters, list heads, table segments
 *     1 KiB    one 32-byte descriptor for each 16 KiB page of the memory
 *     ...      pages: hash table segments, spans of equal blocks, large records
 *
 * Reserved: the pages under the header and the descriptors. Page 0 is one of them, so 0 can mean "none" for pages and offsets.
 */
import { StoreError } from "./errors.ts";

export const LINE_BYTES = 64;
export const PAGE_SHIFT = 14;
export const PAGE_BYTES = 1 << PAGE_SHIFT;
export const MAX_BYTES = 2 ** 32;

const MAGIC = 0x53564b46; // "FKVS"
const VERSION = 1;

// Indexes of 32-bit words in the header. Counters that change together share the first line.
const MAGIC_WORD = 0;
const VERSION_WORD = 1;
/** Pages in the memory, reserved ones included. */
export const PAGES_WORD = 2;
/** Number of records. */
export const COUNT_WORD = 3;
/** Number of home buckets. */
export const BUCKETS_WORD = 4;
/** The first page that no run covers. */
export const FRONTIER_WORD = 5;
/** Heads of the lists of spans with room, one a size class. */
export const SPANS_WORD = 16;
/** Heads of the lists of free runs, one a power of two of pages. */
export const RUNS_WORD = 64;
/** Byte offsets of the hash table's segments. */
export const SEGMENTS_WORD = 96;
const HEADER_BYTES = 1024;

// A descriptor describes the run of pages that starts at its page; `kind` and `length` stand in the run's last descriptor too.
// Descriptors between first and last hold nothing.
const DESCRIPTOR_WORDS = 8;
export const KIND = 0;
export const LENGTH = 1;
export const PREVIOUS = 2;
export const NEXT = 3;
/** Spans only, as are the three below: the index in `BLOCK_BYTES`. */
export const CLASS = 4;
/** Blocks handed out. */
export const USED = 5;
/** Offset of the first free block; a free block's first word is the offset of the next. */
export const FREE = 6;
/** Blocks handed out at least once: the rest of the span was never written. */
export const CARVED = 7;

export const RUN_FREE = 1;
export const RUN_SPAN = 2;
export const RUN_LARGE = 3;

/** Block sizes: up to a line they divide it, above they are whole lines, so that a record never costs a line too many. */
export const BLOCK_BYTES = [
  16, 32, 64, 128, 192, 256, 320, 384, 448, 512, 640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2304, 2688,
  3264, 4096, 5440, 8192,
] as const;
export const MAX_BLOCK_BYTES = 8192;

export interface Memory {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
}

/** Index of the first word of a page's descriptor. */
export function descriptor(page: number): number {
  return HEADER_BYTES / 4 + page * DESCRIPTOR_WORDS;
}

/** Number of pages under the header and the descriptors of a memory of `pages` pages. */
export function reservedPages(pages: number): number {
  return Math.ceil((descriptor(pages) * 4) / PAGE_BYTES);
}

/**
 * Views of `buffer`: of the store that it holds, or, if its header is all zero, of a new one that still lacks its table.
 * @throws StoreError `ERR_KV_FORMAT`
 */
export function openMemory(buffer: ArrayBuffer): Memory {
  const pages = Math.floor(buffer.byteLength / PAGE_BYTES);
  if (pages < 4 || buffer.byteLength > MAX_BYTES) {
    throw new StoreError("ERR_KV_FORMAT", `a store needs 64 KiB to 4 GiB, not ${buffer.byteLength} bytes`);
  }
  const words = new Uint32Array(buffer);
  const memory = { bytes: new Uint8Array(buffer), halves: new Uint16Array(buffer), words };
  if (words[MAGIC_WORD] === MAGIC) {
    if (words[VERSION_WORD] !== VERSION || words[PAGES_WORD] !== pages) {
      throw new StoreError(
        "ERR_KV_FORMAT",
        `the store has version ${words[VERSION_WORD]} and ${words[PAGES_WORD]} pages; expected ${VERSION} and ${pages}`,
      );
    }
    return memory;
  }
  if (words.subarray(0, HEADER_BYTES / 4).some((word) => word !== 0)) {
    throw new StoreError("ERR_KV_FORMAT", "the memory does not hold a store and is not empty");
  }
  words[MAGIC_WORD] = MAGIC;
  words[VERSION_WORD] = VERSION;
  words[PAGES_WORD] = pages;
  words[FRONTIER_WORD] = reservedPages(pages);
  return memory;
}
