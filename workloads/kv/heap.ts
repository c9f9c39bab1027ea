/**
 * Blocks in the memory. A small block is one of equal blocks in a span (a page of one size class); a span that has room stands in
 * its class's list, an empty one is given back. A larger block is a run of pages. Handing out or taking back a small block touches
 * one descriptor, and the free block itself.
 */
import {
  BLOCK_BYTES,
  CARVED,
  CLASS,
  descriptor,
  FREE,
  KIND,
  MAX_BLOCK_BYTES,
  PAGE_BYTES,
  PAGE_SHIFT,
  RUN_SPAN,
  SPANS_WORD,
  USED,
} from "./layout.ts";
import { push, remove } from "./list.ts";
import { PageAllocator } from "./pages.ts";

const CLASS_BY_UNIT = new Uint8Array(MAX_BLOCK_BYTES / 16 + 1);
for (let unit = 0, sizeClass = 0; unit < CLASS_BY_UNIT.length; unit++) {
  if (unit * 16 > BLOCK_BYTES[sizeClass]) sizeClass++;
  CLASS_BY_UNIT[unit] = sizeClass;
}

const CAPACITY = BLOCK_BYTES.map((bytes) => Math.floor(PAGE_BYTES / bytes));

/** The size class of a block of `bytes`, at most `MAX_BLOCK_BYTES`. */
export function classOf(bytes: number): number {
  return CLASS_BY_UNIT[(bytes + 15) >>> 4];
}

/** What a request for `bytes` really takes. A record may change in place as long as this number stays. */
export function blockBytes(bytes: number): number {
  return bytes <= MAX_BLOCK_BYTES ? BLOCK_BYTES[classOf(bytes)] : pagesFor(bytes) * PAGE_BYTES;
}

export function pagesFor(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES);
}

export class Heap {
  readonly #words: Uint32Array;
  readonly #pages: PageAllocator;

  constructor(words: Uint32Array) {
    this.#words = words;
    this.#pages = new PageAllocator(words);
  }

  /** Offset of a block of at least `bytes`, a multiple of 16, or 0 if there is no room. Its content is arbitrary. */
  allocate(bytes: number): number {
    if (bytes > MAX_BLOCK_BYTES) return this.#pages.allocate(pagesFor(bytes)) * PAGE_BYTES;
    const words = this.#words;
    const sizeClass = classOf(bytes);
    const page = words[SPANS_WORD + sizeClass] || this.#newSpan(sizeClass);
    if (page === 0) return 0;
    const span = descriptor(page);
    let block = words[span + FREE];
    if (block !== 0) {
      words[span + FREE] = words[block >>> 2];
    } else {
      block = page * PAGE_BYTES + words[span + CARVED] * BLOCK_BYTES[sizeClass];
      words[span + CARVED]++;
    }
    const used = words[span + USED] + 1;
    words[span + USED] = used;
    if (used === CAPACITY[sizeClass]) remove(words, SPANS_WORD + sizeClass, page);
    return block;
  }

  /** Gives back the block at `block` that was asked for with `bytes`, or with any number of the same `blockBytes`. */
  free(block: number, bytes: number): void {
    const page = block >>> PAGE_SHIFT;
    if (bytes > MAX_BLOCK_BYTES) {
      this.#pages.free(page);
      return;
    }
    const words = this.#words;
    const sizeClass = classOf(bytes);
    const span = descriptor(page);
    const used = words[span + USED];
    const full = used === CAPACITY[sizeClass];
    if (used === 1) {
      if (!full) remove(words, SPANS_WORD + sizeClass, page);
      this.#pages.free(page);
      return;
    }
    words[block >>> 2] = words[span + FREE];
    words[span + FREE] = block;
    words[span + USED] = used - 1;
    if (full) push(words, SPANS_WORD + sizeClass, page);
  }

  #newSpan(sizeClass: number): number {
    const page = this.#pages.allocate(1);
    if (page === 0) return 0;
    const words = this.#words;
    const span = descriptor(page);
    words[span + KIND] = RUN_SPAN;
    words[span + CLASS] = sizeClass;
    words[span + USED] = 0;
    words[span + FREE] = 0;
    words[span + CARVED] = 0;
    push(words, SPANS_WORD + sizeClass, page);
    return page;
  }
}
