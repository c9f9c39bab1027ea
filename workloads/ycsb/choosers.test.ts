import { expect } from "chai";
import { chooseSeed, Random } from "../support/random.ts";
import { type Chooser, LatestChooser, ScrambledZipfianChooser, UniformChooser } from "./choosers.ts";
import { fnvModulo } from "./fnv.ts";
import { ZIPFIAN_CONSTANT, Zipfian, zeta } from "./zipfian.ts";

const seed = chooseSeed();
const DRAWS = 400_000;

/** How often each record was chosen. */
function draw(chooser: Chooser, records: number): number[] {
  const counts = new Array<number>(records).fill(0);
  for (let i = 0; i < DRAWS; i++) counts[chooser.next(records)]++;
  return counts;
}

/** Expects a count within six standard deviations of `DRAWS` draws, plus `slack` parts of the expectation. */
function expectShare(count: number, probability: number, slack: number, what: string): void {
  const expected = probability * DRAWS;
  const allowed = 6 * Math.sqrt(expected * (1 - probability)) + slack * expected;
  expect(count, `${what} (seed ${seed})`).to.be.within(expected - allowed, expected + allowed);
}

const sum = (counts: number[]): number => counts.reduce((total, count) => total + count, 0);

describe(`request distributions (seed ${seed})`, () => {
  it("zipfian: the first two items are exact, and every range of ranks gets about its theoretical share", () => {
    const items = 10_000;
    const total = zeta(items);
    const zipfian = new Zipfian(items);
    const random = new Random(seed);
    const counts = draw({ next: () => zipfian.at(random.fraction()) }, items);
    expectShare(counts[0], 1 / total, 0, "item 0");
    expectShare(counts[1], 0.5 ** ZIPFIAN_CONSTANT / total, 0, "item 1");
    // The approximation is known to favour the first ranks behind the two exact ones.
    const ranges = [
      { from: 2, to: 10, slack: 0.12 },
      { from: 10, to: 100, slack: 0.06 },
      { from: 100, to: 1_000, slack: 0.06 },
      { from: 1_000, to: 5_000, slack: 0.06 },
      { from: 5_000, to: 10_000, slack: 0.06 },
    ];
    for (const { from, to, slack } of ranges) {
      const share = (zeta(to) - zeta(from)) / total;
      expectShare(sum(counts.slice(from, to)), share, slack, `items ${from} to ${to}`);
    }
  });

  it("zipfian: a grown generator equals one made for the larger number", () => {
    const grown = new Zipfian(100);
    grown.grow(5_000);
    const made = new Zipfian(5_000);
    const random = new Random(seed);
    for (let i = 0; i < 1_000; i++) {
      const fraction = random.fraction();
      expect(grown.at(fraction)).to.equal(made.at(fraction));
    }
  });

  it("zipfian: stays inside its items at both ends of the fraction", () => {
    for (const items of [2, 3, 10, 100_000]) {
      const zipfian = new Zipfian(items);
      expect(zipfian.at(0)).to.equal(0);
      expect(zipfian.at(1 - 2 ** -53)).to.be.within(0, items - 1);
    }
  });

  it("zeta of YCSB's ten thousand million items is its published constant", () => {
    // Euler and Maclaurin: the sum up to 1000, the integral of the rest, and half of the two ends.
    const [near, far, theta] = [1_000, 1e10, ZIPFIAN_CONSTANT];
    const integral = (far ** (1 - theta) - near ** (1 - theta)) / (1 - theta);
    expect(zeta(near) + integral + (far ** -theta - near ** -theta) / 2).to.be.closeTo(
      26.46902820178302,
      1e-6,
    );
  });

  it("scrambled zipfian: popular items land where their hash says, with the share of ten thousand million items", () => {
    const records = 1_000;
    const counts = draw(new ScrambledZipfianChooser(new Random(seed)), records);
    const ITEM_ZETA = 26.46902820178302;
    // What the 100,000 most popular items give each record; the rest falls evenly.
    const shares = new Array<number>(records)
      .fill(1 - zeta(100_000) / ITEM_ZETA)
      .map((rest) => rest / records);
    for (let item = 0; item < 100_000; item++) {
      shares[fnvModulo(item, records)] += 1 / ((item + 1) ** ZIPFIAN_CONSTANT * ITEM_ZETA);
    }
    for (const item of [0, 1]) {
      const record = fnvModulo(item, records);
      expectShare(counts[record], shares[record], 0.01, `item ${item}`);
    }
    shares.forEach((share, record) => {
      expectShare(counts[record], share, 0.25, `record ${record}`);
    });
  });

  it("latest: the newest record is the most popular, and new ones become so when inserted", () => {
    const chooser = new LatestChooser(new Random(seed), 500);
    for (const records of [500, 1_000]) {
      const counts = draw(chooser, records);
      expectShare(counts[records - 1], 1 / zeta(records), 0, "newest");
      expectShare(counts[records - 2], 0.5 ** ZIPFIAN_CONSTANT / zeta(records), 0, "second newest");
    }
  });

  it("uniform: every record gets the same share", () => {
    for (const count of draw(new UniformChooser(new Random(seed)), 100))
      expectShare(count, 0.01, 0, "a record");
  });

  it("the hash equals 64-bit FNV-1a in big integers", () => {
    const random = new Random(seed);
    for (let i = 0; i < 2_000; i++) {
      const value = Math.floor(random.fraction() * 1e10);
      let hash = 0xcbf29ce484222325n;
      for (let byte = 0n; byte < 8n; byte++) {
        hash = BigInt.asUintN(64, (hash ^ ((BigInt(value) >> (8n * byte)) & 255n)) * 0x100000001b3n);
      }
      const signed = BigInt.asIntN(64, hash);
      const positive = signed < 0n ? -signed : signed;
      for (const limit of [1_000, 100_000, 2 ** 26 - 1]) {
        expect(fnvModulo(value, limit)).to.equal(Number(positive % BigInt(limit)));
      }
    }
  });
});
