/** The setters of DataView store as ever, and mark exactly the lines that they touch. */

import { expect } from "chai";
import { combine, expectAsPlain } from "./test-calls.ts";
import { linesCommitted, openRegion } from "./test-scratch.ts";

const setters = Object.getOwnPropertyNames(DataView.prototype).filter((name) => name.startsWith("set"));
const ofNumbers = setters.filter((name) => !name.includes("Big"));
const ofBigInts = setters.filter((name) => name.includes("Big"));
const ENDIAN = ["", ", true", ", false"];

describe("DataView setters", () => {
  it("mark the one line or the two lines that they touch", () => {
    const offsets = ["0", "1", "57", "60", "61", "63", "64", "632"];
    const numbers = combine(
      [ofNumbers, offsets, ["-1", "1.5", "1e300", "undefined", "'12'", "true", "null"], ENDIAN],
      (name, at, x, e) => `dv.${name}(${at}, ${x}${e})`,
    );
    const bigInts = combine(
      [ofBigInts, offsets, ["-1n", "2n ** 70n", "'12'", "true"], ENDIAN],
      (name, at, x, e) => `dv.${name}(${at}, ${x}${e})`,
    );
    expectAsPlain([...numbers, ...bigInts], { exact: true });
  });

  it("convert every kind of offset as ever", () => {
    const offsets = [
      "NaN",
      "-0",
      "-0.5",
      "-0.999",
      "63.5",
      "0.5",
      "'70'",
      "'x'",
      "null",
      "true",
      "undefined",
      "[65]",
      "{ valueOf: () => 130 }",
      "new Date(66)",
    ];
    expectAsPlain(
      combine([setters, offsets], (name, at) => `dv.${name}(${at}, ${name.includes("Big") ? "5n" : "5"})`),
    );
  });

  it("fail as ever, and mark nothing that matters", () => {
    const offsets = [
      "-1",
      "633",
      "640",
      "1e9",
      "2 ** 32",
      "2 ** 53",
      "Infinity",
      "-Infinity",
      "3n",
      "Symbol()",
      "{ valueOf() { throw new Error('mine'); } }",
    ];
    const values = ["Symbol()", "{ valueOf() { throw new Error('mine'); } }", "'x'", "5n", "5", "null"];
    expectAsPlain([
      ...combine([setters, offsets], (name, at) => `dv.${name}(${at}, ${name.includes("Big") ? "5n" : "5"})`),
      ...combine([setters, values], (name, x) => `dv.${name}(8, ${x})`),
      ...setters.flatMap((name) => [
        `dv.${name}()`,
        `dv.${name}.call(u8, 0, 1)`,
        `dv.${name}.call(null, 0, 1)`,
        `dv.${name}.call(5)`,
        `new dv.${name}(0, 1)`,
        `dv.${name}.call(new Proxy(dv, {}), 0, 1)`,
      ]),
    ]);
  });

  it("are seen however they are called", () => {
    const ways = (name: string, x: string) => [
      `dv.${name}.call(dv, 61, ${x}, true)`,
      `dv.${name}.apply(dv, [61, ${x}, true])`,
      `Reflect.apply(dv.${name}, dv, [61, ${x}])`,
      `(0, DataView.prototype.${name}).call(dv, 61, ${x})`,
      `(() => { const { ${name}: alias } = dv; return alias.call(dv, 61, ${x}); })()`,
      `dv.${name}(...[61, ${x}, true])`,
      `dv.${name}.bind(dv, 61)(${x})`,
      `[${x}].forEach((x) => dv.${name}(61, x))`,
      `[61].map(DataView.prototype.${name}.bind(dv))`,
      `(class extends DataView { s() { super.${name}(61, ${x}); } }, new (class extends DataView { s() { super.${name}(61, ${x}); } })(dv.buffer, 64, 640).s())`,
    ];
    expectAsPlain(setters.flatMap((name) => ways(name, name.includes("Big") ? "7n" : "7")));
  });

  it("stay dirty when the conversion of an argument calls msync", () => {
    const region = openRegion();
    const view = new DataView(region.buffer, 64, 640);
    const msyncing = (x: number) => ({
      valueOf() {
        region.msyncSync();
        return x;
      },
    });
    for (const name of ofNumbers as "setFloat64"[]) {
      expect(
        linesCommitted(region, () => view[name](msyncing(61) as never, 1)),
        name,
      ).to.be.at.least(1);
      expect(
        linesCommitted(region, () => view[name](61, msyncing(2) as never)),
        name,
      ).to.be.at.least(1);
    }
  });

  it("leave nothing dirty behind when they throw in a conversion", () => {
    const region = openRegion();
    const view = new DataView(region.buffer);
    const boom = () => {
      throw new Error("mine");
    };
    expect(() => view.setInt8(0, { valueOf: boom } as never)).to.throw("mine");
    region.msyncSync();
    expect(linesCommitted(region, () => {})).to.equal(0);
  });
});
