/** What the records contain: both key and value follow from the record's number and version, so that anybody can check them. */

export const KEY_BYTES = 16;
export const MIN_VALUE_BYTES = 4;

/** The keys "user000000000000" and so on, each built once and kept. */
export class Keys {
  readonly #texts: string[] = [];
  readonly #bytes = Buffer.alloc(KEY_BYTES);

  text(number: number): string {
    this.#texts[number] ??= this.#build(number);
    return this.#texts[number];
  }

  /** By way of bytes: a concatenated string would stay a tree and cost more at every use. */
  #build(number: number): string {
    this.#bytes.write(`user${String(number).padStart(12, "0")}`, "latin1");
    return this.#bytes.toString("latin1");
  }
}

/**
 * A value: its version in the first word, and in each further word a mix of record number, version and place. No word of one version
 * equals the same word of another version of the record, so that a mixture of two is recognised.
 */
export class Value {
  readonly bytes: Uint8Array;
  readonly #words: Uint32Array;

  /** `size` in bytes, at least `MIN_VALUE_BYTES`. */
  constructor(size: number) {
    this.#words = new Uint32Array(Math.ceil(size / 4));
    this.bytes = new Uint8Array(this.#words.buffer, 0, size);
  }

  fill(number: number, version: number): void {
    const words = this.#words;
    words[0] = version;
    for (let i = 1; i < words.length; i++) words[i] = mix(number, version, i);
  }

  get version(): number {
    return this.#words[0];
  }

  /** Whether every byte is what `fill` gives for this record and the version that the value says it has. */
  isWhole(number: number): boolean {
    const words = this.#words;
    const version = this.version;
    const whole = this.bytes.length >>> 2;
    for (let i = 1; i < whole; i++) {
      if (words[i] !== mix(number, version, i)) return false;
    }
    const mask = (1 << ((this.bytes.length & 3) * 8)) - 1;
    return mask === 0 || ((words[whole] ^ mix(number, version, whole)) & mask) === 0;
  }
}

function mix(number: number, version: number, place: number): number {
  let mixed =
    Math.imul(number, 0x9e3779b1) +
    Math.imul(version, 0x85ebca77) +
    Math.imul(place, 0xc2b2ae3d) +
    0x165667b1;
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
