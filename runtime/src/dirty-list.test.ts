/** More dirty lines than the list holds, ranges, and commits of everything: all of it is committed, nothing twice. */

import { expect } from "chai";
import { linesCommitted, openRegion, reopen } from "./test-scratch.ts";

const LIST = 65_536;
const MIB = 2 ** 20;
/** In a region this long, msync goes by the list until the list is full: in a shorter one it looks through the map before. */
const LONG = 40 * MIB;

describe("the dirty list", () => {
  it("overflows without losing a line", () => {
    const region = openRegion({ size: LONG });
    const view = new Float64Array(region.buffer);
    const lines = view.length / 8;
    for (const count of [LIST - 1, LIST, LIST + 1, LIST + 2, lines]) {
      const committed = linesCommitted(region, () => {
        // Scattered, so that nothing is in order.
        for (let i = 0; i < count; i++) view[((i * 40_503) % lines) * 8 + (i % 8)] += 1;
      });
      expect(committed).to.equal(count);
    }
    const sum = view.reduce((total, x) => total + x, 0);
    const again = new Float64Array(reopen(region, { size: LONG }).buffer);
    expect(again.reduce((total, x) => total + x, 0)).to.equal(sum);
  });

  it("takes ranges at its end, beyond it, and beside single lines", () => {
    const region = openRegion({ size: LONG });
    const view = new Float64Array(region.buffer);
    for (const singles of [LIST - 3, LIST - 2, LIST - 1, LIST, LIST + 1]) {
      const committed = linesCommitted(region, () => {
        for (let i = 0; i < singles; i++) view[i * 8] += 1;
        view.fill(singles, (LIST + 100) * 8, (LIST + 110) * 8);
        view[(LIST + 105) * 8] = 1;
      });
      expect(committed, `${singles} single lines`).to.equal(singles + 10);
    }
  });

  it("counts a line once, however often and by whatever it is marked", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    expect(
      linesCommitted(region, () => {
        for (let i = 0; i < 100; i++) {
          view[40] = i;
          view.fill(i, 32, 80);
          view[41]++;
          view.subarray(30, 50).reverse();
        }
      }),
    ).to.equal(7);
  });

  it("takes a whole region, by one range or line by line, twice", () => {
    const region = openRegion({ size: 4 * MIB });
    const view = new Float64Array(region.buffer);
    expect(linesCommitted(region, () => view.fill(1))).to.equal(LIST);
    expect(
      linesCommitted(region, () => {
        for (let i = 0; i < view.length; i++) view[i]++;
      }),
    ).to.equal(LIST);
    view.fill(9);
    region.rollback();
    const again = new Float64Array(reopen(region, { size: 4 * MIB }).buffer);
    expect(again.every((x) => x === 2)).to.equal(true);
  });

  it("rolls back after it overflowed", () => {
    const region = openRegion({ size: 8 * MIB });
    const view = new Float64Array(region.buffer);
    for (let i = 0; i < view.length; i += 8) view[i] = i;
    region.rollback();
    expect(view.every((x) => x === 0)).to.equal(true);
    expect(linesCommitted(region, () => {})).to.equal(0);
    expect(linesCommitted(region, () => (view[5] = 1))).to.equal(1);
  });

  it("keeps its lines when an msync fails, for the next one", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    const unseen = new Float64Array(region.buffer);
    for (let i = 0; i < 300; i += 3) view[i] = 1;
    // A prototype that knows of no region hides this store from the barrier.
    Object.setPrototypeOf(unseen, null);
    unseen[1000] = 1;
    expect(() => region.msyncSync())
      .to.throw()
      .with.property("code", "ERR_FAMS_UNTRACKED");
    view[1001] = 1;
    view[2000] = 1;
    const before = region.stats().lines;
    region.msyncSync();
    expect(region.stats().lines - before).to.equal(38 + 2);
  });
});
