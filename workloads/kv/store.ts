/**
 * A key-value store in the memory of a region, or of any ArrayBuffer. It only stores into typed arrays: whoever owns the region
 * calls `msync()` when what was stored should last. Nothing outside the memory belongs to the store's state, so that after a
 * rollback or a crash the same bytes are the same store.
 */
import { StoreError } from "./errors.ts";
import { blockBytes, Heap } from "./heap.ts";
import { Key } from "./key.ts";
import { COUNT_WORD, openMemory } from "./layout.ts";
import { keyLength, keyOffset, recordBytes, valueLength, valueOffset } from "./record.ts";
import { Table } from "./table.ts";

const decoder = new TextDecoder();

export class KeyValueStore {
  /** The whole memory: a record's value is `bytes` from `valueOffset(record)`, `valueLength(record)` bytes long. */
  readonly bytes: Uint8Array;
  readonly #words: Uint32Array;
  readonly #heap: Heap;
  readonly #table: Table;
  readonly #key = new Key();

  /**
   * The store in `buffer` (64 KiB to 4 GiB), or a new one if the buffer's beginning is all zero.
   * @throws StoreError `ERR_KV_FORMAT`
   */
  constructor(buffer: ArrayBuffer) {
    const memory = openMemory(buffer);
    this.bytes = memory.bytes;
    this.#words = memory.words;
    this.#heap = new Heap(memory.words);
    this.#table = new Table(memory, this.#heap);
  }

  /** Number of records. */
  get size(): number {
    return this.#words[COUNT_WORD];
  }

  has(key: string): boolean {
    return this.locate(key) !== 0;
  }

  /** A copy of the value. */
  get(key: string): Buffer | undefined {
    const record = this.locate(key);
    return record === 0 ? undefined : this.#copyOfValue(record);
  }

  /**
   * Copies the value to the start of `target`, as much as fits, and returns its whole length in bytes, or -1 if there is no such
   * key.
   */
  getInto(key: string, target: Uint8Array): number {
    const record = this.locate(key);
    if (record === 0) return -1;
    const length = this.valueLength(record);
    const start = this.valueOffset(record);
    target.set(this.bytes.subarray(start, start + Math.min(length, target.length)));
    return length;
  }

  /** The record of a key, for `valueOffset` and `valueLength`, or 0. Valid until the next `set`, `update` or `delete`. */
  locate(key: string): number {
    this.#key.encode(key);
    return this.#table.find(this.#key);
  }

  /** Offset in `bytes` of a located record's value. */
  valueOffset(record: number): number {
    return valueOffset(this.#words, record);
  }

  /** Length in bytes of a located record's value. */
  valueLength(record: number): number {
    return valueLength(this.#words, record);
  }

  /**
   * Inserts or updates.
   * @throws StoreError `ERR_KV_FULL` (the store is as before) or `ERR_KV_KEY`
   */
  set(key: string, value: Uint8Array): void {
    const record = this.locate(key);
    if (record === 0) this.#insert(value);
    else this.#replace(record, value);
  }

  /** Like `set` if the key is there; otherwise changes nothing and returns false. */
  update(key: string, value: Uint8Array): boolean {
    const record = this.locate(key);
    if (record !== 0) this.#replace(record, value);
    return record !== 0;
  }

  /** Whether the key was there. */
  delete(key: string): boolean {
    const record = this.locate(key);
    if (record === 0) return false;
    this.#table.removeFound(this.#key.hash);
    this.#free(record);
    return true;
  }

  /** Every key, in no particular order. The store must not change meanwhile. */
  *keys(): Generator<string> {
    for (const record of this.#table.records()) yield this.#keyText(record);
  }

  /** Every key with a copy of its value, in no particular order. The store must not change meanwhile. */
  *entries(): Generator<[string, Buffer]> {
    for (const record of this.#table.records()) yield [this.#keyText(record), this.#copyOfValue(record)];
  }

  [Symbol.iterator](): Generator<[string, Buffer]> {
    return this.entries();
  }

  #insert(value: Uint8Array): void {
    const key = this.#key;
    const record = this.#allocate(key.length, value);
    this.#words[record >>> 2] = key.length;
    this.bytes.set(key.bytes.subarray(0, key.length), keyOffset(record));
    this.#writeValue(record, value);
    if (this.#table.insert(key.hash, record)) return;
    this.#free(record);
    throw full(key.length, value);
  }

  #replace(record: number, value: Uint8Array): void {
    const words = this.#words;
    const keyBytes = keyLength(words, record);
    const oldBytes = recordBytes(keyBytes, valueLength(words, record));
    const newBytes = recordBytes(keyBytes, value.length);
    if (oldBytes === newBytes || blockBytes(oldBytes) === blockBytes(newBytes)) {
      this.#writeValue(record, value);
      return;
    }
    const moved = this.#allocate(keyBytes, value);
    words[moved >>> 2] = keyBytes;
    this.bytes.copyWithin(keyOffset(moved), keyOffset(record), keyOffset(record) + keyBytes);
    this.#writeValue(moved, value);
    this.#table.replaceFound(moved);
    this.#free(record);
  }

  /** Touches the line of the record's header only if the length changes. */
  #writeValue(record: number, value: Uint8Array): void {
    const lengthWord = (record >>> 2) + 1;
    this.bytes.set(value, valueOffset(this.#words, record));
    if (this.#words[lengthWord] !== value.length) this.#words[lengthWord] = value.length;
  }

  #allocate(keyBytes: number, value: Uint8Array): number {
    const record = this.#heap.allocate(recordBytes(keyBytes, value.length));
    if (record === 0) throw full(keyBytes, value);
    return record;
  }

  #free(record: number): void {
    const words = this.#words;
    this.#heap.free(record, recordBytes(keyLength(words, record), valueLength(words, record)));
  }

  #keyText(record: number): string {
    const start = keyOffset(record);
    return decoder.decode(this.bytes.subarray(start, start + keyLength(this.#words, record)));
  }

  #copyOfValue(record: number): Buffer {
    const start = this.valueOffset(record);
    // Cut from Node's pool, in half the time that `slice` takes to allocate an array of its own.
    return Buffer.from(this.bytes.subarray(start, start + this.valueLength(record)));
  }
}

function full(keyBytes: number, value: Uint8Array): StoreError {
  const bytes = recordBytes(keyBytes, value.length);
  return new StoreError("ERR_KV_FULL", `no room for a record of ${bytes} bytes`);
}
