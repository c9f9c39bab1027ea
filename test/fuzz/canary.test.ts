import { expect } from "chai";
import fc from "fast-check";
import { barrier, check } from "./check.ts";
import { program } from "./programs.ts";
import { type RegionStage, regionStage } from "./stages.ts";

type Any = (...args: unknown[]) => unknown;

/** Barriers of which one kind does nothing. */
const BROKEN: Record<string, object> = {
  "values are not marked": { v: (_a: unknown, _k: unknown, _t: unknown, value: unknown) => value },
  "updates are not marked": { k: (_a: unknown, key: unknown) => key },
  "references store by themselves": {
    r: (base: Record<PropertyKey, unknown>, key: PropertyKey) => ({
      // @fams-ignore
      set v(value: unknown) {
        base[key] = value;
      },
    }),
  },
  "objects are marked as if they were numbers": {
    v: (a: unknown, k: unknown, t: unknown, value: unknown) => {
      (barrier.v as Any)(a, k, t, 0);
      return value;
    },
  },
  "keys that are strings are not marked": {
    v: (a: unknown, k: unknown, t: unknown, value: unknown) =>
      typeof k === "string" ? value : (barrier.v as Any)(a, k, t, value),
  },
  "batches are not opened": { o: () => -1 },
  "batches of loops are closed without a mark": { c: (n: unknown) => (barrier.c as Any)(n, 1, 0) },
  "batches in a row are closed without a mark": { w: (n: unknown) => (barrier.c as Any)(n, 1, 0) },
  "loops settle that a view needs no marks": { t: () => undefined },
  "values change": {
    v: (a: unknown, k: unknown, t: unknown, value: unknown) => {
      (barrier.v as Any)(a, k, t, value);
      return Object.is(value, -0) ? 0 : value;
    },
  },
};

describe("the fuzzer finds a barrier that is broken", () => {
  let regions: RegionStage;

  before(() => {
    regions = regionStage();
  });

  after(() => regions.close());

  for (const [how, parts] of Object.entries(BROKEN)) {
    it(`when ${how}`, async () => {
      const used = { ...barrier, ...parts };
      const { failed, numRuns } = await fc.check(
        fc.asyncProperty(program, (it) => check(it, regions, used)),
        { numRuns: 2_000, endOnFailure: true },
      );
      expect(failed, `${numRuns} programs found nothing`).to.equal(true);
    }).timeout(120_000);
  }
});
