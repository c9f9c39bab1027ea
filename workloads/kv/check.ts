/**
 * Proves that a store's memory is whole, from its bytes alone and read-only: every page belongs to exactly one run, every list holds
 * exactly the runs it should, every block that is handed out is reached from the table exactly once, and every record is
 * where its hash says.
 */
import { StoreError } from "./errors.ts";
import { blockBytes, Heap } from "./heap.ts";
import {
  BLOCK_BYTES,
  BUCKETS_WORD,
  CARVED,
  CLASS,
  COUNT_WORD,
  descriptor,
  FREE,
  FRONTIER_WORD,
  KIND,
  LENGTH,
  LINE_BYTES,
  type Memory,
  NEXT,
  openMemory,
  PAGE_BYTES,
  PAGES_WORD,
  PREVIOUS,
  RUN_FREE,
  RUN_LARGE,
  RUN_SPAN,
  RUNS_WORD,
  reservedPages,
  SEGMENTS_WORD,
  SPANS_WORD,
  USED,
} from "./layout.ts";
import { runList } from "./pages.ts";
import { keyLength, keyOffset, recordBytes, recordHash, valueLength } from "./record.ts";
import { FIRST_BUCKETS, fingerprint, SLOTS, Table } from "./table.ts";

export interface StoreUsage {
  records: number;
  buckets: number;
  overflowBuckets: number;
  /** Bytes in runs that are handed out, the hash table's included. */
  usedBytes: number;
  totalBytes: number;
}

/** @throws StoreError `ERR_KV_CORRUPT` */
export function checkStore(buffer: ArrayBuffer): StoreUsage {
  const memory = openMemory(buffer);
  const pages = checkPages(memory.words);
  const overflowBuckets = checkTable(memory, pages.blocks);
  for (const [block, bytes] of pages.blocks)
    corrupt(`block ${block} of ${bytes} bytes is handed out but not reached`);
  return {
    records: memory.words[COUNT_WORD],
    buckets: memory.words[BUCKETS_WORD],
    overflowBuckets,
    usedBytes: pages.usedPages * PAGE_BYTES,
    totalBytes: memory.words[PAGES_WORD] * PAGE_BYTES,
  };
}

/** The blocks that are handed out: offset to size in bytes. */
type Blocks = Map<number, number>;

function checkPages(words: Uint32Array): { blocks: Blocks; usedPages: number } {
  const blocks: Blocks = new Map();
  const expected = new Map<number, Set<number>>();
  const frontier = words[FRONTIER_WORD];
  let page = reservedPages(words[PAGES_WORD]);
  let usedPages = 0;
  let previousKind = 0;
  require(page <= frontier && frontier <= words[PAGES_WORD], `frontier ${frontier}`);
  while (page < frontier) {
    const run = descriptor(page);
    const kind = words[run + KIND];
    const length = words[run + LENGTH];
    const last = descriptor(page + length - 1);
    require(length > 0 && page + length <= frontier, `run ${page} of ${length} pages`);
    require(words[last + KIND] === kind && words[last + LENGTH] === length, `both ends of run ${page} agree`);
    if (kind === RUN_FREE) {
      require(previousKind !== RUN_FREE, `free run ${page} is joined with its neighbour`);
      listed(expected, runList(length), page);
    } else if (kind === RUN_SPAN) {
      require(length === 1, `span ${page} is one page`);
      if (checkSpan(words, page, blocks)) listed(expected, SPANS_WORD + words[run + CLASS], page);
    } else {
      require(kind === RUN_LARGE, `kind ${kind} of run ${page}`);
      blocks.set(page * PAGE_BYTES, length * PAGE_BYTES);
    }
    if (kind !== RUN_FREE) usedPages += length;
    previousKind = kind;
    page += length;
  }
  require(previousKind !== RUN_FREE, "no free run touches the frontier");
  checkLists(words, expected);
  return { blocks, usedPages };
}

