/**
 * Random stores, sinks, commits, rollbacks, transactions and reopenings against a model: two plain buffers, one as the program
 * sees the memory and one as the last msync left it. FAMS_LONG=1 runs more and longer rounds; FAMS_SEED repeats one.
 */

import { expect } from "chai";
import type { Region } from "fams";
import { openRegion, reopen } from "./test-scratch.ts";

const LONG = process.env.FAMS_LONG === "1";
const ROUNDS = LONG ? 200 : 12;
const STEPS = LONG ? 3000 : 400;

// biome-ignore lint/suspicious/noExplicitAny: views of every kind
type Any = any;

/** Uniform integers from a seed: xorshift of 32 bits. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  below(n: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % n;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

const CLASSES = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as Any[];

/** A change that can be made to any memory: made twice, it is to come out the same. */
type Change = (buffer: ArrayBuffer) => unknown;

function randomView(random: Random, bytes: number): (buffer: ArrayBuffer) => Any {
  const View = random.pick(CLASSES);
  const size = View.BYTES_PER_ELEMENT;
  const length = 1 + random.below(random.pick([4, 40, 400]));
  const offset = random.pick([0, random.below((bytes - length * size) / size) * size]);
  return (buffer) => new View(buffer, offset, length);
}

function randomStore(random: Random, bytes: number): Change {
  const at = randomView(random, bytes);
  const [index, other, x] = [random.below(500) - 5, random.below(400), random.below(2 ** 31) - 2 ** 30];
  const number = (view: Any) => (typeof view[0] === "bigint" ? BigInt(x) : x / 8);
  const one = (view: Any) => (typeof view[0] === "bigint" ? 1n : 1);
  return random.pick<Change>([
    (buffer) => {
      const view = at(buffer);
      view[index] = number(view);
    },
    (buffer) => {
      const view = at(buffer);
      view[0] += number(view);
      view[view.length - 1]--;
    },
    (buffer) => {
      const view = at(buffer);
      view[String(index)] = number(view);
    },
    (buffer) => {
      const view = at(buffer);
      view[{ toString: () => String(index) } as Any] = { valueOf: () => number(view) };
    },
    (buffer) => {
      const view = at(buffer);
      [view[0], view[other]] = [number(view), one(view)];
    },
    (buffer) => {
      const view = at(buffer);
      for (let i = 0; i < view.length; i += 3) view[i] = one(view);
    },
    (buffer) => {
      const view = new Proxy(at(buffer), {});
      view[0] = one(at(buffer));
    },
    (buffer) => {
      const view = at(buffer);
      for (const key in view) {
        view[key] ||= one(view);
        if (Number(key) > 20) break;
      }
    },
  ]);
}

function randomSink(random: Random, bytes: number): Change {
  const at = randomView(random, bytes);
  const [from, to, x, place] = [
    random.below(500) - 50,
    random.below(500) - 50,
    random.below(256),
    random.below(bytes - 8),
  ];
  const number = (view: Any) => (typeof view[0] === "bigint" ? BigInt(x) : x);
  const text = String.fromCodePoint(
    ...Array.from({ length: random.below(100) }, () => random.pick([65, 233, 8364, 128_512])),
  );
  const encoding = random.pick(["utf8", "ucs2", "latin1", "hex", "base64"] as const);
  return random.pick<Change>([
    (buffer) => { const view = at(buffer); view.fill(number(view), from, to); },
    (buffer) => at(buffer).copyWithin(from, to),
    (buffer) => at(buffer).sort(),
    (buffer) => at(buffer).reverse(),
    (buffer) => { const view = at(buffer); view.set(view.subarray(view.length >> 1)); },
    (buffer) => { const view = at(buffer); view.set([number(view)], view.length - 1); },
    (buffer) => new DataView(buffer).setFloat64(place, x / 3, x % 2 === 0),
    (buffer) => new DataView(buffer).setBigInt64(place, BigInt(x)),
    (buffer) => Buffer.from(buffer).writeInt32BE(x, place),
    (buffer) => Buffer.from(buffer).writeUIntLE(x, place, 1 + (x % 6)),
    (buffer) => Buffer.from(buffer).write(text, place, encoding),
    (buffer) => Buffer.from(buffer).fill(text || "x", place, Math.min(place + x, bytes)),
    (buffer) => Buffer.from(text).copy(Buffer.from(buffer), place),
    (buffer) => Atomics.add(new Int32Array(buffer), place >> 2, x),
  ]); // biome-ignore format: a table
}

/** A region beside its model. */
class Pair {
  region: Region;
  readonly seen: ArrayBuffer;
  #committed: Buffer;

  constructor(region: Region) {
    this.region = region;
    this.seen = new ArrayBuffer(region.size);
    this.#committed = Buffer.alloc(region.size);
  }

  change(change: Change): void {
    change(this.seen);
    change(this.region.buffer);
  }

  msync(): void {
    this.region.msyncSync();
    this.noteCommit();
  }

  noteCommit(): void {
    this.#committed = Buffer.from(Buffer.from(this.seen));
  }

  goBack(): void {
    Buffer.from(this.seen).set(this.#committed);
  }

  rollback(): void {
    this.region.rollback();
    this.goBack();
  }

  reopen(random: Random): void {
    this.region = reopen(this.region, {
      size: this.region.size,
      durability: random.pick(["power", "process"]),
    });
    this.goBack();
  }

  transact(changes: Change[], fails: boolean): void {
    const body = () => {
      for (const change of changes) this.change(change);
      if (fails) throw new Error("wanted");
    };
    if (fails) {
      expect(() => this.region.transaction(body)).to.throw("wanted");
      this.goBack();
    } else {
      this.region.transaction(body);
      this.noteCommit();
    }
  }

  expectEqual(): void {
    if (Buffer.from(this.region.buffer).equals(Buffer.from(this.seen))) return;
    const at = Buffer.from(this.seen).findIndex((byte, i) => byte !== Buffer.from(this.region.buffer)[i]);
    throw new Error(`byte ${at} differs from the model`);
  }
}

async function run(seed: number): Promise<void> {
  const random = new Random(seed);
  const size = random.pick([65_536, 131_072, 2 ** 20]);
  const pair = new Pair(openRegion({ size, durability: random.pick(["power", "process"]) }));
  const change = () => random.pick([randomStore, randomSink])(random, size);
  for (let step = 0; step < STEPS; step++) {
    const dice = random.below(100);
    if (dice < 80) pair.change(change());
    else if (dice < 90) pair.msync();
    else if (dice < 93) pair.rollback();
    else if (dice < 97) pair.transact([change(), change(), change()], random.below(2) === 0);
    else if (dice < 98) pair.reopen(random);
    else await null;
    if (dice >= 80) pair.expectEqual();
  }
  pair.msync();
  pair.reopen(random);
  pair.expectEqual();
  pair.region.close();
}

describe("random operations", () => {
  it("leave memory and file as they leave plain memory", async () => {
    const given = process.env.FAMS_SEED;
    const first = given === undefined ? Date.now() % 2 ** 31 : Number(given);
    const rounds = given === undefined ? ROUNDS : 1;
    console.log(`        seeds ${first} to ${first + rounds - 1}`);
    for (let seed = first; seed < first + rounds; seed++)
      await run(seed).catch((error) => {
        throw new Error(`FAMS_SEED=${seed}: ${error.message}`, { cause: error });
      });
  }).timeout(LONG ? 1_200_000 : 30_000);
});
