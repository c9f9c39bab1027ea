/**
 * The hash table. A bucket is one 64-byte line: ten 16-bit fingerprints (0 marks an empty slot), ten offsets of records, and the
 * offset of an overflow bucket. A lookup reads the bucket's line and, on a matching fingerprint, the record: usually two
 * cache misses.
 *
 * It grows by linear hashing, one bucket at a time, so that no insert rewrites more than a bucket or two. Segment 0 holds the first
 * 256 buckets and segment s the 2^(s-1) * 256 after them; a bucket is written first when the split reaches it.
 */
import type { Heap } from "./heap.ts";
import type { Key } from "./key.ts";
import { BUCKETS_WORD, COUNT_WORD, LINE_BYTES, type Memory, SEGMENTS_WORD } from "./layout.ts";
import { hasKey, recordHash } from "./record.ts";

export const FIRST_BUCKETS = 256;
export const SLOTS = 10;
/** Records a bucket, on average, that the table aims at: chains stay rare even in buckets not yet split. */
const TARGET_LOAD = 5;

const RECORDS_WORD = 5;
const OVERFLOW_WORD = 15;
const BUCKET_WORDS = LINE_BYTES / 4;

/** A fingerprint comes from the hash's upper half, the home bucket from its lower bits. */
export function fingerprint(hash: number): number {
  return hash >>> 16 || 1;
}

/** The segment of a home bucket. */
function segmentOf(index: number): number {
  return 32 - Math.clz32(index >>> 8);
}

export class Table {
  /** Where the last successful `find` found its record. */
  #foundBucket = 0;
  #foundSlot = 0;
  readonly #heap: Heap;
  readonly #halves: Uint16Array;
  readonly #words: Uint32Array;

