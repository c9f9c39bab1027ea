/** Built-ins that store by key, into views and through proxies of views, do as ever, and mark the lines that they touch. */

import { expect } from "chai";
import { combine, expectAsPlain } from "./test-calls.ts";
import { linesCommitted, openRegion } from "./test-scratch.ts";

const NUMBERS = ["u8", "i16", "f32", "f64", "buf"];
const VIEWS = [...NUMBERS, "u64"];
const one = (view: string) => (view === "u64" ? "1n" : "1");
const ELEMENTS: Record<string, number> = { u8: 640, buf: 640, i16: 320, f32: 160, f64: 80, u64: 80 };
const lastOf = (view: string) => (ELEMENTS[view] as number) - 1;

/** Ways to store `x` under key `k` of `v`. */
const STORES = [
  "Reflect.set($v, $k, $x)",
  "Reflect.set($v, $k, $x, $v)",
  "Reflect.set({}, $k, $x, $v)",
  "Reflect.set(Object.create(null), $k, $x, $v)",
  "Reflect.defineProperty($v, $k, { value: $x })",
  "Object.defineProperty($v, $k, { value: $x })",
  "Object.defineProperties($v, { [$k]: { value: $x } })",
  "Object.assign($v, { [$k]: $x })",
];
const store = (way: string, view: string, key: string, x = one(view)) =>
  way.replaceAll("$v", view).replaceAll("$k", key).replaceAll("$x", x);

const KEYS = [
  "'20'",
  "'x'",
  "'1e1'",
  "'01'",
  "'-0'",
  "-0",
  "-1",
  "1.5",
  "NaN",
  "'NaN'",
  "Infinity",
  "2 ** 32",
  "1e9",
  "20n",
  "Symbol('s')",
  "null",
  "undefined",
  "true",
  "[30]",
  "'length'",
  "'constructor'",
];

