/**
 * What the program has stored to since the last msync, in 64-byte lines.
 *
 * The regions of a thread share one mark map, one byte a line; each has its own part of it. A map that never changes its place
 * or length is a constant to V8: looking up a mark is then a compare and a load. Being shared memory it is also never detached and does not
 * count towards the garbage collector's limits; only pages that hold marks cost memory.
 *
 * The map is the truth; a region's dirty list says where in it to look, so that an msync costs what was stored and not what is mapped.
 * The addon uses both arrays where they are.
 */

/** Bytes of the unit of tracking: a cache line. */
export const LINE_BYTES = 64;
export const LINE_SHIFT = 6;

/** Bytes of all regions that one thread can have open. Version 1 of the format allows a single one no more. */
const SPACE_BYTES = 2 ** 32;
const SPACE_LINES = SPACE_BYTES / LINE_BYTES;

/** Longest dirty list. Beyond it msync looks through the whole map, which by then costs less than sorting. */
const MAX_LIST = 65_536;

/** Lines that are marked one by one, and so not twice: a range that is stored to again and again would fill the list. */
const SHORT_RANGE = 16;

/** Set in a list entry that is the first line of a range; the next entry is the last line, inclusive. */
const RANGE = 0x8000_0000;

/**
 * Classes of their own, so that V8 may rely on their shape: that of Uint8Array itself changes with every view that is given a track.
 */
class Marks extends Uint8Array<ArrayBufferLike> {}
class List extends Uint32Array {}

export const MARKS: Uint8Array = new Marks(new SharedArrayBuffer(SPACE_LINES));
const NO_MARKS: Uint8Array = new Marks(new SharedArrayBuffer(0));

/** A range of lines, both ends inclusive. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** Parts of the map that are in use, in order. */
const parts: LineRange[] = [];

/** The first place with room for so many lines, as an index into `parts` and a line; undefined if there is none. */
function findRoom(lines: number): { at: number; first: number } | undefined {
  let first = 0;
  let at = 0;
  for (; at < parts.length; at++) {
    const part = parts[at] as LineRange;
    if (part.first - first >= lines) break;
    first = part.last + 1;
  }
  return first + lines > SPACE_LINES ? undefined : { at, first };
}

const linesIn = (bytes: number): number => Math.ceil(bytes / LINE_BYTES);

export class Tracker {
  /** The region's first and last line in the map. */
  readonly first: number;
  readonly last: number;
  readonly list: Uint32Array;
  /** Entries used in `list`; more than `limit` means that entries were lost and the map alone is complete. */
  count = 0;
  readonly limit: number;
  /** Set when a small view that was never looked at was stored to: it can only have covered the first line. */
  lineZeroSuspect = false;
  /** Set when something was stored through an object whose view could not be found. */
  everythingSuspect = false;

  /** Where marks are set: the map, or nowhere once the region is closed, for its part may be another's then. */
  #marks = MARKS;
  readonly #open = new Set<LineRange>();
  readonly #expected = new Set<LineRange>();
  readonly #part: LineRange;

  private constructor(part: LineRange) {
    this.#part = part;
    this.first = part.first;
    this.last = part.last;
    this.limit = Math.min(Math.max(part.last - part.first + 1, 2), MAX_LIST);
    // A typed array of an explicit ArrayBuffer is never moved by the garbage collector.
    this.list = new List(new ArrayBuffer(this.limit * 4));
  }

  /** A tracker for a region of `bytes` bytes, or undefined if the thread's regions would exceed 4 GiB. */
  static make(bytes: number): Tracker | undefined {
    const lines = linesIn(bytes);
    const room = findRoom(lines);
    if (room === undefined) return undefined;
    const part = { first: room.first, last: room.first + lines - 1 };
    parts.splice(room.at, 0, part);
    return new Tracker(part);
  }

  static hasRoom(bytes: number): boolean {
    return findRoom(linesIn(bytes)) !== undefined;
  }

  /** The region's part of the map, for the addon. */
  get marks(): Uint8Array {
    return new Uint8Array(MARKS.buffer, this.first, this.last - this.first + 1);
  }

  /**
   * Marks one line that is not marked yet, if it is of this region. No call in here: a stack overflow cannot leave half a mark.
   */
  push(line: number): void {
    if (line < this.first || line > this.last) return;
    const n = this.count;
    if (n < this.limit) this.list[n] = line;
    this.count = n + 1;
    this.#marks[line] = 1;
  }

  /** Marks the lines of a range: a long one by one list entry, which counts for itself if the map is not filled yet. */
  pushRange(from: number, to: number): void {
    const first = Math.max(from, this.first);
    const last = Math.min(to, this.last);
    if (last - first < SHORT_RANGE) {
      for (let line = first; line <= last; line++) if (MARKS[line] === 0) this.push(line);
      return;
    }
    const n = this.count;
    if (n + 2 <= this.limit) {
      this.list[n] = first | RANGE;
      this.list[n + 1] = last;
    }
    this.count = n + 2;
    this.#marks.fill(1, first, last + 1);
  }

  /** Lines that every msync takes for dirty until `closeRange` or `dropRange`: user code may run between the mark and the store. */
  openRange(first: number, last: number): LineRange {
    const range = { first, last };
    this.#open.add(range);
    return range;
  }

  /** Ends an open range and leaves its lines marked. */
  closeRange(range: LineRange): void {
    this.pushRange(range.first, range.last);
    this.dropRange(range);
  }

  /** Ends an open range whose marks, as far as it was stored to, are set already. */
  dropRange(range: LineRange): void {
    this.#open.delete(range);
  }

  /** Lines into which bytes may be arriving; they are marked once the bytes are there. */
  expectRange({ first, last }: LineRange): LineRange {
    const range = { first, last };
    this.#expected.add(range);
    return range;
  }

  /** Are bytes under way? */
  get expects(): boolean {
    return this.#expected.size > 0;
  }

  dropExpected(range: LineRange): void {
    this.#expected.delete(range);
  }

  /**
   * Marks the open ranges and returns how many list entries the addon may use. With `arriving` bytes under way are marked as well: an
   * msync that verifies must not take them for stores that nobody saw.
   */
  seal(arriving: boolean): number {
    if (this.#open.size > 0) for (const { first, last } of this.#open) this.pushRange(first, last);
    if (arriving) for (const { first, last } of this.#expected) this.pushRange(first, last);
    return this.count;
  }

  /** Marks a range of the region's bytes, which is not empty. */
  touch(offset: number, bytes: number): void {
    this.pushRange(this.first + (offset >>> LINE_SHIFT), this.first + ((offset + bytes - 1) >>> LINE_SHIFT));
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

  /** The region is closed: late stores mark nothing, and its part of the map is free. */
  release(): void {
    this.#clear();
    this.#marks = NO_MARKS;
    const at = parts.indexOf(this.#part);
    if (at >= 0) parts.splice(at, 1);
  }

  #clear(): void {
    if (this.count > this.limit) {
      MARKS.fill(0, this.first, this.last + 1);
      return;
    }
    for (let i = 0; i < this.count; i++) {
      const entry = this.list[i] as number;
      if (entry >= RANGE) MARKS.fill(0, entry - RANGE, (this.list[++i] as number) + 1);
      else MARKS[entry] = 0;
    }
  }
}
