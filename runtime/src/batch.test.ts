/* @fams-ignore-file: the stores here are marked by hand. */
/** Batches mark exactly the lines that were stored to, and whatever happens between opening and closing loses none. */

import { copyFileSync } from "node:fs";
import { expect } from "chai";
import { c, m, o, S, v, w } from "fams/barrier";
import { linesCommitted, openRegion, reopen } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: receivers of all kinds
type Any = any;

const NONE = -(2 ** 31);

/** What the transform makes of `for (let i = first; i != end; i += step) target[i] = value(i)`. */
function fill(target: Any, first: number, end: number, step = 1, value: (i: number) => Any = (i) => i + 1) {
  const n = o(target, target?.[S]);
  let last = step > 0 ? NONE : 2 ** 31 - 1;
  try {
    for (let i = first; step > 0 ? i < end : i > end; i += step) {
      last = i;
      target[i] = value(i);
    }
  } finally {
    if (step > 0) c(n, first, last);
    else c(n, last, first);
  }
}

const doubles = (size = "64 KiB") => {
  const region = openRegion({ size });
  return { region, view: new Float64Array(region.buffer) };
};

describe("a batch", () => {
  it("marks the lines from the first key to the last, upwards, downwards, in parts and not at all", () => {
    const { region, view } = doubles("1 MiB");
    const steps: [first: number, end: number, step: number, lines: number][] = [
      [0, 1, 1, 1],
      [7, 9, 1, 2],
      [8, 16, 1, 1],
      [100, 100, 1, 0],
      [100, 100, -1, 0],
      [100, 50, 1, 0],
      [100, 55, -1, 6],
      [3, 4096, 3, 512],
      [0.5, 40.5, 0.5, 6],
      [2048, 0, -8, 256],
    ];
    for (const [first, end, step, lines] of steps) {
      const committed = linesCommitted(region, () => fill(view, first, end, step, (i) => i + Math.random()));
      expect(committed, `${first} to ${end} by ${step}`).to.equal(lines);
    }
  });

  it("marks no line twice, however often it runs, and lets the dirty list overflow", () => {
    const { region, view } = doubles("1 MiB");
    const other = new Float64Array(region.buffer, 65_536 * 8);
    const committed = linesCommitted(region, () => {
      for (let i = 0; i < 40_000; i++) fill(i % 2 ? view : other, 0, 1000, i < 2 ? 1 : 999, () => i + 1);
      view[1] = 7;
    });
    expect(committed).to.equal(250);
  });

  it("stays within the view's region, whatever the keys are", () => {
    const [a, b] = [doubles(), doubles()];
    const [first, , last] = [new Uint8Array(a.region.buffer, 100, 4), 0, new Uint8Array(b.region.buffer)];
    const keys = [-5, 3, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 33, 1e300, Number.POSITIVE_INFINITY];
    for (const view of [first, last, a.view, b.view]) {
      for (const low of [Number.NEGATIVE_INFINITY, ...keys]) {
        for (const high of keys) c(o(view, (view as Any)[S]), low, high);
      }
      view[3]++;
      c(o(view, (view as Any)[S]), 3, 3);
    }
    b.region.msyncSync();
    expect(linesCommitted(a.region, () => fill(first, -3, 2))).to.equal(1);
    expect(linesCommitted(b.region, () => fill(last, 65_530, 70_000))).to.equal(1);
    expect(linesCommitted(b.region, () => fill(a.view, 60, 70))).to.equal(0);
    expect(linesCommitted(a.region, () => undefined)).to.equal(0);
  });

  it("marks the whole view if its keys are no numbers, or not numbers that can be ordered", () => {
    const { region } = doubles();
    const view = new Float64Array(region.buffer, 64, 64);
    for (const [low, high] of [
      ["0", 3],
      [0n, 3n],
      [0, "3"],
      [Number.NaN, 3],
      [0, {}],
      [false, 1],
    ] as Any) {
      const committed = linesCommitted(region, () => {
        const n = o(view, (view as Any)[S]);
        view[60]++;
        c(n, low, high);
      });
      expect(committed, `${String(low)} to ${String(high)}`).to.equal(8);
    }
  });

  it("marks several ranges before it ends, and elements around a key", () => {
    const { region, view } = doubles();
    const committed = linesCommitted(region, () => {
      const n = o(view, (view as Any)[S]);
      view[0] = view[100] = view[205] = 1;
      m(n, 0, 0);
      m(n, NONE, 2);
      m(n, 100, 100);
      w(n, 200, -1, 5);
    });
    expect(committed).to.equal(1 + 1 + 2);
    const strings = new Float64Array(region.buffer, 64, 16);
    expect(
      linesCommitted(region, () => {
        const n = o(strings, (strings as Any)[S]);
        strings[12] = 8;
        w(n, "1", 0, 1);
      }),
    ).to.equal(2);
  });

  it("is nothing to arrays, objects, views of their own memory, and primitives", () => {
    openRegion();
    const own = new Float64Array(100);
    for (const target of [[], {}, own, null, undefined, 5, "text", Object.freeze([1])] as Any[])
      expect(o(target, target?.[S])).to.equal(-1);
  });

  it("is nothing while no region is open, and after the view's region was closed", () => {
    const { region, view } = doubles();
    expect(linesCommitted(region, () => fill(view, 0, 8))).to.equal(1);
    region.close();
    fill(view, 0, 100);
    const next = openRegion();
    expect(linesCommitted(next, () => fill(view, 0, 1000))).to.equal(0);
  });

  it("of small views, proxies and heirs loses nothing", () => {
    const { region, view } = doubles();
    const small = new Float32Array(region.buffer, 0, 3);
    const targets: Any[] = [small, new Proxy(view, {}), Object.create(view), new Proxy(small, {})];
    for (const target of targets) fill(target, 0, 3, 1, (i) => i + Math.random());
    region.msyncSync();
    fill(new Proxy(new Float64Array(region.buffer, 4096), {}) as Any, 0, 3);
    region.msyncSync();
    fill(new Float64Array(region.buffer, 8192), 0, 3);
    expect(linesCommitted(region, () => fill(new Float64Array(region.buffer, 128), 3, 5))).to.equal(1);
  });
});