describe("stores by key", () => {
  it("mark exactly the line of the element", () => {
    for (const view of VIEWS)
      expectAsPlain(
        combine([STORES, ["0", "1", "9", "17", `${lastOf(view)}`, "'12'"]], (way, key) =>
          store(way, view, key),
        ),
        { exact: true },
      );
  });

  it("take every kind of key as ever", () => {
    expectAsPlain(combine([STORES, ["f64", "u8"], KEYS], (way, view, key) => store(way, view, key)));
    expectAsPlain(
      combine(
        [STORES.filter((way) => !way.includes("[$k]")), ["f64", "u64"], ["{ toString: () => '40' }"]],
        (way, view, key) => store(way, view, key),
      ),
    );
  });

  it("take every kind of value as ever", () => {
    const values = [
      "'7'",
      "null",
      "undefined",
      "1n",
      "Symbol()",
      "{ valueOf: () => 9 }",
      "{ valueOf() { throw new Error('mine'); } }",
      "[5]",
    ];
    expectAsPlain(
      combine([STORES, ["f64", "u8", "u64"], values], (way, view, x) => store(way, view, "9", x)),
    );
  });

  it("go through proxies of views, and pass by objects that only inherit from them", () => {
    const targets = [
      "new Proxy(f64, {})",
      "new Proxy(new Proxy(f64, {}), {})",
      "new Proxy(f64, { get: (v, k) => v[k] })",
      "new Proxy(f64, { set: (v, k, x) => Reflect.set(v, k, x) })",
      "new Proxy(f64, { get: () => undefined, set: () => true, defineProperty: () => true })",
      "new Proxy(f64, { get() { throw new Error('mine'); } })",
      "Object.create(f64)",
      "Object.freeze(Object.create(f64))",
      "Proxy.revocable(f64, {}).proxy",
      "(() => { const { proxy, revoke } = Proxy.revocable(f64, {}); revoke(); return proxy; })()",
      "f64.subarray(9)",
      "Object.seal(f64)",
      "dv",
      "null",
      "5",
      "'text'",
      "[]",
      "() => {}",
    ];
    expectAsPlain(
      combine([STORES, targets, ["0", "20"]], (way, target, key) => store(way, target, key, "1")),
    );
    expectAsPlain(
      combine([targets], (receiver) => `Reflect.set({ 7: 1 }, 7, 3, ${receiver})`).concat(
        combine([targets], (receiver) => `Reflect.set(u8, 7, 3, ${receiver})`),
      ),
    );
  });

  it("refuse descriptors as ever", () => {
    const descriptors = [
      "{ get: () => 1 }",
      "{ value: 1, configurable: false }",
      "{ value: 1, writable: false }",
      "{ value: 1, enumerable: false }",
      "{}",
      "null",
      "5",
      "{ get value() { return 7; } }",
      "{ get value() { throw new Error('mine'); } }",
      "Object.create({ value: 7 })",
    ];
    expectAsPlain(
      combine(
        [["Reflect.defineProperty", "Object.defineProperty"], ["f64", "buf"], descriptors],
        (define, view, descriptor) => `${define}(${view}, 9, ${descriptor})`,
      ).concat(
        descriptors.map(
          (descriptor) => `Object.defineProperties(f64, { 3: { value: 1 }, 9: ${descriptor} })`,
        ),
      ),
    );
    expectAsPlain(
      ["", "f64", "f64, 3", "f64, null", "f64, new Proxy({ 9: { value: 4 } }, {})"].flatMap((args) => [
        `Object.defineProperties(${args})`,
        `Object.defineProperty(${args})`,
        `Reflect.defineProperty(${args})`,
        `Reflect.set(${args})`,
        `Object.assign(${args})`,
      ]),
    );
  });

  it("assign everything that sources have, in their order, until one throws", () => {
    const sources = [
      "[1, 2, 3]",
      "[1, , 3]",
      "'789'",
      "f32.subarray(3, 40)",
      "{ 0: 1, 70: 2, x: 3 }",
      "{ 5: '4', get 20() { return 7; } }",
      "{ 5: 4, get 20() { throw new Error('mine'); } }",
      "new Proxy({ 60: 1 }, {})",
      "new Proxy([1, 2], { ownKeys: () => ['0', 'length'] })",
      "Object.defineProperty({}, 9, { value: 1 })",
      "null",
      "undefined",
      "5",
      "Symbol()",
      "new Map([[1, 2]])",
      "(() => 1)",
      "Object.assign([5], { 40: 1 })",
    ];
    expectAsPlain(
      combine([["f64", "u8"], sources, ["", ...sources]], (view, first, second) =>
        second === "" ? `Object.assign(${view}, ${first})` : `Object.assign(${view}, ${first}, ${second})`,
      ),
    );
    expectAsPlain(
      ["[1, 2, 3]", "{ 0: 1, 70: 2 }", "u8.slice(3, 40)", "'123'"].map(
        (source) => `Object.assign(f64, ${source})`,
      ),
      { exact: true },
    );
    expectAsPlain([
      "(() => { const later = { 9: 1 }; return Object.assign(f64, { get 0() { later[70] = 5; return 1; } }, later); })()",
      "Object.assign(f64)",
      "Object.assign.call(undefined, f64, { 9: 1 })",
      "Object.assign(...[f64, { 9: 1 }])",
      "[{ 9: 1 }].map((source) => Object.assign(f64, source))[0]",
    ]);
  });

  it("are seen however they are called", () => {
    const ways = [
      ["Reflect.set", "f64, 30, 5"],
      ["Reflect.defineProperty", "f64, 30, { value: 5 }"],
      ["Object.defineProperty", "f64, 30, { value: 5 }"],
      ["Object.defineProperties", "f64, { 30: { value: 5 } }"],
      ["Object.assign", "f64, { 30: 5 }"],
    ].flatMap(([name, args]) => [
      `${name}.call(null, ${args})`,
      `${name}.apply(null, [${args}])`,
      `Reflect.apply(${name}, undefined, [${args}])`,
      `(0, ${name})(...[${args}])`,
      `${name}.bind(null)(${args})`,
      `(() => { const alias = ${name}; return alias(${args}); })()`,
      `new ${name}(${args})`,
    ]);
    expectAsPlain(ways);
  });

  it("stay dirty when a conversion, a getter or a trap calls msync", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer, 64, 80);
    const msyncing = (x: unknown) => {
      const convert = () => {
        region.msyncSync();
        return x;
      };
      return { valueOf: convert, toString: convert } as never;
    };
    const late = {
      get 30() {
        region.msyncSync();
        return 8;
      },
    };
    const stores: (() => unknown)[] = [
      () => Reflect.set(view, msyncing("30"), 1),
      () => Reflect.set(view, 30, msyncing(2)),
      () => Reflect.set({}, 30, msyncing(3), view),
      () => Reflect.defineProperty(view, 30, { value: msyncing(4) }),
      () => Object.defineProperty(view, msyncing("30"), { value: 5 }),
      () =>
        Object.defineProperties(view, {
          30: {
            get value() {
              region.msyncSync();
              return 6;
            },
          },
        }),
      () => Object.assign(view, { 30: msyncing(7) }),
      () => Object.assign(view, late),
      () =>
        Object.assign(
          view,
          new Proxy(
            { 30: 9 },
            {
              ownKeys: (t) => {
                region.msyncSync();
                return Reflect.ownKeys(t);
              },
            },
          ),
        ),
    ];
    for (const store of stores) expect(linesCommitted(region, store), String(store)).to.be.at.least(1);
  });
});

