/**
 * Runs of pages: first fit in lists of free runs by power of two of length, and behind the last run a frontier. Neighbouring
 * free runs are always joined, and a free run that reaches the frontier becomes part of it.
 */
import {
  descriptor,
  FRONTIER_WORD,
  KIND,
  LENGTH,
  NEXT,
  PAGES_WORD,
  RUN_FREE,
  RUN_LARGE,
  RUNS_WORD,
  SEGMENTS_WORD,
} from "./layout.ts";
import { push, remove } from "./list.ts";

/** The list of free runs of `length` pages: of the same power of two. */
export function runList(length: number): number {
  return RUNS_WORD + 31 - Math.clz32(length);
}

export class PageAllocator {
  readonly #words: Uint32Array;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** The first of `length` pages in a row, marked `RUN_LARGE`, or 0 if there are none. Their content is arbitrary. */
  allocate(length: number): number {
    const page = this.#takeFree(length) || this.#takeFrontier(length);
    if (page !== 0) this.#mark(page, length, RUN_LARGE);
    return page;
  }

  /** Gives back the run that starts at `page`. */
  free(page: number): void {
    const words = this.#words;
    let start = page;
    let end = page + words[descriptor(page) + LENGTH];
    if (words[descriptor(start - 1) + KIND] === RUN_FREE) {
      start -= words[descriptor(start - 1) + LENGTH];
      this.#unlink(start);
    }
    if (end === words[FRONTIER_WORD]) {
      words[FRONTIER_WORD] = start;
      return;
    }
    if (words[descriptor(end) + KIND] === RUN_FREE) {
      const next = end;
      end += words[descriptor(next) + LENGTH];
      this.#unlink(next);
    }
    this.#link(start, end - start);
  }

  #takeFree(length: number): number {
    const words = this.#words;
    for (let list = runList(length); list < SEGMENTS_WORD; list++) {
      for (let page = words[list]; page !== 0; page = words[descriptor(page) + NEXT]) {
        const found = words[descriptor(page) + LENGTH];
        if (found < length) continue;
        this.#unlink(page);
        if (found > length) this.#link(page + length, found - length);
        return page;
      }
    }
    return 0;
  }

  #takeFrontier(length: number): number {
    const words = this.#words;
    const page = words[FRONTIER_WORD];
    if (page + length > words[PAGES_WORD]) return 0;
    words[FRONTIER_WORD] = page + length;
    return page;
  }

  #link(page: number, length: number): void {
    this.#mark(page, length, RUN_FREE);
    push(this.#words, runList(length), page);
  }

  #unlink(page: number): void {
    remove(this.#words, runList(this.#words[descriptor(page) + LENGTH]), page);
  }

  #mark(page: number, length: number, kind: number): void {
    const words = this.#words;
    const first = descriptor(page);
    const last = descriptor(page + length - 1);
    words[first + KIND] = kind;
    words[first + LENGTH] = length;
    words[last + KIND] = kind;
    words[last + LENGTH] = length;
  }
}
