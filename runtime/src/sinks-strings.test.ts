/** write(string, ...) and its kin of Buffer store as ever, and mark the lines that they touch. */

import { expect } from "chai";
import { combine, expectAsPlain } from "./test-calls.ts";
import { linesCommitted, openRegion } from "./test-scratch.ts";

const ENCODINGS = [
  "utf8",
  "utf-8",
  "UTF8",
  "ucs2",
  "utf16le",
  "UCS-2",
  "latin1",
  "binary",
  "ascii",
  "hex",
  "base64",
  "base64url",
];
const TEXTS = [
  "''",
  "'a'",
  "'abcdef'",
  "'é€😀'",
  "'\\ud800x'",
  "'6162zz63'",
  "'YWJjZA=='",
  "'a'.repeat(70)",
  "'€'.repeat(40)",
  "'ab'.repeat(400)",
];
const writes = Object.getOwnPropertyNames(Buffer.prototype).filter((name) => /^[a-z0-9]+Write$/.test(name));

describe("strings written into a Buffer", () => {
  it("touch the marked lines only, at each offset, length and encoding", () => {
    const places = [
      "",
      ", 0",
      ", 60",
      ", 63, 1",
      ", 62, 2",
      ", 62, 3",
      ", 630",
      ", 0, 200",
      ", 639",
      ", 640",
    ];
    expectAsPlain(
      combine(
        [TEXTS, places, ["", ...ENCODINGS.map((name) => `, '${name}'`)]],
        (text, place, encoding) => `buf.write(${text}${place}${encoding})`,
      ),
    );
  });

  it("touch exactly the marked lines if they are of one byte a character", () => {
    const texts = ["'a'", "'abcdef'", "'a'.repeat(70)", "'ab'.repeat(400)"];
    const places = ["", ", 0", ", 60", ", 63, 1", ", 62, 2", ", 62, 3", ", 630", ", 0, 200", ", 639"];
    expectAsPlain(
      combine(
        [texts, places, ["", ", 'utf8'", ", 'latin1'", ", 'ascii'"]],
        (text, place, encoding) => `buf.write(${text}${place}${encoding})`,
      ),
      { exact: true },
    );
  });

  it("take odd arguments as ever", () => {
    const odd = [
      "undefined",
      "undefined, 2",
      "undefined, 2, 'hex'",
      "undefined, undefined, 'ucs2'",
      "null",
      "'7'",
      "NaN",
      "1.5",
      "-1",
      "641",
      "Infinity",
      "{}",
      "60, null",
      "60, '7'",
      "60, NaN",
      "60, 1e9",
      "60, -1",
      "60, 5, 'nonsense'",
      "60, 60, { toString: () => 'utf16le' }",
      "60, 60, ['ucs2']",
      "60, 60, ''",
      "60, 60, null",
      "60, 60, 0",
      "'hex', 'utf8'",
      "'ucs2', 5",
      "60, 'ucs2', 'hex'",
      "true",
      "3n",
      "Symbol()",
      "60, 9, { toString() { throw new Error('mine'); } }",
    ];
    expectAsPlain(
      combine(
        [["'abcdef'", "'a'.repeat(70)", "'616263'.repeat(30)"], odd],
        (text, args) => `buf.write(${text}, ${args})`,
      ),
    );
    expectAsPlain(
      [
        "undefined",
        "null",
        "5",
        "{}",
        "['ab']",
        "new String('abc')",
        "Buffer.from('ab')",
        "Symbol()",
      ].flatMap((text) => [
        `buf.write(${text})`,
        `buf.write(${text}, 3)`,
        `buf.write(${text}, 3, 4, 'latin1')`,
      ]),
    );
    expectAsPlain(
      ["u8", "f64", "dv", "[]", "null", "Object.create(buf)", "new Proxy(buf, {})"].map(
        (self) => `buf.write.call(${self}, 'abc', 1)`,
      ),
    );
  });

  it("go the same way through the write of each encoding", () => {
    const args = [
      "",
      ", 0",
      ", 60",
      ", 60, 3",
      ", 63, 2",
      ", 630",
      ", 640",
      ", undefined, 9",
      ", undefined, undefined",
    ];
    expectAsPlain(combine([writes, TEXTS, args], (name, text, rest) => `buf.${name}(${text}${rest})`));
  });

  it("convert the arguments of the write of each encoding as ever", () => {
    const args = [
      ", '70'",
      ", '70', '3'",
      ", true",
      ", null",
      ", { valueOf: () => 70 }",
      ", [70]",
      ", 60, '9'",
      ", 60, { valueOf: () => 9 }",
      ", 1.9",
      ", NaN",
      ", -1",
      ", 641",
      ", Infinity",
      ", 3n",
      ", Symbol()",
      ", { valueOf() { throw new Error('mine'); } }",
      ", 60, null",
      ", 60, -1",
      ", 60, 1e12",
    ];
    expectAsPlain(
      combine(
        [writes, ["'abcdef'", "'a'.repeat(64)", "'YWJj'"], args],
        (name, text, rest) => `buf.${name}(${text}${rest})`,
      ),
    );
    expectAsPlain(
      writes.flatMap((name) => [
        `buf.${name}()`,
        `buf.${name}(5)`,
        `buf.${name}.call(u8, 'abc', 62)`,
        `buf.${name}.call(f64, 'abc', 1)`,
        `buf.${name}.call(dv, 'abc', 1)`,
        `buf.${name}.call({}, 'abc')`,
        `buf.${name}.apply(buf, ['abc', 62])`,
        `Reflect.apply(buf.${name}, buf, ['616263', 62])`,
        `(0, buf.${name}).bind(buf)(...['abc', 62])`,
      ]),
    );
  });

  it("stay dirty when a conversion calls msync", () => {
    const region = openRegion();
    const buffer = Buffer.from(region.buffer, 64, 640);
    const msyncing = (x: unknown) => {
      const convert = () => {
        region.msyncSync();
        return x;
      };
      return { valueOf: convert, toString: convert } as never;
    };
    for (const name of writes as "write"[]) {
      buffer.fill(1);
      expect(
        linesCommitted(region, () => buffer[name]("616263", msyncing(62))),
        name,
      ).to.be.at.least(1);
    }
    buffer.fill(1);
    expect(linesCommitted(region, () => buffer.write("abc", 62, 6, msyncing("utf16le")))).to.be.at.least(1);
  });
});
