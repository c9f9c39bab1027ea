/** set, fill, copyWithin, sort and reverse store as ever, and mark the lines that they touch. */

import { expect } from "chai";
import { combine, expectAsPlain } from "./test-calls.ts";
import { linesCommitted, openRegion, thrownBy } from "./test-scratch.ts";

const NUMBERS = ["u8", "i8", "u8c", "u16", "i16", "u32", "i32", "f32", "f64", "buf"];
const BIGINTS = ["u64", "i64"];
const VIEWS = [...NUMBERS, ...BIGINTS];
const INDICES = [
  "",
  ", undefined",
  ", 0",
  ", 3",
  ", 9",
  ", 64",
  ", -1",
  ", -70",
  ", 1000",
  ", NaN",
  ", 2.7",
  ", -0.5",
  ", Infinity",
  ", -Infinity",
  ", '5'",
  ", null",
  ", { valueOf: () => 7 }",
];
const one = (view: string) => (BIGINTS.includes(view) ? "1n" : "1");
const withOne = (view: string, call: string) => call.replaceAll("$1", one(view)).replaceAll("$v", view);
const forEachView = (...calls: string[]) => VIEWS.flatMap((view) => calls.map((call) => withOne(view, call)));

describe("typed array methods", () => {
  it("fill marks exactly what it fills", () => {
    const exact = ["", ", 0", ", 3", ", 9", ", 64", ", -1", ", -70", ", 1000"];
    expectAsPlain(
      combine([VIEWS, exact, exact], (view, from, to) =>
        withOne(view, `$v.fill($1${from || ", 0"}${to})`),
      ).filter((call) => !call.startsWith("buf")),
      { exact: true },
    );
  });

  it("fill converts every argument as ever", () => {
    expectAsPlain([
      ...combine(
        [["u8", "i16", "f64", "buf"], INDICES, INDICES],
        (view, from, to) => `${view}.fill(5${from}${to})`,
      ),
      ...forEachView(
        "$v.fill()",
        "$v.fill('7')",
        "$v.fill(null)",
        "$v.fill(true)",
        "$v.fill({})",
        "$v.fill(Symbol())",
        "$v.fill(1)",
        "$v.fill(1n)",
        "$v.fill({ valueOf() { throw new Error('mine'); } })",
        "$v.fill($1, { valueOf() { throw new Error('mine'); } })",
      ),
    ]);
  });

  it("set marks exactly what it sets", () => {
    const sources = [
      "[]",
      "[$1]",
      "[$1, $1, $1]",
      "Array($n).fill($1)",
      "$v.slice(40, 49)",
      "$v.subarray(2, 20)",
      "$v.subarray(20, 38)",
    ];
    const offsets = ["", ", 0", ", 1", ", 7", ", 30", ", 60"];
    expectAsPlain(
      combine([VIEWS, sources, offsets], (view, source, at) =>
        withOne(view, `$v.set(${source}${at})`.replace("$n", "12")),
      ),
      { exact: true },
    );
    expectAsPlain(
      combine([NUMBERS, NUMBERS, [", 0", ", 5"]], (to, from, at) => `${to}.set(${from}.slice(40, 50)${at})`),
      { exact: true },
    );
  });

  it("set takes every kind of source and offset as ever", () => {
    const sources = [
      "'123'",
      "''",
      "5",
      "null",
      "undefined",
      "{}",
      "{ length: 3, 0: $1, 2: $1 }",
      "{ length: '2', 0: $1, 1: $1 }",
      "{ length: 1e9 }",
      "[$1, , $1]",
      "new Set([$1])",
      "[['4'], $1]",
      "[Symbol()]",
      "[$1, { valueOf() { throw new Error('mine'); } }]",
      "dv",
      "new Proxy([$1, $1], {})",
      "[1, 1n]",
    ];
    expectAsPlain(
      combine([["u8", "i16", "f64", "u64", "buf"], sources, INDICES], (view, source, at) =>
        withOne(view, `$v.set(${source}${at})`),
      ),
    );
  });

  it("set keeps what it wrote before a getter of its source threw", () => {
    const throwing = (length: number, at: number) =>
      `Object.defineProperty({ length: ${length}, ...Array(${at}).fill($1) }, ${at}, { get() { throw new Error('mine'); } })`;
    const array = (at: number) =>
      `Object.defineProperty(Array(${at + 3}).fill($1), ${at}, { get() { throw new Error('mine'); } })`;
    expectAsPlain(
      forEachView(
        `$v.set(${throwing(30, 20)})`,
        `$v.set(${throwing(30, 20)}, 9)`,
        `$v.set(${array(20)}, 9)`,
        `$v.set(${array(0)})`,
      ),
    );
  });

  it("copyWithin marks exactly what it overwrites", () => {
    const places = ["0", "5", "40", "-9", "1000", "NaN", "1.9", "Infinity", "-Infinity"];
    expectAsPlain(
      combine(
        [["u8", "i16", "f32", "f64", "u64"], places, places, ["", ", 9", ", 60", ", -3"]],
        (view, to, from, end) => `${view}.copyWithin(${to}, ${from}${end})`,
      ).filter((call) => !/\((\S+), \1/.test(call)),
    );
    expectAsPlain(
      [
        "u8.copyWithin(64, 0, 64)",
        "u8.copyWithin(60, 0, 8)",
        "u8.copyWithin(0, 100)",
        "f64.copyWithin(3, 40, 41)",
        "u16.copyWithin(-4, 0)",
        "u8.copyWithin(5, 9, 2)",
      ],
      { exact: true },
    );
    expectAsPlain(
      forEachView(
        "$v.copyWithin()",
        "$v.copyWithin('3', '9')",
        "$v.copyWithin(null, { valueOf: () => 4 })",
        "$v.copyWithin(Symbol())",
        "$v.copyWithin(1n)",
        "$v.copyWithin(0, { valueOf() { throw new Error('mine'); } })",
      ),
    );
  });

  it("sort and reverse mark the whole view and no more", () => {
    const whole = [
      "$v.reverse()",
      "$v.sort()",
      "$v.sort(undefined)",
      "$v.sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))",
    ];
    expectAsPlain(forEachView(...whole, ...whole.map((call) => call.replace("$v", "$v.subarray(0, 8)"))), {
      exact: true,
    });
    expectAsPlain(
      forEachView(
        "$v.sort(null)",
        "$v.sort(5)",
        "$v.sort('x')",
        "$v.sort(() => { throw new Error('mine'); })",
        "$v.sort(() => NaN)",
        "$v.sort(() => Symbol())",
        "$v.subarray(0, 0).reverse()",
      ),
    );
  });

  it("are seen however they are called", () => {
    const ways = [
      "$m.call($v, $1, 2)",
      "$m.apply($v, [$1, 2])",
      "Reflect.apply($m, $v, [$1, 2])",
      "(() => { const alias = $m; return alias.call($v, $1, 2); })()",
      "$v.fill(...[$1, 2])",
      "$m.bind($v)($1, 2)",
      "[$1].forEach($m.bind($v))",
      "new (class extends $v.constructor { s() { return super.fill($1, 2); } })($v.buffer, 64, 10).s()",
      "$m.call(new Proxy($v, {}), $1)",
      "$m.call([1, 2], $1)",
      "$m.call(null)",
      "$m.call({})",
    ];
    expectAsPlain(forEachView(...ways.map((way) => way.replaceAll("$m", "$v.fill"))));
  });

  it("stay dirty when user code that they run calls msync", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer, 64, 40);
    const msyncing = (x: number) => ({
      valueOf() {
        region.msyncSync();
        return x;
      },
    });
    const wroteAll = (call: () => unknown) => {
      view.set(view.map((_, i) => ((i * 7) % 40) + 1));
      expect(linesCommitted(region, call)).to.be.at.least(5);
    };
    wroteAll(() =>
      view.sort((a, b) => {
        region.msyncSync();
        return b - a;
      }),
    );
    wroteAll(() => view.fill(msyncing(5) as never));
    wroteAll(() => view.fill(6, msyncing(0) as never));
    wroteAll(() => view.set(Array.from(view, (x) => msyncing(x + 1)) as never));
    wroteAll(() =>
      view.set(
        [...view].map((x) => x + 1),
        msyncing(0) as never,
      ),
    );
    wroteAll(() => view.copyWithin(msyncing(1) as never, 0));
    wroteAll(() =>
      view.set({
        length: 40,
        get 39() {
          region.msyncSync();
          return 7;
        },
      } as never),
    );
  });

  it("leave everything written seen when user code msyncs, then throws", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    const source = Array.from({ length: 100 }, (_, i) => i + 1);
    Object.defineProperty(source, 60, {
      get() {
        region.msyncSync();
        throw new Error("mine");
      },
    });
    expect(thrownBy(() => view.set(source))).to.have.property("message", "mine");
    expect(view[59]).to.equal(60);
    region.msyncSync();
    expect(() =>
      view.sort(() => {
        region.msyncSync();
        throw new Error("mine");
      }),
    ).to.throw("mine");
    region.msyncSync();
    expect(linesCommitted(region, () => {})).to.equal(0);
  });
});
