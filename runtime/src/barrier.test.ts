/** The barrier itself, called with anything: it returns what it was given, throws nothing and runs no user code. */

import { expect } from "chai";
import { k, r, S, v } from "fams/barrier";
import { linesCommitted, openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: anything at all
type Any = any;

/** Objects that complain of every use. */
function untouchables(): Any[] {
  const complain = () => {
    throw new Error("used");
  };
  const traps = Object.fromEntries(Reflect.ownKeys(Reflect).map((name) => [name, complain]));
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return [
    new Proxy({}, traps),
    new Proxy(function target() {}, traps),
    proxy,
    { valueOf: complain, toString: complain, [Symbol.toPrimitive]: complain },
    {
      get view() {
        return complain();
      },
      get tracker() {
        return complain();
      },
      get marks() {
        return complain();
      },
      get base() {
        return complain();
      },
    },
  ];
}

const PRIMITIVES = [
  undefined,
  null,
  true,
  0,
  -0,
  1.5,
  -1,
  Number.NaN,
  Infinity,
  2 ** 32,
  5n,
  -(2n ** 70n),
  "",
  "0",
  "x",
  Symbol("x"),
];

describe("the barrier", () => {
  it("returns value and key as they are, whatever it is called with", () => {
    const region = openRegion();
    const view: Any = new Float64Array(region.buffer, 640, 100);
    v(view, 0, view[S], 1);
    // No track is ever read from undefined and null, which come first.
    const targets: Any[] = [
      view,
      new Float64Array(region.buffer),
      new Float64Array(4),
      new DataView(region.buffer),
      [],
      {},
      Object.create(view),
      ...untouchables(),
      ...PRIMITIVES.slice(2),
    ];
    const tracks: Any[] = [
      view[S],
      new Uint8Array(4)[S as never],
      undefined,
      null,
      5,
      "x",
      {},
      Object.create(view[S]),
      ...untouchables(),
    ];
    const keysAndValues: Any[] = [...PRIMITIVES, {}, ...untouchables()];
    const wrong: string[] = [];
    for (const [i, target] of targets.entries())
      for (const [j, track] of tracks.entries())
        for (const [n, x] of keysAndValues.entries())
          for (const [m, y] of keysAndValues.entries())
            try {
              if (!Object.is(v(target, x, track, y), y))
                wrong.push(`target ${i}, track ${j}, key ${n}: value ${m} changed`);
              if (m === 0 && !Object.is(k(target, x, track), x))
                wrong.push(`target ${i}, track ${j}: key ${n} changed`);
            } catch (error) {
              wrong.push(`target ${i}, track ${j}, key ${n}, value ${m}: ${error}`);
            }
    expect(wrong.slice(0, 5).join("\\n"), `${wrong.length} wrong`).to.equal("");
  });

  it("a reference stores by its closure, once for each assignment", () => {
    const stored: unknown[] = [];
    const base = {};
    const reference = r(base, "key", (...given) => stored.push(given));
    reference.v = 1;
    reference.v = 2;
    expect(stored).to.deep.equal([
      [base, "key", 1],
      [base, "key", 2],
    ]);
  });

  it("marks without storing, and a store without it is not marked", () => {
    const region = openRegion();
    const view: Any = new Float64Array(region.buffer, 640, 100);
    expect(linesCommitted(region, () => v(view, 3, view[S], 5))).to.equal(1);
    expect(view[3]).to.equal(0);
    expect(linesCommitted(region, () => k(view, 90, view[S]))).to.equal(1);
    expect(linesCommitted(region, () => v(view, "x", view[S], 5))).to.equal(0);
    expect(linesCommitted(region, () => v(view, Symbol("x"), view[S], 5))).to.equal(0);
    new Function("view", "view[3] = 1")(view);
    expect(() => region.msyncSync())
      .to.throw()
      .with.property("code", "ERR_FAMS_UNTRACKED");
  });
});
