import { instrument } from "@fams/compiler-plugin";
import { expect } from "chai";

const BARRIER = 'const $f = require("fams/barrier"); ';
const STORE = "($a, $k, $v) => { $a[$k] = $f.v($a, $k, $a?.[$f.S], $v); }";
const DECLARED = "let a, b, i, v; ";

/** Source, and what becomes of it behind the import of the barrier. */
const REWRITES: Record<string, [source: string, rewritten: string]> = {
  "names are named again": ["a[i] = v", "a[i] = $f.v(a, i, a?.[$f.S], v)"],
  "this and literals are named again": [
    "this[0] = v; a['1'] = v; a[-1] = v; a[2n] = v",
    "this[0] = $f.v(this, 0, this?.[$f.S], v); a['1'] = $f.v(a, \"1\", a?.[$f.S], v); a[-1] = $f.v(a, -1, a?.[$f.S], v); a[2n] = $f.v(a, 2n, a?.[$f.S], v)",
  ],
  "compound and logical operators stay": [
    "a[i] += v; a[i] ??= v",
    "a[i] += $f.v(a, i, a?.[$f.S], v); a[i] ??= $f.v(a, i, a?.[$f.S], v)",
  ],
  "updates mark through their key": [
    "a[i]++; --a[i + 1]",
    "a[$f.k(a, i, a?.[$f.S])]++; --a[$f.k(a, i + 1, a?.[$f.S])]",
  ],
  "stores nest": ["a[i] = b[i] = v", "a[i] = $f.v(a, i, a?.[$f.S], b[i] = $f.v(b, i, b?.[$f.S], v))"],
  "type wrappers stay around the target": [
    "(a as any)[i] = v; (a[i] as any) = v; a![i]! += v",
    "(a as any)[i] = $f.v(a, i, a?.[$f.S], v); (a[i] as any) = $f.v(a, i, a?.[$f.S], v); a![i]! += $f.v(a, i, a?.[$f.S], v)",
  ],
  "patterns store through references": [
    "[a[i], { x: b[0] = v }] = v",
    `[$f.r(a, i, ${STORE}).v, { x: $f.r(b, 0, ${STORE}).v = v }] = v`,
  ],
  "loop heads store through references": ["for (a[i] of v);", `for ($f.r(a, i, ${STORE}).v of v);`],
  "super marks this": [
    "class A { m() { super[i] = v; [super[0]] = v } }",
    `class A { m() { super[i] = $f.v(this, i, this?.[$f.S], v); [$f.r(this, 0, ${STORE.replace("$a[$k]", "super[$k]")}).v] = v } }`,
  ],
};

