/** Which record an operation goes to: YCSB's request distributions. */
import type { Random } from "../support/random.ts";
import { fnvModulo } from "./fnv.ts";
import { Zipfian } from "./zipfian.ts";

export interface Chooser {
  /** A record number from 0 to `records` - 1. `records` never shrinks from call to call. */
  next(records: number): number;
}

export class UniformChooser implements Chooser {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  next(records: number): number {
    return this.#random.below(records);
  }
}

/** YCSB draws from ten thousand million items, whose zeta is known, and folds them onto the records by hashing. */
const ITEM_COUNT = 10_000_000_000;
const ITEM_ZETA = 26.46902820178302;

/** A few records are popular, and they lie anywhere. */
export class ScrambledZipfianChooser implements Chooser {
  readonly #random: Random;
  readonly #zipfian = new Zipfian(ITEM_COUNT, ITEM_ZETA);

  constructor(random: Random) {
    this.#random = random;
  }

  next(records: number): number {
    return fnvModulo(this.#zipfian.at(this.#random.fraction()), records);
  }
}

/** The records inserted last are the popular ones. */
export class LatestChooser implements Chooser {
  readonly #random: Random;
  readonly #zipfian: Zipfian;
  #records: number;

  constructor(random: Random, records: number) {
    this.#random = random;
    this.#records = records;
    this.#zipfian = new Zipfian(records);
  }

  next(records: number): number {
    if (records !== this.#records) {
      this.#zipfian.grow(records);
      this.#records = records;
    }
    return records - 1 - this.#zipfian.at(this.#random.fraction());
  }
}
