/** Every form of store, with every kind of key and value: the bytes, values and errors of plain code, and no byte unmarked. */

import { expect } from "chai";
import { linesCommitted, openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: every kind of key and value takes part
type Any = any;

const KEYS: Any[] = [
  0,
  1,
  8,
  79,
  80,
  1.5,
  -1,
  -0,
  Number.NaN,
  2 ** 32,
  2 ** 53,
  Infinity,
  "0",
  "1",
  "01",
  "-0",
  "1.5",
  "79",
  "80",
  "1e1",
  "Infinity",
  "NaN",
  "",
  " 1",
  "x",
  "length",
  1n,
  -1n,
  2n ** 64n,
  Symbol("s"),
  null,
  undefined,
  true,
  [3],
  { toString: () => "9" },
];
const VALUES: Any[] = [
  5,
  5n,
  -0,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  2 ** 53,
  "7",
  "x",
  "",
  undefined,
  null,
  true,
  Symbol("v"),
  [4],
  {},
  { valueOf: () => 6 },
  { [Symbol.toPrimitive]: () => 8n },
  () => 1,
  new Date(7),
];

const FORMS: Record<string, (a: Any, k: Any, v: Any) => unknown> = {
  "a[k] = v": (a, k, v) => (a[k] = v),
  "a[k] += v": (a, k, v) => (a[k] += v),
  "a[k] **= v": (a, k, v) => (a[k] **= v),
  "a[k] >>>= v": (a, k, v) => (a[k] >>>= v),
  "a[k] ??= v": (a, k, v) => (a[k] ??= v),
  "a[k] ||= v": (a, k, v) => (a[k] ||= v),
  "a[k] &&= v": (a, k, v) => (a[k] &&= v),
  "a[k]++": (a, k) => a[k]++,
  "--a[k]": (a, k) => --a[k],
  "[a[k]] = [v]": (a, k, v) => ([a[k]] = [v]),
  "[...a[k]] = [v]": (a, k, v) => ([...a[k]] = [v]),
  "({ x: a[k] } = { x: v })": (a, k, v) => ({ x: a[k] } = { x: v }),
  "({ y: a[k] = v } = {})": (a, k, v) => ({ y: a[k] = v } = {} as Any),
  "for (a[k] of [v])": (a, k, v) => {
    for (a[k] of [v, v]);
  },
  "for (a[k] in { 4: v })": (a, k, v) => {
    for (a[k] in { 4: v, 5: v });
  },
  chained: (a, k, v) => (a[2] = a[k] = v),
  delete: (a, k) => delete a[k],
};

/** What an action gives, in words that do not depend on whose array it is. */
function outcomeOf(action: () => unknown): string {
  try {
    const value = action();
    return typeof value === "object"
      ? `an object of ${JSON.stringify(value, (_, x) => (typeof x === "bigint" ? `${x}n` : x))}`
      : `${typeof value} ${Object.is(value, -0) ? "-0" : String(value)}`;
  } catch (error) {
    return String(error);
  }
}

const FIRST = 64;
const LENGTH = 80;
const views = (buffer: ArrayBuffer): Any[] => [
  new Float64Array(buffer, FIRST, LENGTH),
  new Int8Array(buffer, FIRST, LENGTH),
  new BigInt64Array(buffer, FIRST, LENGTH),
  Buffer.from(buffer, FIRST, LENGTH),
  new DataView(buffer, FIRST, LENGTH),
];
const bytesOf = (buffer: ArrayBuffer) => Buffer.from(buffer, 0, FIRST + 8 * LENGTH + 64).toString("latin1");

describe("store forms", () => {
  for (const [form, store] of Object.entries(FORMS))
    it(`${form} leaves the bytes that a plain array gets, and marks them`, async () => {
      const region = openRegion({ durability: "process" });
      const plainBuffer = new ArrayBuffer(region.size);
      const wrong: string[] = [];
      for (const which of views(plainBuffer).keys())
        for (const key of KEYS)
          for (const value of VALUES) {
            const plain = outcomeOf(() => store(views(plainBuffer)[which], key, value));
            const here = outcomeOf(() => store(views(region.buffer)[which], key, value));
            const stands = `view ${which}, key ${String(key)}, value ${String(typeof value === "object" ? "object" : value)}`;
            if (here !== plain) wrong.push(`${stands}: ${here}, plainly ${plain}`);
            const missed = outcomeOf(() => region.msyncSync());
            if (missed !== "undefined undefined") wrong.push(`${stands}: ${missed}`);
            if (bytesOf(region.buffer) !== bytesOf(plainBuffer)) wrong.push(`${stands}: other bytes`);
          }
      expect(wrong.slice(0, 5).join("\n"), `${wrong.length} wrong`).to.equal("");
    });

  it("mark one line for a store of a number, whatever names the element", () => {
    const region = openRegion();
    const view: Any = new Float64Array(region.buffer, FIRST, LENGTH);
    for (const key of [9, "9", 9n] as Any[])
      for (const value of [1, "2", true, 3]) {
        expect(linesCommitted(region, () => (view[key] = value))).to.equal(1);
        expect(linesCommitted(region, () => (view[key] += Number(value)))).to.equal(1);
      }
    expect(
      linesCommitted(region, () => {
        for (const key in view) view[key] = 5;
      }),
    ).to.equal(10);
    expect(linesCommitted(region, () => ([view[0], view[79]] = [view[79] + 1, view[0] + 2]))).to.equal(2);
  });

  it("super[k], this[k] and fields of a subclass", () => {
    const region = openRegion();
    class Cells extends Float64Array {
      throughSuper(k: number, v: number) {
        super[k] = v;
      }
      throughThis(k: number, v: number) {
        this[k] = v;
      }
      updates(k: number) {
        this[k]++;
        return this[k]--;
      }
      set pair(value: number) {
        [this[0], this[20]] = [value, value];
      }
    }
    const cells = new Cells(region.buffer, FIRST, LENGTH);
    expect(linesCommitted(region, () => cells.throughSuper(30, 4))).to.equal(1);
    expect(cells[30]).to.equal(4);
    expect(linesCommitted(region, () => cells.throughThis(31, 4))).to.equal(1);
    expect(linesCommitted(region, () => cells.updates(79))).to.equal(1);
    expect(linesCommitted(region, () => (cells.pair = 3))).to.equal(2);
  });

  it("stores around await and yield", async () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    const later = async (x: number) => {
      await null;
      region.msyncSync();
      return x;
    };
    view[9] = await later(1);
    view[99] += await later(2);
    for await (view[200] of [later(3), later(4)]) region.msyncSync();
    const stores = (function* (): Generator<undefined, void, number> {
      view[yield] = yield;
    })();
    stores.next();
    stores.next(300);
    region.msyncSync();
    stores.next(5);
    region.msyncSync();
    expect([view[9], view[99], view[200], view[300]]).to.deep.equal([1, 2, 4, 5]);
  });
});
