/** Keys and values whose conversion runs user code that msyncs, stores, rolls back, closes or throws. */

import { expect } from "chai";
import type { Region } from "fams";
import { openRegion, reopen, thrownBy } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: objects stand for keys and values
type Any = any;

const converting = (to: unknown, action: () => void): Any => {
  const convert = () => {
    action();
    return to;
  };
  return { valueOf: convert, toString: convert };
};

const FORMS: Record<string, (a: Any, k: Any, v: Any) => unknown> = {
  "=": (a, k, v) => (a[k] = v),
  "+=": (a, k, v) => (a[k] += v),
  "++": (a, k) => a[k]++,
  pattern: (a, k, v) => ([a[k]] = [v]),
};

describe("conversions that run user code", () => {
  for (const [form, store] of Object.entries(FORMS)) {
    const each = (name: string, test: (region: Region, view: Float64Array) => unknown) =>
      it(`${form}: ${name}`, async () => {
        const region = openRegion();
        const view = new Float64Array(region.buffer, 64, 100);
        view.fill(1);
        region.msyncSync();
        await test(region, view);
      });

    each("msync in the key or the value comes before the store", (region, view) => {
      store(
        view,
        converting("30", () => region.msyncSync()),
        5,
      );
      region.msyncSync();
      const key = form === "++" ? 60 : 61;
      store(
        view,
        key,
        converting(6, () => region.msyncSync()),
      );
      const [thirty, sixty] = [view[30], view[key]];
      region.msyncSync();
      expect(thirty).not.to.equal(1);
      const again = new Float64Array(reopen(region).buffer, 64, 100);
      expect([again[30], again[key]]).to.deep.equal([thirty, sixty]);
    });

    each("msync in it does not let the store outlive a rollback", (region, view) => {
      store(
        view,
        converting("30", () => region.msyncSync()),
        converting(5, () => region.msyncSync()),
      );
      region.rollback();
      expect(Array.from(view)).to.deep.equal(Array(100).fill(1));
      region.msyncSync();
    });

    each("rollback and transactions in it", (region, view) => {
      view[0] = 9;
      store(
        view,
        converting("30", () => region.rollback()),
        converting(5, () => region.transaction(() => (view[50] = 4))),
      );
      expect([view[0], view[50]]).to.deep.equal([1, form === "++" ? 1 : 4]);
      region.msyncSync();
    });

    each("stores in it", (region, view) => {
      store(
        view,
        converting("30", () => {
          view[31] = 8;
          view.fill(3, 70);
        }),
        converting(5, () => (view[99] = 4)),
      );
      region.msyncSync();
      expect(view[31]).to.equal(8);
    });

    each("throwing in it is the program's own error, and nothing is lost", (region, view) => {
      const mine = new Error("mine");
      const failing = converting(5, () => {
        view[2] = 7;
        throw mine;
      });
      expect(thrownBy(() => store(view, failing, 1))).to.equal(mine);
      if (form !== "++") expect(thrownBy(() => store(view, 30, failing))).to.equal(mine);
      region.msyncSync();
      expect([view[2], view[30]]).to.deep.equal([7, 1]);
    });

    each("closing in it makes the store a silent nothing", (region, view) => {
      store(
        view,
        converting("30", () => region.close()),
        5,
      );
      expect(view.length).to.equal(0);
      const other = openRegion();
      const second = new Float64Array(other.buffer);
      if (form !== "++")
        store(
          second,
          30,
          converting(5, () => other.close()),
        );
      else
        store(
          second,
          converting("30", () => other.close()),
          5,
        );
      expect(second.length).to.equal(0);
    });

    each("converts once, as plain code does", (_, view) => {
      const counted = (target: Any) => {
        const calls: string[] = [];
        store(
          target,
          converting("30", () => calls.push("key")),
          converting(5, () => calls.push("value")),
        );
        return calls;
      };
      expect(counted(view)).to.deep.equal(counted(new Float64Array(100)));
    });
  }

  it("keep the line dirty until the job ends, and no longer", async () => {
    const region = openRegion();
    const view: Any = new Float64Array(region.buffer, 64, 100);
    view[30] = converting(5, () => region.msyncSync());
    await null;
    region.msyncSync();
    const before = region.stats();
    region.msyncSync();
    expect(region.stats()).to.deep.equal(before);
  });

  it("a value that is converted by another region's msync", () => {
    const [one, two] = [openRegion(), openRegion()];
    const [a, b]: Any[] = [new Float64Array(one.buffer), new Float64Array(two.buffer)];
    a[20] = converting(5, () => {
      b[20] = converting(6, () => {
        one.msyncSync();
        two.msyncSync();
      });
    });
    one.msyncSync();
    two.msyncSync();
    expect([a[20], b[20]]).to.deep.equal([5, 6]);
  });
});
