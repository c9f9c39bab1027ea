/** Text, hexadecimal digits and base 64 written into views: bytes as ever, in marked lines. */

import { expect } from "chai";
import { combine, expectAsPlain } from "./test-calls.ts";
import { linesCommitted, openRegion } from "./test-scratch.ts";

const VIEWS = ["u8", "buf", "u8.subarray(60)", "u8.subarray(60, 63)", "u8.subarray(9, 9)"];

describe("text encoded into a view", () => {
  it("touches the marked lines only", () => {
    const texts = [
      "''",
      "'abc'",
      "'é€😀'",
      "'\\ud800x'",
      "'a'.repeat(70)",
      "'€'.repeat(40)",
      "'ab'.repeat(400)",
      "undefined",
      "null",
      "5",
      "{ toString: () => 'abc' }",
      "{ toString() { throw new Error('mine'); } }",
      "Symbol()",
    ];
    const views = [...VIEWS, "f64", "u8c", "dv", "[]", "null", "undefined", "new Proxy(u8, {})", "u8.buffer"];
    expectAsPlain(combine([texts, views], (text, view) => `new TextEncoder().encodeInto(${text}, ${view})`));
    expectAsPlain([
      "new TextEncoder().encodeInto()",
      "TextEncoder.prototype.encodeInto.call({}, 'abc', u8)",
      "TextEncoder.prototype.encodeInto.call(new TextEncoder(), 'abc', u8)",
      "Reflect.apply(TextEncoder.prototype.encodeInto, new TextEncoder(), ['abc', u8.subarray(62)])",
      "new TextEncoder().encodeInto(...['abc', u8])",
      "(() => { const e = new TextEncoder(); return e.encodeInto.bind(e)('abc', u8); })()",
    ]);
  });

  it("marks no line that it cannot reach", () => {
    expectAsPlain(
      combine(
        [
          ["'abc'", "'a'.repeat(70)", "'ab'.repeat(400)"],
          ["u8", "u8.subarray(62)", "u8.subarray(60, 63)"],
        ],
        (text, view) => `new TextEncoder().encodeInto(${text}, ${view})`,
      ),
      { exact: true },
    );
  });

  it("from hexadecimal digits and base 64 does the same, where the language has it", () => {
    const hex = ["''", "'616263'", "'61'.repeat(70)", "'6'", "'61zz'", "5", "undefined"];
    const base64 = [
      "''",
      "'YWJj'",
      "'YWJj'.repeat(20)",
      "'YQ=='",
      "'YW Jj'",
      "'YW*j'",
      "'YWJj', { alphabet: 'base64url' }",
      "'YWJjZ', { lastChunkHandling: 'stop-before-partial' }",
      "'YWJj', { get alphabet() { throw new Error('mine'); } }",
      "5",
    ];
    expectAsPlain([
      ...combine([VIEWS, hex], (view, text) => `${view}.setFromHex(${text})`),
      ...combine([VIEWS, base64], (view, args) => `${view}.setFromBase64(${args})`),
    ]);
  });
});

describe("random values", () => {
  it("are seen, and nothing else is marked", () => {
    const region = openRegion();
    const view = new Uint8Array(region.buffer, 64, 640);
    const { getRandomValues } = crypto;
    const fills = [
      () => crypto.getRandomValues(view.subarray(0, 64)),
      () => getRandomValues.call(crypto, view.subarray(64, 128)),
      () => Reflect.apply(getRandomValues, crypto, [new BigInt64Array(region.buffer, 128, 8)]),
    ];
    for (const fill of fills) expect(linesCommitted(region, fill)).to.equal(1);
    const refused = [
      () => crypto.getRandomValues(new Float64Array(region.buffer) as never),
      () => crypto.getRandomValues(new DataView(region.buffer) as never),
      () => crypto.getRandomValues(region.buffer as never),
      () => crypto.getRandomValues(null as never),
      () => getRandomValues.call(null as never, view),
    ];
    for (const call of refused) expect(call).to.throw();
    const large = openRegion({ size: "128 KiB" });
    expect(() => crypto.getRandomValues(new Uint8Array(large.buffer))).to.throw("65,536");
    expect(linesCommitted(large, () => {})).to.equal(0);
  });
});
