import { blockBytes } from "./heap.ts";
import { LINE_BYTES, MAX_BYTES, PAGE_BYTES } from "./layout.ts";
import { recordBytes } from "./record.ts";

/** Bytes of memory that hold `records` records with room to spare, whatever state of splitting the table is in. */
export function memoryFor(records: number, keyBytes: number, valueBytes: number): number {
  const perRecord = blockBytes(recordBytes(keyBytes, valueBytes)) + LINE_BYTES;
  const bytes = 64 * PAGE_BYTES + records * perRecord;
  return Math.min(MAX_BYTES, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES);
}