describe("msync in a batch", () => {
  it("takes all its view for dirty, each time, and leaves the rest to the next one", () => {
    const { region } = doubles();
    const view = new Float64Array(region.buffer, 1024, 64);
    const seen: number[] = [];
    fill(view, 0, 64, 1, (i) => {
      if (i % 20 === 10) region.msyncSync();
      if (i === 51) seen.push(...new Float64Array(reopenedCopy(region.path)).subarray(128, 192));
      return i + 1;
    });
    expect(seen).to.deep.equal(Array.from({ length: 64 }, (_, i) => (i < 50 ? i + 1 : 0)));
    region.msyncSync();
    expect([...new Float64Array(reopen(region).buffer, 1024, 64)]).to.deep.equal(
      [...Array(64).keys()].map((i) => i + 1),
    );
  });

  it("of a small view, by way of valueOf", () => {
    const { region } = doubles();
    const small = new Float32Array(region.buffer, 0, 4);
    fill(small, 0, 4, 1, (i) => ({
      valueOf() {
        region.msyncSync();
        return i + 1;
      },
    }));
    region.msyncSync();
    expect([...new Float32Array(reopen(region).buffer, 0, 4)]).to.deep.equal([1, 2, 3, 4]);
  });

  it("leaves another region's batch to its own msync", () => {
    const [a, b] = [doubles(), doubles()];
    const committed = linesCommitted(b.region, () => {
      fill(b.view, 0, 16, 1, (i) => {
        fill(a.view, i, i + 1);
        a.region.msyncSync();
        return i + 1;
      });
    });
    b.region.msyncSync();
    expect(committed).to.be.at.least(2);
  });

  it("rolls back what the batch has stored so far", () => {
    const { region, view } = doubles();
    fill(view, 0, 20, 1, (i) => {
      if (i === 12) region.rollback();
      return i + 1;
    });
    expect([...view.subarray(0, 21)]).to.deep.equal(
      [...Array(21).keys()].map((i) => (i < 12 || i > 19 ? 0 : i + 1)),
    );
  });

  it("finds the stores of batches around a region that is closed meanwhile", () => {
    const [a, b] = [doubles(), doubles()];
    fill(a.view, 0, 20, 1, (i) => {
      fill(b.view, i, i + 9, 1, (j) => {
        if (j === 12) a.region.close();
        return j + 1;
      });
      return i;
    });
    b.region.msyncSync();
    expect(() => a.region.msyncSync())
      .to.throw()
      .with.property("code", "ERR_FAMS_CLOSED");
  });
});

describe("a batch that was never closed", () => {
  /** Opens a batch and stores, as if the script had been terminated there. */
  function abandon(view: Float64Array, index: number): void {
    o(view, (view as Any)[S]);
    view[index]++;
  }

  it("is dirty as a whole until an msync has seen it and the job has ended", async () => {
    const { region } = doubles();
    const view = new Float64Array(region.buffer, 512, 80);
    const later = () => {
      view[79]++;
    };
    expect(linesCommitted(region, () => abandon(view, 40))).to.equal(10);
    expect(linesCommitted(region, later)).to.equal(10);
    await null;
    expect(linesCommitted(region, () => undefined)).to.equal(0);
  });

  it("is marked by the batch below it", () => {
    const { region, view } = doubles();
    const inner = new Float64Array(region.buffer, 4096, 16);
    const committed = linesCommitted(region, () => {
      const n = o(view, (view as Any)[S]);
      abandon(inner, 3);
      abandon(inner, 9);
      view[0]++;
      c(n, 0, 0);
    });
    expect(committed).to.equal(3);
    expect(linesCommitted(region, () => v(view, 0, (view as Any)[S], 0))).to.equal(1);
  });

  it("because the stack overflowed at any depth loses nothing", () => {
    const { region, view } = doubles();
    for (let padding = 0; padding < 40; padding++) {
      const deep = (level: number, ...rest: number[]): void => {
        fill(view, level % 8000, (level % 8000) + 3, 1, (i) => {
          deep(level + 1, ...rest);
          return i + padding;
        });
      };
      try {
        deep(0, ...Array(padding).fill(0));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
      region.msyncSync();
    }
  });
});

/** The data of a region's last commit, from a copy of its file. */
function reopenedCopy(path: string): ArrayBuffer {
  const copy = `${path}-copy`;
  copyFileSync(path, copy);
  return openRegion({}, copy).buffer.slice(0);
}
