/**
 * A record is one block: key length, value length (32-bit words), key bytes, value bytes, so that a read that has found it stays
 * in neighbouring lines.
 */
import { equalsWords, hashWords, type Key } from "./key.ts";

const HEADER_BYTES = 8;

/** Bytes that a record takes before rounding to a block. */
export function recordBytes(keyLength: number, valueLength: number): number {
  return HEADER_BYTES + keyLength + valueLength;
}

export function keyLength(words: Uint32Array, record: number): number {
  return words[record >>> 2];
}

export function valueLength(words: Uint32Array, record: number): number {
  return words[(record >>> 2) + 1];
}

export function keyOffset(record: number): number {
  return record + HEADER_BYTES;
}

export function valueOffset(words: Uint32Array, record: number): number {
  return record + HEADER_BYTES + keyLength(words, record);
}

export function hasKey(words: Uint32Array, record: number, key: Key): boolean {
  return keyLength(words, record) === key.length && equalsWords(key, words, keyOffset(record) >>> 2);
}

/** The hash of the record's key. */
export function recordHash(words: Uint32Array, record: number): number {
  return hashWords(words, keyOffset(record) >>> 2, keyLength(words, record));
}
