/** What the commit benchmarks store, and how they time it. */
import { Region, type RegionOptions } from "fams";
import type { Random } from "../support/random.ts";

export const REGION_BYTES = 64 * 2 ** 20;
export const LINE_BYTES = 64;
const PAGE_BYTES = 4096;
/** As long as the journal of a new region. */
export const JOURNAL_BYTES = 2 ** 20;

export function openRegion(path: string, options: RegionOptions): Region {
  return Region.openSync(path, { size: REGION_BYTES, verify: false, ...options });
}

/** Bytes of the journal record of `lines` lines that are not neighbours, padded: header, run table, lines. */
export function recordBytes(lines: number): number {
  const runTable = Math.ceil((lines * 8) / LINE_BYTES) * LINE_BYTES;
  return Math.ceil((LINE_BYTES + runTable + lines * LINE_BYTES) / PAGE_BYTES) * PAGE_BYTES;
}

/** Stores a new value into `lines` random lines, each in a page of its own when there are pages enough. */
export class Writer {
  readonly #words: Float64Array;
  readonly #random: Random;
  readonly #bytes: number;
  #value = 0;

  /** @param memory a region's, or any other to store into alike */
  constructor({ buffer }: { buffer: ArrayBuffer }, random: Random) {
    this.#words = new Float64Array(buffer);
    this.#bytes = buffer.byteLength;
    this.#random = random;
  }

  store(lines: number): void {
    for (const page of distinctPages(lines, this.#random, this.#bytes)) {
      const line = this.#random.below(PAGE_BYTES / LINE_BYTES);
      this.#words[(page * PAGE_BYTES + line * LINE_BYTES) / 8] = ++this.#value;
    }
  }
}

export function distinctPages(count: number, random: Random, bytes: number): Uint32Array {
  const pages = new Set<number>();
  while (pages.size < count) pages.add(random.below(bytes / PAGE_BYTES));
  return Uint32Array.from(pages);
}

export function microseconds(operation: () => void): number {
  const start = performance.now();
  operation();
  return (performance.now() - start) * 1e3;
}
