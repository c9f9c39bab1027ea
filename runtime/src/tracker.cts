/**
 * What the program has stored to since the last msync, in 64-byte lines.
 *
 * A tracker belongs to one region in one thread. Its mark map (one byte a line) is the truth; its dirty list says where in the
 * map to look, so that an msync costs what was stored and not what is mapped. Both arrays are shared with the addon without
 * copying and live as long as the tracker, also after the region is closed: a late store marks a map that nobody reads.
 */

/** Bytes of the unit of tracking: a cache line. */
export const LINE_BYTES = 64;
export const LINE_SHIFT = 6;

/** Longest dirty list. Beyond it msync looks through the whole map, which by then costs less than sorting. */
const MAX_LIST = 65_536;

/** Set in a list entry that is the first line of a range; the next entry is the last line, inclusive. */
const RANGE = 0x8000_0000;

/** A range of lines, both ends inclusive. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

export class Tracker {
  readonly marks: Uint8Array;
  readonly list: Uint32Array;
  /** Entries used in `list`; more than `limit` means that entries were lost and the map alone is complete. */
  count = 0;
  readonly limit: number;
  /** Set when a small view that was never looked at was stored to: it can only have covered line 0. */
  lineZeroSuspect = false;
  /** Set when something was stored through an object whose view could not be found. */
  everythingSuspect = false;

  readonly #open = new Set<LineRange>();

  /** @param bytes size of the region */
  constructor(bytes: number) {
    const lines = Math.ceil(bytes / LINE_BYTES);
    this.limit = Math.min(Math.max(lines, 2), MAX_LIST);
    // Typed arrays of an explicit ArrayBuffer are never moved by the garbage collector.
    this.marks = new Uint8Array(new ArrayBuffer(lines));
    this.list = new Uint32Array(new ArrayBuffer(this.limit * 4));
  }

  /** Marks one line that is not marked yet. No call in here: a stack overflow cannot leave half a mark. */
  push(line: number): void {
    const n = this.count;
    if (n < this.limit) this.list[n] = line;
    this.count = n + 1;
    this.marks[line] = 1;
  }

  /** Marks the lines of a range by one list entry; the entry counts for itself if the map is not filled yet. */
  pushRange(first: number, last: number): void {
    if (first === last) {
      if (this.marks[first] === 0) this.push(first);
      return;
    }
    const n = this.count;
    if (n + 2 <= this.limit) {
      this.list[n] = first | RANGE;
      this.list[n + 1] = last;
    }
    this.count = n + 2;
    this.marks.fill(1, first, last + 1);
  }

  /** Lines that every msync takes for dirty until `closeRange`: user code may run between the mark and the store. */
  openRange(first: number, last: number): LineRange {
    const range = { first, last };
    this.#open.add(range);
    return range;
  }

  /** Ends an open range and leaves its lines marked. */
  closeRange(range: LineRange): void {
    this.pushRange(range.first, range.last);
    this.#open.delete(range);
  }

  /** Marks the open ranges and returns how many list entries the addon may use. */
  seal(): number {
    for (const { first, last } of this.#open) this.pushRange(first, last);
    return this.count;
  }

  /** The addon has put marks back: they are in the map, and nothing tells where. */
  loseList(): void {
    this.count = this.limit + 1;
  }

  /** After a commit or a rollback: the addon has cleared the marks it took. */
  reset(): void {
    this.count = 0;
    this.lineZeroSuspect = false;
    this.everythingSuspect = false;
  }
}
