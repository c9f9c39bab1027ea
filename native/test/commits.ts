/**
 * A sequence of commits that a seed determines, and random programs that make them in every way there is: what a region must hold after
 * each commit is known without having watched.
 */

import { setImmediate as turn } from "node:timers/promises";
import type { Region } from "fams";
import { makeRandom, type Random } from "./random.ts";

/** The model: plain memory that goes from one commit to the next. */
export class Commits {
  readonly words: Uint32Array;
  /** Of the last commit; 0 before any. */
  number = 0;
  readonly #random: Random;

  constructor(seed: number, bytes: number) {
    this.words = new Uint32Array(bytes / 4);
    this.#random = makeRandom(seed);
  }

  /** Stores the next commit here and in `region`. */
  next(region?: Uint32Array): number {
    this.number++;
    for (const [from, length] of this.#runs()) {
      this.words.fill(this.number, from, from + length);
      if (region === undefined) continue;
      if (length < 10) for (let i = from; i < from + length; i++) region[i] = this.number;
      else region.fill(this.number, from, from + length);
    }
    return this.number;
  }

  /** Goes on until `number`, and then until the words equal these; says where that is, or "a mixture" if it is nowhere near. */
  find(words: Uint32Array, number: number, near = 400): number | "a mixture" {
    while (this.number < number) this.next();
    for (; this.number <= number + near; this.next()) if (sameWords(words, this.words)) return this.number;
    return "a mixture";
  }

  /** A few places, long ones, a large part, and sometimes everything. */
  #runs(): [from: number, length: number][] {
    const random = this.#random;
    const kind = random(100);
    if (kind < 2) return [[0, this.words.length]];
    const [most, longest] = kind < 75 ? [30, 60] : kind < 95 ? [6, 6_000] : [1, this.words.length / 2];
    return Array.from({ length: 1 + random(most) }, () => {
      const from = random(this.words.length);
      return [from, Math.min(1 + random(longest), this.words.length - from)];
    });
  }
}

export const sameWords = (a: Uint32Array, b: Uint32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

/** Most commits under way. */
const MOST_UNDER_WAY = 25;

/** Commits on a region, in every way, checked against the model wherever it must equal it. */
export class Program {
  /** What the promises and calls have said so far. */
  acknowledged: number;
  /** Why a commit failed, each once for every commit that did. */
  readonly failures: (Error & { code?: string })[] = [];
  readonly #words: Uint32Array;
  readonly #random: Random;
  /** The last commit whose promise was settled. */
  #last = 0;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(
    readonly region: Region,
    readonly commits: Commits,
    seed: number,
    readonly onAcknowledged: (number: number) => void = () => {},
  ) {
    this.#words = new Uint32Array(region.buffer);
    this.#random = makeRandom(seed ^ 0x5a5a_5a5a);
    this.acknowledged = commits.number;
  }

  /** One step. Throws what a call throws; what a promise rejects with is in `failures`. */
  async step(): Promise<void> {
    const dice = this.#random(100);
    if (dice < 45) this.#later();
    else if (dice < 55) await this.#later();
    else if (dice < 65) this.#sync(() => this.#commit());
    else if (dice < 70) this.#sync(() => this.region.transaction(() => void this.commits.next(this.#words)));
    else if (dice < 76) await this.#goBack("a transaction that failed", () => this.#failToTransact());
    else if (dice < 82) await this.#goBack("a rollback", () => this.region.rollback());
    else if (dice < 84) this.#track(this.region.flush());
    else if (dice < 86) this.region.flushSync();
    else await turn();
    if (this.#underWay.size > MOST_UNDER_WAY) await Promise.race(this.#underWay);
  }

  async run(steps: number): Promise<void> {
    for (let i = 0; i < steps && this.failures.length === 0; i++) await this.step();
  }

  /** Waits for everything that is under way. */
  async settle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Throws unless region and model are equal. */
  expectEqual(when: string): void {
    const difference = this.#difference();
    if (difference !== "") throw new Error(`${when} ${difference}`);
  }

  #difference(): string {
    const [now, model] = [this.#words, this.commits.words];
    if (sameWords(now, model)) return "";
    const at = model.findIndex((word, i) => word !== now[i]);
    return `word ${at} is ${now[at]}, not ${model[at]}, at commit ${this.commits.number}`;
  }

  #later(): Promise<void> {
    const number = this.commits.next(this.#words);
    const done = this.#track(this.region.msync().then(() => this.#settled(number)));
    if (this.#random(3) === 0) this.#scribble(true);
    return done;
  }

  #sync(commit: () => void): void {
    commit();
    this.#acknowledge(this.commits.number);
  }

  #commit(): void {
    this.commits.next(this.#words);
    this.region.msyncSync();
  }

  #failToTransact(): void {
    const mine = new Error("mine");
    try {
      this.region.transaction(() => {
        this.#scribble();
        throw mine;
      });
    } catch (error) {
      if (error !== mine) throw error;
    }
  }

  /** To the last captured commit, or to the one before the first that fails, though nobody may have heard of that yet. */
  async #goBack(name: string, back: () => void): Promise<void> {
    this.#scribble();
    back();
    const difference = this.#difference();
    if (difference === "") return;
    await this.settle();
    if (this.failures.length === 0) throw new Error(`after ${name} ${difference}`);
  }

  /** Stores what no commit holds, and, if it is to be taken back at once, what was there. */
  #scribble(back = false): void {
    const from = this.#random(this.#words.length);
    this.#words.fill(0xffff_ffff, from, from + 100);
    this.#words[0]--;
    if (!back) return;
    this.#words.set(this.commits.words.subarray(from, from + 100), from);
    this.#words[0] = this.commits.words[0] as number;
  }

  #settled(number: number): void {
    if (number <= this.#last) throw new Error(`commit ${number} is acknowledged after ${this.#last}`);
    this.#last = number;
    this.#acknowledge(number);
  }

  #acknowledge(number: number): void {
    if (number <= this.acknowledged) return;
    this.acknowledged = number;
    this.onAcknowledged(number);
  }

  #track(promise: Promise<unknown>): Promise<void> {
    const settled = promise.then(
      () => {},
      (error) => void this.failures.push(error),
    );
    this.#underWay.add(settled);
    return settled.finally(() => this.#underWay.delete(settled));
  }
}
