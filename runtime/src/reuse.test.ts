/** A region opened after another was closed, however that one ended, begins with nothing dirty and misses no store. */

import { expect } from "chai";
import type { Region } from "fams";
import { linesCommitted, openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: every kind of key and value takes part
type Any = any;

const SIZE = 5 * 2 ** 20;

const closing = (region: Region, to: unknown): Any => {
  const convert = () => {
    region.close();
    return to;
  };
  return { valueOf: convert, toString: convert };
};

/** What a region can leave behind when it is closed. */
const ENDINGS: Record<string, (region: Region, view: Float64Array) => void> = {
  "with single lines dirty": (_, view) => {
    for (let i = 0; i < 1000; i++) view[i * 24] = 1;
  },
  "with ranges dirty": (_, view) => {
    view.fill(1, 100, 9000);
    view.reverse();
  },
  "with more dirty lines than the list holds": (_, view) => {
    for (let i = 0; i < 70_000; i++) view[i * 8] = 1;
  },
  "with small views stored to": (region) => {
    new Float64Array(region.buffer, 0, 1)[0] = 1;
  },
  "with a proxy stored to": (region) => {
    new Proxy(new Float64Array(region.buffer), {})[500] = 1;
  },
  "with a key being converted": (region, view: Any) => {
    view[closing(region, "9")] = 1;
  },
  "with a value being converted": (region, view: Any) => {
    view[9] = closing(region, 1);
  },
  "in the middle of a sort": (region, view) => {
    view.subarray(0, 2000).sort((a, b) => {
      region.close();
      return a - b;
    });
  },
  "after an msync that failed": (region, view) => {
    new Float64Array(region.buffer, 0, 1)[0] = 1;
    view.fill(1, 100, 900);
    new Function("view", "view[5000] = 1")(view);
    expect(() => region.msyncSync())
      .to.throw()
      .with.property("code", "ERR_FAMS_UNTRACKED");
  },
  "after a rollback": (region, view) => {
    view.fill(1, 0, 1000);
    region.rollback();
    view[0] = 1;
  },
};

describe("a region after another", () => {
  for (const [ending, leave] of Object.entries(ENDINGS))
    it(`that was closed ${ending}`, async () => {
      const first = openRegion({ size: SIZE });
      const old = new Float64Array(first.buffer);
      leave(first, old);
      first.close();
      const second = openRegion({ size: SIZE });
      const view = new Float64Array(second.buffer);
      await null;
      expect(
        linesCommitted(second, () => {}),
        "before any store",
      ).to.equal(0);
      const late = () => {
        old[0] = 2;
        old[9] = 2;
        (old as Any)["12"] = 2;
        (old as Any)[9] = { valueOf: () => 2 };
      };
      expect(linesCommitted(second, late), "stores into the old views").to.equal(0);
      await null;
      expect(linesCommitted(second, () => {})).to.equal(0);
      for (const step of [8, 24, 8000]) {
        const stored = Math.ceil(72_000 / (step / 8));
        const store = () => {
          for (let i = 0; i < 72_000 * 8; i += step) view[i] += 1;
        };
        expect(linesCommitted(second, store), `every ${step}th element`).to.equal(stored);
      }
    });

  it("that is still open beside it shares no mark with it", () => {
    const regions = [openRegion(), openRegion({ size: "128 KiB" }), openRegion()];
    regions[1]?.close();
    regions.push(openRegion(), openRegion());
    const open = regions.filter((region) => !region.closed);
    for (const region of open) {
      const view: Any = new Float64Array(region.buffer);
      const edges = () => {
        for (const key of [
          0,
          view.length - 1,
          -1,
          view.length,
          view.length * 3,
          -view.length,
          String(view.length),
          2 ** 32,
          1e300,
        ])
          view[key] = 7;
        view.fill(3, view.length - 1);
        expect(() => view.set(new Float64Array(100), view.length - 1)).to.throw(RangeError);
      };
      const before = open.map((each) => each.stats().lines);
      expect(linesCommitted(region, edges)).to.equal(2);
      for (const each of open) each.msyncSync();
      expect(open.map((each) => each.stats().lines)).to.deep.equal(
        before.map((lines, i) => lines + (open[i] === region ? 2 : 0)),
      );
    }
  });
});
