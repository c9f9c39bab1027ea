/** Keys as UTF-8 bytes outside the store's memory, encoded without allocation, and their hash. */
import { StoreError } from "./errors.ts";

const encoder = new TextEncoder();
const LONE_SURROGATE = /\p{Surrogate}/u;

export class Key {
  bytes = new Uint8Array(256);
  words = new Uint32Array(this.bytes.buffer);
  /** In bytes. */
  length = 0;
  hash = 0;

  /** Takes over `text`. @throws StoreError `ERR_KV_KEY` */
  encode(text: string): void {
    if (text.length * 3 > this.bytes.length) this.#grow(text.length * 3);
    this.length = this.#encodeAscii(text) ? text.length : this.#encodeUnicode(text);
    this.hash = hashWords(this.words, 0, this.length);
  }

  /** Four characters a store. */
  #encodeAscii(text: string): boolean {
    const whole = text.length & ~3;
    let codes = 0;
    for (let i = 0; i < whole; i += 4) {
      const [a, b, c, d] = [
        text.charCodeAt(i),
        text.charCodeAt(i + 1),
        text.charCodeAt(i + 2),
        text.charCodeAt(i + 3),
      ];
      codes |= a | b | c | d;
      this.words[i >>> 2] = a | (b << 8) | (c << 16) | (d << 24);
    }
    for (let i = whole; i < text.length; i++) {
      const code = text.charCodeAt(i);
      codes |= code;
      this.bytes[i] = code;
    }
    return codes < 128;
  }

  #encodeUnicode(text: string): number {
    if (LONE_SURROGATE.test(text))
      throw new StoreError("ERR_KV_KEY", "a key must not contain lone surrogates");
    return encoder.encodeInto(text, this.bytes).written;
  }

  #grow(bytes: number): void {
    this.bytes = new Uint8Array(2 ** Math.ceil(Math.log2(bytes)));
    this.words = new Uint32Array(this.bytes.buffer);
  }
}

/** MurmurHash3 (32 bits) of the `bytes` bytes that start at `words[start]`. */
export function hashWords(words: Uint32Array, start: number, bytes: number): number {
  let hash = 0;
  const whole = start + (bytes >>> 2);
  for (let i = start; i < whole; i++) {
    hash ^= scramble(words[i]);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  const rest = bytes & 3;
  if (rest !== 0) hash ^= scramble(words[whole] & lowBytes(rest));
  hash ^= bytes;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether the key has the bytes that start at `words[start]`; the caller has compared the lengths. */
export function equalsWords(key: Key, words: Uint32Array, start: number): boolean {
  const own = key.words;
  const whole = key.length >>> 2;
  for (let i = 0; i < whole; i++) {
    if (own[i] !== words[start + i]) return false;
  }
  const rest = key.length & 3;
  return rest === 0 || ((own[whole] ^ words[start + whole]) & lowBytes(rest)) === 0;
}

/** A mask of the first `count` bytes of a word, for 1 to 3. */
function lowBytes(count: number): number {
  return (1 << (count * 8)) - 1;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