/** Adds the span's handed-out blocks to `blocks`; true if it has room. */
function checkSpan(words: Uint32Array, page: number, blocks: Blocks): boolean {
  const span = descriptor(page);
  const bytes = BLOCK_BYTES[words[span + CLASS]] ?? corrupt(`class of span ${page}`);
  const carved = words[span + CARVED];
  const capacity = Math.floor(PAGE_BYTES / bytes);
  require(carved <= capacity, `span ${page} carved ${carved} of ${capacity} blocks`);
  const free = new Set<number>();
  for (let block = words[span + FREE]; block !== 0; block = words[block >>> 2]) {
    const index = (block - page * PAGE_BYTES) / bytes;
    require(Number.isInteger(index) && index >= 0 && index < carved, `free block ${block} of span ${page}`);
    require(!free.has(block), `free list of span ${page} ends`);
    free.add(block);
  }
  const used = carved - free.size;
  require(used > 0 &&
    used === words[span + USED], `span ${page} counts ${words[span + USED]} of ${used} used`);
  for (let index = 0; index < carved; index++) {
    const block = page * PAGE_BYTES + index * bytes;
    if (!free.has(block)) blocks.set(block, bytes);
  }
  return used < capacity;
}

function listed(expected: Map<number, Set<number>>, list: number, page: number): void {
  expected.set(list, (expected.get(list) ?? new Set()).add(page));
}

function checkLists(words: Uint32Array, expected: Map<number, Set<number>>): void {
  for (const list of listWords()) {
    const missing = expected.get(list) ?? new Set();
    let previous = 0;
    for (let page = words[list]; page !== 0; page = words[descriptor(page) + NEXT]) {
      require(missing.delete(page), `list ${list} holds page ${page} rightly and once`);
      require(words[descriptor(page) + PREVIOUS] === previous, `back link of page ${page}`);
      previous = page;
    }
    for (const page of missing) corrupt(`page ${page} is missing from list ${list}`);
  }
}

function* listWords(): Generator<number> {
  for (let sizeClass = 0; sizeClass < BLOCK_BYTES.length; sizeClass++) yield SPANS_WORD + sizeClass;
  for (let list = RUNS_WORD; list < SEGMENTS_WORD; list++) yield list;
}

/** Takes every block that the table reaches out of `blocks`; returns the number of overflow buckets. */
function checkTable(memory: Memory, blocks: Blocks): number {
  const { words } = memory;
  const buckets = words[BUCKETS_WORD];
  for (let start = 0, segment = 0; start < buckets; start = start * 2 || FIRST_BUCKETS, segment++) {
    take(blocks, words[SEGMENTS_WORD + segment], (start || FIRST_BUCKETS) * LINE_BYTES, "table segment");
  }
  const table = new Table(memory, new Heap(words));
  const keys = new Set<string>();
  let overflowBuckets = 0;
  for (let index = 0; index < buckets; index++) {
    for (
      let bucket = table.bucketAt(index), depth = 0;
      bucket !== 0;
      bucket = table.overflowOf(bucket), depth++
    ) {
      if (depth > 0) {
        take(blocks, bucket, LINE_BYTES, "overflow bucket");
        overflowBuckets++;
      }
      const records = checkBucket(memory, table, index, bucket, blocks, keys);
      require(depth === 0 || records > 0, `overflow bucket ${bucket} is not empty`);
    }
  }
  require(keys.size === words[COUNT_WORD], `${keys.size} records, counted ${words[COUNT_WORD]}`);
  return overflowBuckets;
}

function checkBucket(
  { bytes, words }: Memory,
  table: Table,
  home: number,
  bucket: number,
  blocks: Blocks,
  keys: Set<string>,
): number {
  let records = 0;
  for (let slot = 0; slot < SLOTS; slot++) {
    const record = table.recordAt(bucket, slot);
    const mark = table.fingerprintAt(bucket, slot);
    require((mark === 0) === (record === 0), `slot ${slot} of bucket ${bucket} is whole`);
    if (mark === 0) continue;
    take(blocks, record, recordBytes(keyLength(words, record), valueLength(words, record)), "record");
    const hash = recordHash(words, record);
    require(mark === fingerprint(hash), `fingerprint of record ${record}`);
    require(table.home(hash) === home, `record ${record} is in its home bucket`);
    const start = keyOffset(record);
    const key = Buffer.from(bytes.subarray(start, start + keyLength(words, record))).toString("latin1");
    require(!keys.has(key), `the key of record ${record} is unique`);
    keys.add(key);
    records++;
  }
  return records;
}

function take(blocks: Blocks, block: number, bytes: number, what: string): void {
  require(blocks.get(block) ===
    blockBytes(bytes), `${what} at ${block} has a block of its own of the right size`);
  blocks.delete(block);
}

function require(holds: boolean, invariant: string): asserts holds {
  if (!holds) corrupt(invariant);
}

function corrupt(invariant: string): never {
  throw new StoreError("ERR_KV_CORRUPT", `the store is corrupt: not so: ${invariant}`);
}