  constructor(memory: Memory, heap: Heap) {
    this.#heap = heap;
    this.#halves = memory.halves;
    this.#words = memory.words;
    if (this.#words[BUCKETS_WORD] === 0) this.#create();
  }

  /** The record with this key, or 0. */
  find(key: Key): number {
    const halves = this.#halves;
    const words = this.#words;
    const wanted = fingerprint(key.hash);
    let bucket = this.bucketAt(this.home(key.hash));
    do {
      const first = bucket >>> 1;
      for (let slot = 0; slot < SLOTS; slot++) {
        if (halves[first + slot] !== wanted) continue;
        const record = words[(bucket >>> 2) + RECORDS_WORD + slot];
        if (!hasKey(words, record, key)) continue;
        this.#foundBucket = bucket;
        this.#foundSlot = slot;
        return record;
      }
      bucket = this.overflowOf(bucket);
    } while (bucket !== 0);
    return 0;
  }

  /** Puts `record` in the place of the record found last. */
  replaceFound(record: number): void {
    this.#words[(this.#foundBucket >>> 2) + RECORDS_WORD + this.#foundSlot] = record;
  }

  /** Adds a record whose key is not in the table. False, and nothing changed, if there is no room for an overflow bucket. */
  insert(hash: number, record: number): boolean {
    if (!this.#place(hash, record)) return false;
    const words = this.#words;
    const count = words[COUNT_WORD] + 1;
    words[COUNT_WORD] = count;
    if (count > words[BUCKETS_WORD] * TARGET_LOAD) this.#split();
    return true;
  }

  /** Takes out the record found last, whose key has this hash. */
  removeFound(hash: number): void {
    this.#fill(this.#foundBucket, this.#foundSlot, 0, 0);
    this.#words[COUNT_WORD]--;
    const home = this.bucketAt(this.home(hash));
    if (this.#foundBucket !== home && this.#isEmpty(this.#foundBucket))
      this.#unchain(home, this.#foundBucket);
  }

  /** Every record, in no particular order. Not to be used across an insert or a removal. */
  *records(): Generator<number> {
    const buckets = this.#words[BUCKETS_WORD];
    for (let index = 0; index < buckets; index++) {
      for (let bucket = this.bucketAt(index); bucket !== 0; bucket = this.overflowOf(bucket)) {
        for (let slot = 0; slot < SLOTS; slot++) {
          if (this.fingerprintAt(bucket, slot) !== 0) yield this.recordAt(bucket, slot);
        }
      }
    }
  }

  /** Index of the home bucket of a hash. */
  home(hash: number): number {
    const buckets = this.#words[BUCKETS_WORD];
    const mask = 0xffffffff >>> Math.clz32(buckets - 1);
    const index = hash & mask;
    return index < buckets ? index : index & (mask >>> 1);
  }

  /** Offset of a home bucket. */
  bucketAt(index: number): number {
    const start = index < FIRST_BUCKETS ? 0 : 1 << (31 - Math.clz32(index));
    return this.#words[SEGMENTS_WORD + segmentOf(index)] + (index - start) * LINE_BYTES;
  }

  /** Offset of the overflow bucket of a bucket, or 0. */
  overflowOf(bucket: number): number {
    return this.#words[(bucket >>> 2) + OVERFLOW_WORD];
  }

  fingerprintAt(bucket: number, slot: number): number {
    return this.#halves[(bucket >>> 1) + slot];
  }

  recordAt(bucket: number, slot: number): number {
    return this.#words[(bucket >>> 2) + RECORDS_WORD + slot];
  }

  #create(): void {
    const words = this.#words;
    words[SEGMENTS_WORD] = this.#heap.allocate(FIRST_BUCKETS * LINE_BYTES);
    words[BUCKETS_WORD] = FIRST_BUCKETS;
  }

  #place(hash: number, record: number): boolean {
    let last = 0;
    for (let bucket = this.bucketAt(this.home(hash)); bucket !== 0; bucket = this.overflowOf(bucket)) {
      for (let slot = 0; slot < SLOTS; slot++) {
        if (this.fingerprintAt(bucket, slot) !== 0) continue;
        this.#fill(bucket, slot, fingerprint(hash), record);
        return true;
      }
      last = bucket;
    }
    const overflow = this.#heap.allocate(LINE_BYTES);
    if (overflow === 0) return false;
    this.#clear(overflow);
    this.#words[(last >>> 2) + OVERFLOW_WORD] = overflow;
    this.#fill(overflow, 0, fingerprint(hash), record);
    return true;
  }

  /** Adds a bucket and moves to it those records of one older bucket whose hash now says so. Without room the table stays. */
  #split(): void {
    const words = this.#words;
    const added = words[BUCKETS_WORD];
    const half = 1 << (31 - Math.clz32(added));
    if (added === half) {
      const segment = this.#heap.allocate(half * LINE_BYTES);
      if (segment === 0) return;
      words[SEGMENTS_WORD + segmentOf(added)] = segment;
    }
    const records = this.#drain(this.bucketAt(added - half));
    words[BUCKETS_WORD] = added + 1;
    this.#clear(this.bucketAt(added));
    // Two chains of these records never need more overflow buckets than the one chain that was just given back.
    for (const record of records) this.#place(recordHash(words, record), record);
  }

  /** Empties a home bucket, gives back its overflow buckets, and returns the records that it held. */
  #drain(home: number): number[] {
    const records: number[] = [];
    for (let bucket = home; bucket !== 0; ) {
      for (let slot = 0; slot < SLOTS; slot++) {
        if (this.fingerprintAt(bucket, slot) !== 0) records.push(this.recordAt(bucket, slot));
      }
      const next = this.overflowOf(bucket);
      if (bucket !== home) this.#heap.free(bucket, LINE_BYTES);
      bucket = next;
    }
    this.#clear(home);
    return records;
  }

  #unchain(home: number, empty: number): void {
    let previous = home;
    while (this.overflowOf(previous) !== empty) previous = this.overflowOf(previous);
    this.#words[(previous >>> 2) + OVERFLOW_WORD] = this.overflowOf(empty);
    this.#heap.free(empty, LINE_BYTES);
  }

  #isEmpty(bucket: number): boolean {
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.fingerprintAt(bucket, slot) !== 0) return false;
    }
    return true;
  }

  #fill(bucket: number, slot: number, mark: number, record: number): void {
    this.#halves[(bucket >>> 1) + slot] = mark;
    this.#words[(bucket >>> 2) + RECORDS_WORD + slot] = record;
  }

  #clear(bucket: number): void {
    this.#words.fill(0, bucket >>> 2, (bucket >>> 2) + BUCKET_WORDS);
  }
}