describe("methods of Array on views", () => {
  const CALLS = [
    "fill.call($v, $x)",
    "fill.call($v, $x, 3)",
    "fill.call($v, $x, 9, 12)",
    "fill.call($v, $x, -9, -2)",
    "fill.call($v, $x, '3', { valueOf: () => 5 })",
    "fill.call($v, $x, undefined, 3)",
    "copyWithin.call($v, 0, 9)",
    "copyWithin.call($v, 20, 0, 9)",
    "copyWithin.call($v, -9, 0)",
    "copyWithin.call($v, '2', 4)",
    "copyWithin.call($v)",
    "reverse.call($v)",
    "sort.call($v)",
    "sort.call($v, (a, b) => (a < b ? 1 : a > b ? -1 : 0))",
    "sort.call($v, () => { throw new Error('mine'); })",
    "sort.call($v, 5)",
    "shift.call($v)",
    "unshift.call($v)",
    "unshift.call($v, $x, $x)",
    "splice.call($v)",
    "splice.call($v, 3)",
    "splice.call($v, 3, 1)",
    "splice.call($v, 30, 2, $x)",
    "splice.call($v, -2, 1, $x)",
    "splice.call($v, 3, 1, $x, $x, $x)",
    "splice.call($v, 3, 1, { valueOf() { throw new Error('mine'); } })",
    "push.call($v, $x)",
    "push.call($v)",
    "pop.call($v)",
  ];
  const call = (text: string, view: string) =>
    `Array.prototype.${text.replaceAll("$v", view).replaceAll("$x", one(view))}`;

  it("write as ever, also before they fail, into marked lines", () => {
    expectAsPlain(combine([CALLS, VIEWS], call));
  });

  it("mark no more than fill and copyWithin write", () => {
    const texts = ["fill.call($v, $x, 9, 12)", "fill.call($v, $x, -9, -2)", "copyWithin.call($v, 20, 0, 9)"];
    expectAsPlain(combine([texts, VIEWS], call), { exact: true });
  });

  it("go through proxies, and by a length of the view's own", () => {
    const targets = [
      "new Proxy(f64, {})",
      "Object.defineProperty(f64, 'length', { value: 30, writable: true })",
      "Object.defineProperty(f64, 'length', { get: () => 30, set() {} })",
      "new (class extends Float64Array { get length() { return 20; } set length(n) {} })(f64.buffer, 64, 40)",
      "Object.create(f64)",
      "dv",
      "{ length: 3, 0: 1 }",
      "[3, 1, 2]",
      "null",
      "'text'",
      "new Proxy([3, 1, 2], {})",
    ];
    const seen = CALLS.filter((text) => !text.startsWith("push"));
    expectAsPlain(
      combine([seen, targets], (text, target) => {
        return `Array.prototype.${text.replaceAll("$v", target).replaceAll("$x", "1")}`;
      }),
    );
  });

  it("are seen however they are called", () => {
    const ways = [
      "$m.apply(f64, [5, 3, 9])",
      "Reflect.apply($m, f64, [5, 3, 9])",
      "$m.bind(f64)(5, 3, 9)",
      "$m.call(f64, ...[5, 3, 9])",
      "[].$n.call(f64, 5, 3, 9)",
      "Object.assign(f64, { own: $m }).own(5, 3, 9)",
      "new $m()",
    ];
    const names = ["fill", "copyWithin", "splice", "unshift", "shift", "reverse", "sort"];
    expectAsPlain(
      combine([ways, names], (way, name) =>
        name === "sort" && way.includes("5")
          ? "0"
          : way.replaceAll("$m", `Array.prototype.${name}`).replaceAll("$n", name),
      ),
    );
  });

  it("leave arrays alone", () => {
    const list = [5, 3, 4];
    list.fill(1, 2).reverse().sort();
    expect([list.shift(), list.unshift(9, 8), list.splice(1, 2, 7, 7, 7), list]).to.deep.equal([
      1,
      4,
      [8, 3],
      [9, 7, 7, 7, 5],
    ]);
  });
});