/** Source and whole result, where temporaries are declared. */
const TEMPORARIES: Record<string, [source: string, rewritten: string]> = {
  "a call is evaluated once": [
    "function f() { return g()[i()] = v }",
    "function f() { let $fb, $fk; return ($fb = g())[$fk = i()] = $f.v($fb, $fk, $fb?.[$f.S], v) }",
  ],
  "a statement never starts with a parenthesis it did not have": [
    "const f = () => {\n  g\n  h()[0] = v\n}",
    "const f = () => {\n  let $fb; g\n  $fb = h(), $fb[0] = $f.v($fb, 0, $fb?.[$f.S], v)\n}",
  ],
  "an arrow gets a block": [
    "const f = () => g()[0] = v",
    "const f = () => { let $fb; return ($fb = g())[0] = $f.v($fb, 0, $fb?.[$f.S], v); }",
  ],
  "a parameter gets a reference, or an arrow of its own": [
    "function f(x = g()[0] = 1, y = g()[0]++) {}",
    `function f(x = $f.r(g(), 0, ${STORE}).v = 1, y = (() => { let $fb; return ($fb = g())[$f.k($fb, 0, $fb?.[$f.S])]++; })()) {}`,
  ],
  "a global may be a getter": [
    "function f() { return global[0] = 1 }",
    "function f() { let $fb; return ($fb = global)[0] = $f.v($fb, 0, $fb?.[$f.S], 1) }",
  ],
  "a key that holds a site has its own temporaries": [
    "function f() { return g()[h()[0] = 1] = 2 }",
    "function f() { let $fb, $fk, $fb1; return ($fb = g())[$fk = ($fb1 = h())[0] = $f.v($fb1, 0, $fb1?.[$f.S], 1)] = $f.v($fb, $fk, $fb?.[$f.S], 2) }",
  ],
  "what a closure assigns is not named after a getter may have run": [
    "function f(a) { a[0] += () => { a = 1 }; a[1] = 1 }",
    "function f(a) { let $fb; $fb = a, $fb[0] += $f.v($fb, 0, $fb?.[$f.S], () => { a = 1 }); a[1] = $f.v(a, 1, a?.[$f.S], 1) }",
  ],
  "nor what another function may assign while an operand is suspended": [
    "let a; async function f() { a[await g()] = 1; a[0] = 1 } a = 1",
    "let a; async function f() { let $fb, $fk; $fb = a, $fb[$fk = await g()] = $f.v($fb, $fk, $fb?.[$f.S], 1); a[0] = $f.v(a, 0, a?.[$f.S], 1) } a = 1",
  ],
  "what arguments may alias neither": [
    "function f(a) { a[0] += 1; g(arguments) }",
    "function f(a) { let $fb; $fb = a, $fb[0] += $f.v($fb, 0, $fb?.[$f.S], 1); g(arguments) }",
  ],
  "nor a var or function that is a parameter, too": [
    "function f(a) { var a; a[(arguments[0] = v, 0)] = 1 } function h(a) { a[0] += 1; function a() {} arguments }",
    "function f(a) { let $fb, $fk; var a; $fb = a, $fb[$fk = (arguments[0] = $f.v(arguments, 0, arguments?.[$f.S], v), 0)] = $f.v($fb, $fk, $fb?.[$f.S], 1) } function h(a) { let $fb; $fb = a, $fb[0] += $f.v($fb, 0, $fb?.[$f.S], 1); function a() {} arguments }",
  ],
  "nor anything that direct eval may reach, in parentheses or not": [
    "function f(a) { (eval)(v); a[(g(), 0)] = 1 }",
    "function f(a) { (eval)(v); $f.r(a, (g(), 0), ($a, $k, $v) => { $a[$k] = $f.v($a, $k, $a?.[$f.S], $v); }).v = 1 }",
  ],
  "the subject of a switch does not see the names of its cases": [
    "function f() { let a; switch (a[g()] = 1) { case 0: let a = 1 } function h() { a = 1 } }",
    "function f() { let $fb, $fk; let a; switch (($fb = a)[$fk = g()] = $f.v($fb, $fk, $fb?.[$f.S], 1)) { case 0: let a = 1 } function h() { a = 1 } }",
  ],
  "a loop variable is, when only its own function assigns it": [
    "function f(a) { for (let i = 0; i < 9; i++) a[i] += 1 }",
    "function f(a) { for (let i = 0; i < 9; i++) a[i] += $f.v(a, i, a?.[$f.S], 1) }",
  ],
  "temporaries follow the directives": [
    'function f() { "use strict"; "use other"\n  g()[0] = 1 }',
    'function f() { "use strict"; "use other"\n  let $fb; $fb = g(), $fb[0] = $f.v($fb, 0, $fb?.[$f.S], 1) }',
  ],
};

const PARSERS = ["swc", "typescript"] as const;

describe("each form of store is rewritten in place", () => {
  for (const parser of PARSERS) {
    for (const [name, [source, rewritten]] of Object.entries(REWRITES)) {
      it(`${name} (${parser})`, () => {
        const { code, diagnostics } = instrument(DECLARED + source, {
          filename: "case.cts",
          parser,
          optimise: false,
        });
        expect(code).to.equal(BARRIER + DECLARED + rewritten);
        expect(diagnostics).to.deep.equal([]);
      });
    }
    for (const [name, [source, rewritten]] of Object.entries(TEMPORARIES)) {
      it(`${name} (${parser})`, () => {
        expect(
          instrument(`let v; ${source}`, { filename: "case.cjs", parser, optimise: false }).code,
        ).to.equal(`${BARRIER}let v; ${rewritten}`);
      });
    }
  }
});

