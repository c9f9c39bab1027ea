import { expect } from "chai";
import { Random } from "../support/random.ts";
import {
  alternate,
  median,
  percentiles,
  permutation,
  quantile,
  ratio,
  ratioInStretches,
  spread,
} from "./harness.ts";

describe("benchmark statistics", () => {
  it("interpolates a quantile between the ranks on both sides of it", () => {
    expect(quantile([10, 20, 30, 40], 0)).to.equal(10);
    expect(quantile([10, 20, 30, 40], 0.5)).to.equal(25);
    expect(quantile([10, 20, 30, 40], 1)).to.equal(40);
    expect(() => quantile([], 0.5)).to.throw(RangeError);
  });

  it("sorts figures as numbers and leaves the given ones as they were", () => {
    const figures = [100, 9, 20];
    expect(median(figures)).to.equal(20);
    expect(spread(figures)).to.deep.equal({ min: 9, median: 20, max: 100 });
    expect(figures).to.deep.equal([100, 9, 20]);
  });

  it("finds the upper percentiles of single operations", () => {
    const thousand = Array.from({ length: 1001 }, (_, i) => 1000 - i);
    const found = percentiles(thousand);
    expect(found).to.deep.equal({ min: 0, median: 500, p95: 950, p99: 990, p999: 999, max: 1000 });
  });

  it("divides medians, not the mean of ratios, and shows the spread of the pairs", () => {
    expect(ratio([2, 4, 30], [1, 2, 3])).to.deep.equal({ min: 2, median: 2, max: 10 });
  });

  it("shows drift of a run as spread and keeps it out of the ratio", () => {
    const drifting = Array.from({ length: 1000 }, (_, i) => 100 + i);
    const twice = drifting.map((time) => 2 * time);
    expect(ratioInStretches(twice, drifting)).to.deep.equal({ min: 2, median: 2, max: 2 });
  });

  it("prepares before every pass, and gives each contestant each place in the order equally often", () => {
    const calls: string[] = [];
    const contestant = (name: string) => ({
      prepare: () => calls.push(`${name} ready`),
      pass: () => calls.push(name),
    });
    const blocks = alternate([contestant("a"), contestant("b")], 2, 1);
    expect(calls).to.deep.equal(["a ready", "a", "b ready", "b", "b ready", "b", "a ready", "a"]);
    expect(blocks.map((block) => block.length)).to.deep.equal([2, 2]);
  });

  it("permutes: every number once, and not in order", () => {
    const order = permutation(1000, new Random(1));
    expect([...order].sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 1000 }, (_, i) => i));
    expect([...order.subarray(0, 10)]).to.not.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
