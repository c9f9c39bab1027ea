/** What built-ins make by a constructor that places it in a region is marked, and everything else is as ever. */

import { expect } from "chai";
import { combine, expectAsPlain } from "./test-calls.ts";
import { linesCommitted, openRegion, thrownBy } from "./test-scratch.ts";

/** A class of views that stand over `u8.buffer`, from byte 128 on. */
const placed = (base: string) =>
  `(class extends ${base} { constructor(...args) { if (typeof args[0] === "number") super(u8.buffer, 128, args[0]); else super(...args); } })`;

const RECEIVERS = [
  `new ${placed("Float64Array")}(u8.buffer, 64, 9)`,
  `new ${placed("Uint8Array")}(u8.buffer, 64, 99)`,
  "Object.assign(new Float64Array(9).fill(3), { constructor: { [Symbol.species]: function (n) { return f64.subarray(3, 3 + n); } } })",
  "Object.assign(f64.subarray(2, 9), { constructor: { [Symbol.species]: function (n) { return f64.subarray(20, 20 + n); } } })",
  "f64",
  "buf",
  "u8",
  "new Float64Array(3)",
];

describe("results placed in a region", () => {
  it("by map, filter, slice and subarray are marked", () => {
    const calls = [
      "map((x) => x + 1)",
      "map(() => { throw new Error('mine'); })",
      "filter(() => true)",
      "filter((x, i) => i % 2)",
      "filter(() => { throw new Error('mine'); })",
      "slice()",
      "slice(2)",
      "slice(1, 3)",
      "slice(-2, -1)",
      "subarray(1, 3)",
      "toSorted()",
      "with(0, 1)",
      "map()",
      "map(5)",
    ];
    expectAsPlain(combine([RECEIVERS, calls], (receiver, call) => `(${receiver}).${call}`));
    expectAsPlain(
      ["null", "[]", "dv", "new Proxy(f64, {})", "Object.create(f64)", "5"].flatMap((receiver) => [
        `f64.map.call(${receiver}, (x) => x)`,
        `f64.slice.call(${receiver})`,
        `Reflect.apply(f64.filter, ${receiver}, [() => true])`,
      ]),
    );
  });

  it("by from and of are marked, whatever makes them", () => {
    const makers = [
      placed("Float64Array"),
      placed("Uint8Array"),
      "(function () { return f64; })",
      "(function () { return f64.subarray(9); })",
      "(function () { return new Proxy(f64, {}); })",
      "Float64Array",
      "Uint8Array",
      "Array",
      "(class extends Array {})",
      "Object",
      "null",
      "(() => 1)",
    ];
    const sources = [
      "[1, 2, 3]",
      "'456'",
      "new Set([1, 2])",
      "{ length: 2, 0: 7, 1: 8 }",
      "(function* () { yield 1; throw new Error('mine'); })()",
      "[1, 2], (x) => x * 2",
      "[1, 2], () => { throw new Error('mine'); }",
      "null",
    ];
    expectAsPlain([
      ...combine(
        [["Float64Array", "Array"], makers, sources],
        (owner, maker, source) => `${owner}.from.call(${maker}, ${source})`,
      ),
      ...combine(
        [["Float64Array", "Array"], makers, ["1, 2, 3", "", "'4'", "Symbol()"]],
        (owner, maker, items) => `${owner}.of.call(${maker}, ${items})`,
      ),
      ...combine([makers.slice(0, 2), sources], (maker, source) => `(${maker}).from(${source})`),
    ]);
  });

  it("are committed by an msync in their middle, and again after it", () => {
    const region = openRegion();
    class Placed extends Float64Array {
      constructor(length: number) {
        super(region.buffer, 128, length);
      }
    }
    const source = new Placed(40);
    source.fill(1);
    const rising = () => {
      let calls = 0;
      return (x: number) => {
        if (calls++ === 20) region.msyncSync();
        return x + 1;
      };
    };
    for (const make of [
      () => source.map(rising()),
      () => (Placed as unknown as typeof Float64Array).from(Array(40).fill(5), rising()),
      () => thrownBy(() => Reflect.apply(Array.from, Placed, [Array(40).fill(8), rising()])),
      () =>
        thrownBy(() =>
          source.map((x, i) => (i < 30 ? rising()(x + 7) : (([] as number[][])[0]?.[0] ?? JSON.parse("")))),
        ),
    ])
      expect(linesCommitted(region, make)).to.be.at.least(4);
    expect(linesCommitted(region, () => {})).to.equal(0);
  });

  it("of ordinary views leave no trace on them", () => {
    openRegion();
    const view = new Float64Array(100);
    for (const made of [view.map((x) => x), view.slice(3), Float64Array.from([1]), Float64Array.of(2)])
      expect(Object.getOwnPropertySymbols(made)).to.deep.equal([]);
  });
});
