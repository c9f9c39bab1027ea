import { instrument } from "@fams/compiler-plugin";
import { expect } from "chai";

const PARSERS = ["swc", "typescript"] as const;

for (const parser of PARSERS) {
  /** The reason for each store of the source; undefined where it is instrumented. */
  const reasons = (source: string, options: object = {}) =>
    instrument(source, { filename: "case.cts", parser, ...options }).sites.map((site) => site.reason);

  describe(`stores are left alone only when they cannot write an element of a region (${parser})`, () => {
    it("by keys that are no numbers", () => {
      expect(
        reasons("a['x'] = 1; a[`y`]++; a['01'] = 1; a['NaN'] = 1; a['-0'] = 1; a['Infinity'] = 1"),
      ).to.deep.equal(Array(6).fill("the key is a string that no element has"));
      expect(
        reasons("a['0'] = 1; a[`7`]++; a[0] = 1; a[1n] = 1; a[`$" + "{1}`] = 1; a[null] = 1; a[-1] = 1"),
      ).to.deep.equal(Array(7).fill(undefined));
    });

    it("by receivers made on the spot", () => {
      expect(
        reasons(
          "[1][0] = 1; ({})[k] = 1; (function () {})[k] = 1; ((() => 1) as any)[k] = 1; 'x'[0] = 1; (5)[k] = 1",
        ),
      ).to.deep.equal(Array(6).fill("the receiver is a literal"));
      expect(reasons("(x ? [] : a)[0] = 1; f([])[0] = 1; new A()[0] = 1")).to.deep.equal(
        Array(3).fill(undefined),
      );
    });

    it("by constants that are views over buffers of their own", () => {
      const own = "the receiver is a constant view over a buffer of its own";
      expect(reasons("const v = new Float64Array(3); v[0] = 1; v[i] += 1; () => v[i]++")).to.deep.equal([
        own,
        own,
        own,
      ]);
      expect(reasons("const v = new Uint8Array([1, -2]) as any; [v[0]] = x; for (v[i] of x);")).to.deep.equal(
        [own, own],
      );
      expect(reasons("const v = new Float64Array(3); v[0] = 1", { paranoid: true })).to.deep.equal([
        undefined,
      ]);
    });

    const unsafe: Record<string, string> = {
      "a buffer passed in": "const v = new Float64Array(region.buffer); v[0] = 1",
      "a length that is no literal": "const v = new Float64Array(n); v[0] = 1",
      "elements that are no numbers": "const v = new Float64Array([n]); v[0] = 1",
      "more arguments": "const v = new Float64Array(3, 0); v[0] = 1",
      "a variable": "let v = new Float64Array(3); v[0] = 1",
      "a shadowed constructor": "class Float64Array {} const v = new Float64Array(3); v[0] = 1",
      "a constructor shadowed by a parameter":
        "function f(Float64Array) { const v = new Float64Array(3); v[0] = 1 }",
      "an imported constructor": "import { Float64Array } from 'x'; const v = new Float64Array(3); v[0] = 1",
      "a reassigned constructor": "Float64Array = X; const v = new Float64Array(3); v[0] = 1",
      "another class": "const v = new Vec(3); v[0] = 1",
      "a destructured constant": "const [v] = new Float64Array(3); v[0] = 1",
      "a shadowing name": "const v = new Float64Array(3); function f(v) { v[0] = 1 }",
      "a name of another scope": "{ const v = new Float64Array(3); } v[0] = 1",
      "a buffer made by a call": "const v = Float64Array(3); v[0] = 1",
      "a constructor that eval around it may shadow":
        "function f(s) { eval(s); return () => { const v = new Float64Array(3); v[0] = 1 } }",
    };
    for (const [what, source] of Object.entries(unsafe)) {
      it(`but not for ${what}`, () => expect(reasons(source)).to.deep.equal([undefined]));
    }

    it("and by comments, for the next statement or for the file", () => {
      const ignored = "marked with @fams-ignore";
      expect(
        reasons("// @fams-ignore: scratch\na[0] = 1, f(() => { a[1]++ }); a[2] = 1\na[3] = 1"),
      ).to.deep.equal([ignored, ignored, undefined, undefined]);
      expect(reasons("class A {\n  // @fams-ignore\n  m() { a[0] = 1 }\n  n() { a[1] = 1 } }")).to.deep.equal(
        [ignored, undefined],
      );
      expect(
        reasons("#!/usr/bin/env node\n/* @fams-ignore-file */\n'use strict'; a[0] = 1; a[1] = 1"),
      ).to.deep.equal([ignored, ignored]);
      expect(reasons("a[0] = 1 /* @fams-ignore-file */")).to.deep.equal([undefined]);
      expect(reasons("// @fams-ignored\na[0] = 1")).to.deep.equal([undefined]);
      expect(reasons("const s = `\n// @fams-ignore\n`; a[0] = 1")).to.deep.equal([undefined]);
    });
  });

  describe(`what cannot be instrumented is named (${parser})`, () => {
    it("inside with", () => {
      const source = "var a;\nwith (o) {\n  a[0] = 1; (() => f()[0]++)() }\na[1] = 1";
      const { code, sites, diagnostics } = instrument(source, { filename: "case.cjs", parser });
      expect(diagnostics.map(({ code, line, column }) => [code, line, column])).to.deep.equal([
        ["FAMS2001", 3, 3],
        ["FAMS2001", 3, 20],
      ]);
      expect(sites.map((site) => site.instrumented)).to.deep.equal([false, false, true]);
      expect(code.split("\n").slice(1, 3)).to.deep.equal(source.split("\n").slice(1, 3));
    });

    it("inside with, though it looks like a view over a buffer of its own", () => {
      const source = "with (o) { const v = new Float64Array(3); v[0] = 1 }";
      expect(reasons(source, { filename: "case.cjs" })).to.deep.equal(["inside with"]);
    });

    it("around suspended operands beside direct eval", () => {
      const source =
        "function* g(s) {\n  eval(s); a()[0] += yield;\n  a()[1] += eval(s); a()[2] += 1; a()[3] = yield }";
      const { sites, diagnostics } = instrument(source, { filename: "case.cjs", parser });
      expect(diagnostics.map(({ code, line, column }) => [code, line, column])).to.deep.equal([
        ["FAMS2002", 2, 12],
        ["FAMS2002", 3, 3],
      ]);
      expect(sites.map((site) => site.instrumented)).to.deep.equal([false, false, true, true]);
    });
  });

  it(`every store is reported with its place and kind (${parser})`, () => {
    const source =
      "let a; a[0] = 1;\n  a[1] += 1, a[2] ??= 1;\r\n++a[3]; a[4]--;\u2028 [a[5]] = [];\rfor (a[6] of []);";
    const { sites } = instrument(source, { filename: "case.js", parser });
    expect(sites.map(({ kind, line, column }) => `${kind} ${line}:${column}`)).to.deep.equal([
      "assign 1:8",
      "compound 2:3",
      "logical 2:14",
      "prefix 3:1",
      "postfix 3:9",
      "pattern 4:3",
      "for-head 5:6",
    ]);
  });
}