describe("the barrier is imported as the file is loaded", () => {
  const first = (source: string, options: object) =>
    instrument(source, { filename: "x.ts", ...options }).code.split("a[0]")[0];

  for (const parser of PARSERS) {
    it(`by import where the syntax or the name says module (${parser})`, () => {
      const statement = 'import * as $f from "fams/barrier"; ';
      expect(first("import a from 'a'; a[0] = 1", { parser })).to.equal(`${statement}import a from 'a'; `);
      expect(first("const a = await f(); a[0] = 1", { parser })).to.equal(
        `${statement}const a = await f(); `,
      );
      expect(first("let a = import.meta.a; a[0] = 1", { parser })).to.equal(
        `${statement}let a = import.meta.a; `,
      );
      expect(first("let a; a[0] = 1", { parser, filename: "x.mts" })).to.equal(`${statement}let a; `);
      expect(first("let a; a[0] = 1", { parser, format: "module" })).to.equal(`${statement}let a; `);
    });

    it(`by require everywhere else, from the module that the options name (${parser})`, () => {
      expect(first("let a; a[0] = 1", { parser })).to.equal(`${BARRIER}let a; `);
      expect(first("let a; a[0] = 1; return", { parser, filename: "x.js" })).to.equal(`${BARRIER}let a; `);
      expect(first("export let a; a[0] = 1", { parser, format: "commonjs" })).to.equal(
        `${BARRIER}export let a; `,
      );
      expect(first("let a; a[0] = 1", { parser, runtime: "/b.cjs" })).to.equal(
        'const $f = require("/b.cjs"); let a; ',
      );
    });

    it(`after hashbang, byte order mark and directives, on the line of the next token (${parser})`, () => {
      expect(first("#!/usr/bin/env node\n'use strict' // why\n\n  let a; a[0] = 1", { parser })).to.equal(
        `#!/usr/bin/env node\n'use strict' // why\n\n  ${BARRIER}let a; `,
      );
      expect(first("\uFEFF'use client'\nlet a; a[0] = 1", { parser })).to.equal(
        `'use client'\n${BARRIER}let a; `,
      );
      expect(first("let x = 1;\n@d class A { m(a) { a[0] = 1 } }", { parser })).to.contain(`${BARRIER}let x`);
      expect(first("@d export class A { m(a) { a[0] = 1 } }", { parser })).to.contain("; @d export class");
    });

    it(`under another name where the file uses the reserved one (${parser})`, () => {
      const code = (source: string) => instrument(source, { filename: "x.js", parser }).code;
      expect(code("let $f, a; a[0] = 1")).to.contain("const $f1 = require").and.to.contain("= $f1.v(");
      expect(code("let $fb, $f1k2, a; a[0] = 1")).to.contain("const $f2 = require");
      expect(code("let \\u0024f, a; a[0] = 1")).to.contain("const $f1 = require");
      expect(code("let \\u{24}\\u{000066}, a; a[0] = 1")).to.contain("const $f1 = require");
      expect(code("let $foo, a; a[0] = 1")).to.contain("const $f = require");
    });

    it(`not at all where nothing is to be done (${parser})`, () => {
      const sources = [
        "let a = [1], b = a[0]; a.x = 1; a.x++; class A { #p = a[0]; m() { this.#p = 1 } }",
        "let a = 1; const { [a]: b } = {}; for (const c of []) ;",
        "import * as $f from 'fams/barrier'; let a; a[0] = $f.v(a, 0, a?.[$f.S], 1)",
        "const x = require('fams/barrier'); let a; a[0] = 1",
        "\uFEFFlet a = [1], b = { c: a[0] }",
        "type A = B['c']; interface D { [k: string]: number } declare const e: number[]; declare function f(x: any): any",
      ];
      for (const source of sources) {
        const result = instrument(source, { filename: "x.ts", parser });
        expect(result).to.deep.equal({ code: source, map: null, sites: [], diagnostics: [] });
      }
    });

    it(`once only: instrumented code stays as it is (${parser})`, () => {
      for (const filename of ["x.mts", "x.cts"]) {
        const once = instrument("let a; a[0] = 1; f()[1]++", { filename, parser }).code;
        expect(instrument(once, { filename, parser }).code).to.equal(once);
      }
    });
  }
});
