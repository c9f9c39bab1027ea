/** However deep the stack is when it overflows, no element is stored without its mark. */

import { expect } from "chai";
import type { Region } from "fams";
import { openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: keys and values of several kinds
type Any = any;

const ROUNDS = 20;

/** Recurses until the stack overflows; `step` runs at each level on the way down and on the way up, as far as it gets. */
function overflow(step: (level: number) => void, padding: number): void {
  const descend = (level: number, ...rest: number[]): void => {
    step(level);
    ignoringOverflow(() => descend(level + 1, ...rest));
    step(level);
  };
  ignoringOverflow(() => descend(0, ...Array(padding).fill(0)));
}

function ignoringOverflow(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

const STEPS: Record<string, (view: Any, index: number, region: Region) => void> = {
  "a[k] = v": (view, index) => {
    view[index] = index + 1;
  },
  "a[k] += v and a[k]++": (view, index) => {
    view[index] += 3;
    view[index]++;
  },
  "string keys": (view, index) => {
    view[String(index)] = index + 1;
  },
  "object keys and values": (view, index) => {
    view[{ toString: () => String(index) } as Any] = { valueOf: () => index + 1 };
  },
  patterns: (view, index) => {
    [view[index], view[(index + 9) % 4096]] = [index + 1, index + 2];
  },
  "fresh views": (_, index, region) => {
    const view = new Float64Array(region.buffer, (index % 4096) * 8);
    view[0] = index + 1;
  },
  "fresh DataViews": (_, index, region) => {
    const view = new DataView(region.buffer, (index % 4096) * 8, 16);
    view.setFloat64(1, index + 1);
  },
  "small views": (_, index, region) => {
    const view = new Float64Array(region.buffer, 0, 2);
    view[1] = index + 1;
  },
  sinks: (view, index) => {
    view.fill(index + 1, index, index + 20);
    view.set([index + 3, 2, 1], index);
  },
  "an array of proxies": (view, index) => {
    const proxy = new Proxy(view, {});
    proxy[index] = index + 1;
  },
  sort: (view, index) => {
    view.subarray(index, index + 9).sort((a: number, b: number) => b - a);
  },
};

describe("a stack that overflows", () => {
  for (const [name, step] of Object.entries(STEPS))
    it(`leaves nothing unmarked: ${name}`, async () => {
      const region = openRegion({ durability: "process" });
      const view = new Float64Array(region.buffer);
      // The padding moves the places at which the stack ends.
      for (let round = 0; round < ROUNDS; round++) {
        overflow((level) => step(view, (level * 7 + round) % 4096, region), round % 13);
        await null;
        region.msyncSync();
      }
      expect(region.stats().commits).to.be.at.least(1);
    });
});
