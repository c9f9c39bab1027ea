import { expect } from "chai";
import { chooseSeed, Random } from "../support/random.ts";
import { checkStore } from "./check.ts";
import { applyToModel, applyToStore, difference, type Model, randomOperation } from "./model.ts";
import { KeyValueStore } from "./store.ts";

describe("key-value store beside a Map", () => {
  const seed = chooseSeed();
  // The small memories run full all the time, the large one splits its table and never does.
  const memories = [
    { bytes: 2 ** 16, keys: 200, batches: 40, full: true },
    { bytes: 2 ** 20, keys: 1_000, batches: 40, full: true },
    { bytes: 2 ** 27, keys: 12_000, batches: 5, full: false },
  ];
  for (const { bytes, keys, batches, full } of memories) {
    it(`holds the same after random operations in ${bytes / 1024} KiB (seed ${seed})`, () => {
      const random = new Random(seed);
      const buffer = new ArrayBuffer(bytes);
      const store = new KeyValueStore(buffer);
      const model: Model = new Map();
      let refused = 0;
      for (let batch = 0; batch < batches; batch++) {
        for (let i = 0; i < keys; i++) {
          const operation = randomOperation(random, keys);
          if (applyToStore(store, operation)) applyToModel(model, operation);
          else refused++;
        }
        checkStore(buffer);
        expect(difference(store, model)).to.equal(undefined);
      }
      expect(refused > 0).to.equal(full);
    });
  }
});
