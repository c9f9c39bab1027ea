import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { Region } from "fams";
import { makeDiskDirectory } from "../support/disk.ts";
import { chooseSeed, Random } from "../support/random.ts";
import { checkStore } from "./check.ts";
import { applyToModel, applyToStore, difference, type Model, randomOperation } from "./model.ts";
import { KeyValueStore } from "./store.ts";

const KEYS = 1_500;

describe("key-value store in a region", () => {
  const seed = chooseSeed();
  let path: string;

  beforeEach(() => {
    path = join(makeDiskDirectory("kv"), "store.fams");
  });

  afterEach(() => {
    rmSync(dirname(path), { recursive: true });
  });

  const open = () => Region.openSync(path, { size: "32 MiB", verify: true });

  it(`holds after each reopening what the last msync saw, every store tracked (seed ${seed})`, function () {
    this.timeout(30_000);
    const random = new Random(seed);
    const model: Model = new Map();
    for (let session = 0; session < 4; session++) {
      const region = open();
      const store = new KeyValueStore(region.buffer);
      checkStore(region.buffer);
      expect(difference(store, model)).to.equal(undefined);
      for (let i = 0; i < KEYS; i++) {
        const operation = randomOperation(random, KEYS);
        expect(applyToStore(store, operation)).to.equal(true);
        applyToModel(model, operation);
        if (i % 100 === 99) region.msyncSync();
      }
      region.msyncSync();
      store.set("after the last msync", Uint8Array.of(1));
      region.close();
    }
  });

  it("is again the store of the last msync after a rollback", () => {
    const region = open();
    const store = new KeyValueStore(region.buffer);
    for (let i = 0; i < 500; i++) store.set(`k${i}`, Uint8Array.of(i));
    region.msyncSync();
    for (let i = 0; i < 2_000; i++) store.set(`k${i}`, new Uint8Array(i));
    region.rollback();
    checkStore(region.buffer);
    expect(store.size).to.equal(500);
    for (let i = 0; i < 500; i++) expect(store.get(`k${i}`)).to.deep.equal(Buffer.of(i));
    region.close();
  });

  it("an update of a 100-byte value commits two lines, and an insert about six", () => {
    // Counts commits of single operations; the test above verifies the same stores, a hundred at a time.
    const region = Region.openSync(path, { size: "32 MiB", durability: "process", verify: false });
    const store = new KeyValueStore(region.buffer);
    const value = new Uint8Array(100);
    const key = (i: number): string => `sixteen bytes${String(i).padStart(3, "0")}`;
    const linesOf = (work: (i: number) => void): number => {
      const before = region.stats().lines;
      for (let i = 0; i < 1_000; i++) {
        work(i);
        region.msyncSync();
      }
      return (region.stats().lines - before) / 1_000;
    };
    for (let i = 0; i < 10_000; i++) store.set(`other key ${i}`, value);
    region.msyncSync();
    expect(linesOf((i) => store.set(key(i), value.fill(1)))).to.be.within(5, 6.5);
    expect(linesOf((i) => store.set(key(i), value.fill(2)))).to.equal(2);
    region.close();
  });
});
