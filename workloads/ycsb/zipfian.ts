/**
 * Zipfian numbers in constant time, after Gray et al., "Quickly generating billion-record synthetic databases" (SIGMOD 1994), as
 * YCSB uses it: item i (from 0) has probability 1 / ((i + 1)^theta * zeta). Items 0 and 1 are exact, the others follow from an
 * approximation of the inverse.
 */
export const ZIPFIAN_CONSTANT = 0.99;

/** Sum of 1 / i^theta for i from 1 to `items`. */
export function zeta(items: number, theta = ZIPFIAN_CONSTANT): number {
  return extendZeta(0, 0, items, theta);
}

/** Continues `sum`, the zeta of `from` items, up to `to` items. */
function extendZeta(sum: number, from: number, to: number, theta: number): number {
  let total = sum;
  for (let i = from + 1; i <= to; i++) total += 1 / i ** theta;
  return total;
}

export class Zipfian {
  #items: number;
  #zeta: number;
  #eta = 0;
  readonly #theta = ZIPFIAN_CONSTANT;

  /** `knownZeta`: the zeta of `items`, for item counts too large to sum. */
  constructor(items: number, knownZeta?: number) {
    this.#items = items;
    this.#zeta = knownZeta ?? zeta(items);
    this.#updateEta();
  }

  /** Lets the items become more; only what is new is summed. */
  grow(items: number): void {
    this.#zeta = extendZeta(this.#zeta, this.#items, items, this.#theta);
    this.#items = items;
    this.#updateEta();
  }

  /** The item for `fraction`, a uniform random number from 0 to below 1. */
  at(fraction: number): number {
    const scaled = fraction * this.#zeta;
    if (scaled < 1) return 0;
    if (scaled < 1 + 0.5 ** this.#theta) return 1;
    const item = Math.floor(this.#items * (this.#eta * fraction - this.#eta + 1) ** (1 / (1 - this.#theta)));
    // A fraction next to 1 can be rounded up to 1.
    return Math.min(item, this.#items - 1);
  }

  #updateEta(): void {
    this.#eta = (1 - (2 / this.#items) ** (1 - this.#theta)) / (1 - zeta(2) / this.#zeta);
  }
}
