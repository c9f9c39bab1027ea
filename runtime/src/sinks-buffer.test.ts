/** The numeric writers, fill, copy and swap of Buffer store as ever, and mark the lines that they touch. */

import { expect } from "chai";
import { combine, expectAsPlain } from "./test-calls.ts";
import { linesCommitted, openRegion } from "./test-scratch.ts";

const writers = Object.getOwnPropertyNames(Buffer.prototype).filter((name) => /^write./.test(name));
const sized = writers.filter((name) => /^writeU?[Ii]nt[LB]E$/.test(name));
const fixed = writers.filter((name) => !sized.includes(name));
const number = (name: string) => (name.includes("Big") ? "5n" : "5");

describe("Buffer methods", () => {
  it("write numbers into exactly the lines they touch", () => {
    const offsets = ["", ", 0", ", 1", ", 57", ", 61", ", 63", ", 64", ", 632", ", undefined"];
    expectAsPlain(
      combine([fixed, offsets], (name, at) => `buf.${name}(${number(name)}${at})`),
      { exact: true },
    );
  });

  it("write numbers of 1 to 6 bytes into the lines they touch", () => {
    const offsets = ["0", "58", "60", "62", "63", "634"];
    expectAsPlain(
      combine(
        [sized, ["-1", "9"], offsets, ["1", "2", "3", "4", "5", "6"]],
        (name, x, at, bytes) => `buf.${name}(${x}, ${at}, ${bytes})`,
      ),
    );
  });

  it("refuse values, offsets and lengths as ever", () => {
    const bad = ["-1", "640", "1.5", "NaN", "Infinity", "'3'", "null", "true", "{}", "3n", "Symbol()"];
    const values = [
      "'7'",
      "null",
      "undefined",
      "1e99",
      "-1e99",
      "1.5",
      "NaN",
      "{ valueOf: () => 3 }",
      "{ valueOf() { throw new Error('mine'); } }",
      "Symbol()",
      "2n ** 65n",
      "true",
    ];
    expectAsPlain([
      ...combine([writers, bad], (name, at) => `buf.${name}(${number(name)}, ${at})`),
      ...combine([writers, values], (name, x) => `buf.${name}(${x}, 60)`),
      ...combine([sized, bad], (name, bytes) => `buf.${name}(5, 0, ${bytes})`),
      ...writers.flatMap((name) => [
        `buf.${name}()`,
        `buf.${name}.call(u8, ${number(name)}, 3)`,
        `buf.${name}.call(dv, ${number(name)}, 3)`,
        `buf.${name}.call(null, 1)`,
        `buf.${name}.call([], ${number(name)}, 0)`,
      ]),
    ]);
  });

  it("fill exactly what they are told", () => {
    const values = [
      "0",
      "300",
      "-1",
      "'ab'",
      "'x'",
      "Buffer.from('xyz')",
      "new Uint8Array(70)",
      "true",
      "undefined",
    ];
    const ranges = [
      "",
      ", 0",
      ", 60",
      ", 60, 70",
      ", 64, 128",
      ", 63, 65",
      ", 5, 5",
      ", 9, 5",
      ", 0, 640",
      ", undefined, 66",
    ];
    expectAsPlain(
      combine([values, ranges], (x, range) => `buf.fill(${x}${range})`),
      { exact: true },
    );
    const texts = [
      "'zz', 'hex'",
      "'616263', 'hex'",
      "'ab', 60, 'utf16le'",
      "'ab', 60, 70, 'ucs2'",
      "'é', 'latin1'",
      "'é', 60, 70",
      "'', 3",
      "'YWJj', 'base64'",
      "'ab', 'nonsense'",
      "'ab', 0, 5, 'nonsense'",
      "'ab', 0, 5, {}",
      "Buffer.alloc(0)",
      "new Uint8Array(0)",
    ];
    const odd = [
      "1, -1",
      "1, 641",
      "1, 0, 641",
      "1, NaN",
      "1, 1.5",
      "1, 60, 62.5",
      "1, '3'",
      "1, null",
      "1, {}",
      "{ valueOf: () => 65 }",
      "{}",
      "null",
      "[9]",
      "Symbol()",
      "1n",
      "f64",
      "{ valueOf() { throw new Error('mine'); } }",
      "1, { valueOf: () => 3 }",
    ];
    expectAsPlain([...texts, ...odd].flatMap((args) => [`buf.fill(${args})`, `buf.fill.call(u8, ${args})`]));
    expectAsPlain(
      ["f64", "u16", "i32", "dv", "null", "{}"].flatMap((view) => [
        `buf.fill.call(${view}, 7)`,
        `buf.fill.call(${view}, 'ab', 1, 9)`,
      ]),
    );
  });

  it("copy into exactly the lines of the target that they reach", () => {
    const starts = ["0", "1", "60", "64", "630", "undefined", "639", "640"];
    expectAsPlain(
      combine(
        [
          ["Buffer.from('abcdefgh')", "Buffer.alloc(100, 7)"],
          starts,
          ["", ", 0", ", 3", ", undefined"],
          ["", ", 5", ", 1000", ", 2"],
        ],
        (source, at, from, to) => `${source}.copy(buf, ${at}${from || ", 0"}${to})`,
      ),
      { exact: true },
    );
    const odd = [
      "Infinity",
      "-Infinity",
      "NaN",
      "2 ** 60",
      "-1",
      "-0.5",
      "'70'",
      "'x'",
      "null",
      "true",
      "{ valueOf: () => 66 }",
      "[65]",
      "3n",
      "Symbol()",
      "{ valueOf() { throw new Error('mine'); } }",
    ];
    expectAsPlain([
      ...odd.flatMap((x) => [
        `Buffer.from('abcdefgh').copy(buf, ${x})`,
        `Buffer.from('abcdefgh').copy(buf, 62, ${x})`,
        `Buffer.from('abcdefgh').copy(buf, 62, 1, ${x})`,
      ]),
      ...["u8", "i8", "f64", "u16", "dv", "[]", "null", "undefined", "u8.buffer", "new Proxy(buf, {})"].map(
        (target) => `Buffer.from('abcdefgh').copy(${target}, 3)`,
      ),
      ...["u8", "f64", "dv", "[]", "{}", "null", "5", "new Proxy(buf, {})"].map(
        (source) => `buf.copy.call(${source}, buf, 30)`,
      ),
      "buf.copy(buf, 30)",
      "buf.copy(buf, 0, 30)",
      "buf.copy()",
    ]);
  });

  it("swap bytes", () => {
    const names = ["swap16", "swap32", "swap64"];
    expectAsPlain(
      names.map((name) => `buf.${name}()`),
      { exact: true },
    );
    expectAsPlain(
      names.flatMap((name) => [
        `buf.subarray(3, 67).${name}()`,
        `buf.subarray(0, 7).${name}()`,
        `buf.subarray(0, 160).${name}()`,
        `buf.${name}.call(u8)`,
        `buf.${name}.call(f64)`,
        `buf.${name}.call(null)`,
      ]),
    );
  });

  it("are seen however they are called", () => {
    const ways = [
      "$m.call(buf, $a)",
      "$m.apply(buf, [$a])",
      "Reflect.apply($m, buf, [$a])",
      "(() => { const alias = $m; return alias.call(buf, $a); })()",
      "$m.call(buf, ...[$a])",
      "$m.bind(buf)($a)",
      "$m.call(Object.create(buf), $a)",
      "$m.call(new Proxy(buf, {}), $a)",
    ];
    const calls: [string, string][] = [
      ...writers.map((name): [string, string] => [
        name,
        sized.includes(name) ? "5, 62, 4" : `${number(name)}, 62`,
      ]),
      ["fill", "9, 60, 70"],
      ["swap16", ""],
    ];
    expectAsPlain(
      calls.flatMap(([name, args]) =>
        ways.map((way) => way.replaceAll("$m", `Buffer.prototype.${name}`).replaceAll("$a", args)),
      ),
    );
  });

  it("stay dirty when a conversion calls msync", () => {
    const region = openRegion();
    const buffer = Buffer.from(region.buffer, 64, 640);
    const msyncing = {
      valueOf() {
        region.msyncSync();
        return 5;
      },
    };
    for (const name of fixed.filter((name) => !name.includes("Big")) as "writeUInt8"[]) {
      buffer.fill(1);
      expect(
        linesCommitted(region, () => buffer[name](msyncing as never, 61)),
        name,
      ).to.be.at.least(1);
    }
    expect(linesCommitted(region, () => buffer.fill(msyncing as never))).to.be.at.least(10);
    expect(linesCommitted(region, () => Buffer.from("ab").copy(buffer, msyncing as never))).to.be.at.least(1);
  });
});
