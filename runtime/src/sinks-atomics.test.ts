/** Atomics on views of a region work as ever, and mark the line of their element. */

import { expect } from "chai";
import { combine, expectAsPlain } from "./test-calls.ts";
import { linesCommitted, openRegion } from "./test-scratch.ts";

const UPDATES = ["add", "and", "exchange", "or", "store", "sub", "xor"];
const INTEGERS = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"];
const isBig = (view: string) => view.endsWith("64");
const number = (view: string) => (isBig(view) ? "-7n" : "-7");

const updates = (views: string[], indices: string[]) => [
  ...combine(
    [UPDATES, views, indices],
    (name, view, at) => `Atomics.${name}(${view}, ${at}, ${number(view)})`,
  ),
  ...combine(
    [views, indices],
    (view, at) => `Atomics.compareExchange(${view}, ${at}, Atomics.load(${view}, 0), ${number(view)})`,
  ),
];

describe("Atomics", () => {
  it("mark the one line of the element", () => {
    expectAsPlain(
      combine(
        [["exchange", "store"], INTEGERS, ["0", "1", "8", "15", "63", "79"]],
        (name, view, at) => `Atomics.${name}(${view}, ${at}, ${number(view)})`,
      ),
      { exact: true },
    );
    expectAsPlain(updates(INTEGERS, ["0", "1", "8", "15", "63", "79"]));
  });

  it("convert every kind of index as ever", () => {
    expectAsPlain(
      updates(INTEGERS, [
        "NaN",
        "-0",
        "-0.5",
        "1.9",
        "'20'",
        "'x'",
        "null",
        "undefined",
        "true",
        "[30]",
        "{ valueOf: () => 40 }",
        "-1",
        "640",
        "1e9",
        "2 ** 53",
        "Infinity",
        "-Infinity",
        "3n",
        "Symbol()",
        "{ valueOf() { throw new Error('mine'); } }",
      ]),
    );
  });

  it("refuse views and values as ever", () => {
    const receivers = [
      "f32",
      "f64",
      "u8c",
      "dv",
      "buf",
      "[]",
      "{}",
      "null",
      "undefined",
      "5",
      "new Proxy(i32, {})",
      "Object.create(i32)",
      "i32.buffer",
    ];
    const values = [
      "1.9",
      "'3'",
      "null",
      "undefined",
      "NaN",
      "Infinity",
      "{ valueOf: () => 9 }",
      "{ valueOf() { throw new Error('mine'); } }",
      "1n",
      "Symbol()",
      "true",
    ];
    expectAsPlain([
      ...combine(
        [[...UPDATES, "load", "notify", "isLockFree"], receivers],
        (name, view) => `Atomics.${name}(${view}, 0, 1)`,
      ),
      ...combine([UPDATES, ["i32", "i64"], values], (name, view, x) => `Atomics.${name}(${view}, 9, ${x})`),
      ...combine(
        [["i32", "i64"], values, values],
        (view, x, y) => `Atomics.compareExchange(${view}, 9, ${x}, ${y})`,
      ),
      ...[...UPDATES, "compareExchange"].flatMap((name) => [
        `Atomics.${name}()`,
        `Atomics.${name}(i32)`,
        `new Atomics.${name}(i32, 0, 1)`,
      ]),
    ]);
  });

  it("are seen however they are called", () => {
    const ways = [
      "$m.call(null, i32, 30, 5)",
      "$m.apply(Atomics, [i32, 30, 5])",
      "Reflect.apply($m, undefined, [i32, 30, 5])",
      "(() => { const alias = $m; return alias(i32, 30, 5); })()",
      "$m(...[i32, 30, 5])",
      "$m.bind(null, i32)(30, 5)",
    ];
    expectAsPlain(combine([UPDATES, ways], (name, way) => way.replaceAll("$m", `Atomics.${name}`)));
  });

  it("stay dirty when a conversion calls msync", () => {
    const region = openRegion();
    const view = new Int32Array(region.buffer, 64, 160);
    const msyncing = (x: number) => ({
      valueOf() {
        region.msyncSync();
        return x;
      },
    });
    for (const name of UPDATES as "store"[]) {
      view.fill(12);
      expect(
        linesCommitted(region, () => Atomics[name](view, msyncing(100) as never, 1)),
        name,
      ).to.be.at.least(1);
      view.fill(12);
      expect(
        linesCommitted(region, () => Atomics[name](view, 100, msyncing(1) as never)),
        name,
      ).to.be.at.least(1);
    }
    view.fill(12);
    expect(
      linesCommitted(region, () =>
        Atomics.compareExchange(view, 100, msyncing(12) as never, msyncing(3) as never),
      ),
    ).to.be.at.least(1);
    expect(view[100]).to.equal(3);
  });
});
