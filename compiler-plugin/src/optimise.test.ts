import { instrument } from "@fams/compiler-plugin";
import { expect } from "chai";

const BARRIER = 'const $f = require("fams/barrier"); ';

/** Source, and the whole result behind the import of the barrier. */
const SETTLED: Record<string, [source: string, rewritten: string]> = {
  "of a parameter": [
    "function f(a, k, n) { for (let i = 0; i < n; i++) { a[k[i]] = 1; } }",
    "function f(a, k, n) { let $fk, $ft; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); for (let i = 0; i < n; i++) { a[$fk = k[i]] = $f.v(a, $fk, $ft, 1); } }",
  ],
  "in a loop without a block, after a line without semicolon": [
    "function f(a, n) { n\n  while (n--) a[n]++\n}",
    "function f(a, n) { let $ft; n\n  $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); while (n--) a[$f.k(a, n, $ft)]++\n}",
  ],
  "for every operator, of all sites together": [
    "const f = (a, i) => { do { a[i] += 1; a[i] ??= 2; --a[0] } while (i--) for (;;) a[0] = 1 };",
    "const f = (a, i) => { let $ft, $fv, $ft1; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); do { a[i] += ($fv = 1, $ft === void 0 || $f.v(a, i, $ft, $fv), $fv); a[i] ??= ($fv = 2, $ft === void 0 || $f.v(a, i, $ft, $fv), $fv); --a[$f.k(a, 0, $ft)] } while (i--) $ft1 = a?.[$f.S]; if ($ft1 === $f.F) $ft1 = $f.t(a); for (;;) a[0] = ($fv = 1, $ft1 === void 0 || $f.v(a, 0, $ft1, $fv), $fv) };",
  ],
  "before the labels": [
    "function f(a) { x: y: for (const i of [1]) { a[i] = 1; continue x } }",
    "function f(a) { let $ft, $fv; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); x: y: for (const i of [1]) { a[i] = ($fv = 1, $ft === void 0 || $f.v(a, i, $ft, $fv), $fv); continue x } }",
  ],
  "before the outermost loop that leaves the receiver alone": [
    "function f(a) { let b; for (const c of a) { b = c; for (;;) for (const i in c) { a[i] = 1; b[i] = 1; c[i] = 1 } } }",
    "function f(a) { let $ft, $fv, $ft1, $ft2; let b; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); for (const c of a) { b = c; $ft1 = b?.[$f.S]; if ($ft1 === $f.F) $ft1 = $f.t(b); $ft2 = c?.[$f.S]; if ($ft2 === $f.F) $ft2 = $f.t(c); for (;;) for (const i in c) { a[i] = ($fv = 1, $ft === void 0 || $f.v(a, i, $ft, $fv), $fv); b[i] = ($fv = 1, $ft1 === void 0 || $f.v(b, i, $ft1, $fv), $fv); c[i] = ($fv = 1, $ft2 === void 0 || $f.v(c, i, $ft2, $fv), $fv) } } }",
  ],
  "in the update of a head, and under a cast": [
    "function f(a, i) { for (; i < 9; a[i] = 1) (a)[i++] = 2 }",
    "function f(a, i) { let $ft, $fv, $fk; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); for (; i < 9; a[i] = ($fv = 1, $ft === void 0 || $f.v(a, i, $ft, $fv), $fv)) (a)[$fk = i++] = $f.v(a, $fk, $ft, 2) }",
  ],
  "of an exported constant, and of what another module exports by the name": [
    "export const a = g(); let b = g(); export { b as c } from 'x'; for (const i of b) { a[i] = b; b[i]++ }",
    "let $ft, $fv, $ft1; export const a = g(); let b = g(); export { b as c } from 'x'; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); $ft1 = b?.[$f.S]; if ($ft1 === $f.F) $ft1 = $f.t(b); for (const i of b) { a[i] = ($fv = b, $ft === void 0 || $f.v(a, i, $ft, $fv), $fv); b[$f.k(b, i, $ft1)]++ }",
  ],
  "at the top level, from the first line on": [
    "let b = g(); for (const i of b) b[i] = 1",
    "let $ft, $fv; let b = g(); $ft = b?.[$f.S]; if ($ft === $f.F) $ft = $f.t(b); for (const i of b) b[i] = ($fv = 1, $ft === void 0 || $f.v(b, i, $ft, $fv), $fv)",
  ],
  "asking first only where the key stays as it is, and the value takes no name": [
    "function f(a, n, g) { while (n) { a[n] = n--; a[g] = g; a[h] = 1; a[n] = () => 1; a[n] += class {}; a[0] = a[1] = n } }",
    "function f(a, n, g) { let $ft, $fv, $fk; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); while (n) { a[n] = $f.v(a, n, $ft, n--); a[g] = ($fv = g, $ft === void 0 || $f.v(a, g, $ft, $fv), $fv); a[$fk = h] = $f.v(a, $fk, $ft, 1); a[n] = $f.v(a, n, $ft, () => 1); a[n] += $f.v(a, n, $ft, class {}); a[0] = ($fv = a[1] = ($fv = n, $ft === void 0 || $f.v(a, 1, $ft, $fv), $fv), $ft === void 0 || $f.v(a, 0, $ft, $fv), $fv) } }",
  ],
  "in async functions and generators": [
    "async function* f(a) { for await (const x of a) a[0] = yield x }",
    "async function* f(a) { let $ft, $fv; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); for await (const x of a) a[0] = ($fv = yield x, $ft === void 0 || $f.v(a, 0, $ft, $fv), $fv) }",
  ],
  "of a var that is assigned outside the loop": [
    "function f() { { var a = g() } while (h()) { a[0] = 1 } a = 1 }",
    "function f() { let $ft, $fv; { var a = g() } $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); while (h()) { a[0] = ($fv = 1, $ft === void 0 || $f.v(a, 0, $ft, $fv), $fv) } a = 1 }",
  ],
};

const LOOP = "for (;;) { a[0] = 1 }";

/** Sources whose stores read the track of `a` each for itself. */
const REFUSED: Record<string, string> = {
  "no loop": "function f(a) { a[0] = 1 }",
  "a loop that is no statement of a list": `function f(a) { if (a) ${LOOP} else ${LOOP} }`,
  "a loop in a case": `function f(a) { switch (a) { case 1: ${LOOP} } }`,
  "an assignment in the loop": "function f(a) { for (;;) { a[0] = 1; a = g() } }",
  "an update in the loop": "function f(a) { for (;;) { a[0] = 1; a++ } }",
  "an assignment by a pattern": "function f(a) { for (;;) { a[0] = 1; [{ a }] = g() } }",
  "an assignment in the head": "function f(a) { for (; (a = g()); ) a[0] = 1 }",
  "an assignment by the head": "function f(a) { for (a of g()) a[0] = 1 }",
  "a binding of the head": "function f(a) { for (let a of g()) a[0] = 1; for (let a = g(); ; ) a[0] = 1 }",
  "a var of the head": "function f() { for (var a of g()) a[0] = 1 }",
  "a declaration in the loop": "function f() { for (;;) { let a = g(); a[0] = 1 } }",
  "a var declared in the loop": "function f() { for (;;) { var a = g(); a[0] = 1 } }",
  "a shadow in the loop": "function f(a) { for (;;) { const a = g(); a[0] = 1 } }",
  "a let declared after the loop": `function f() { ${LOOP} let a = g() }`,
  "a let that a case skips": `function f(x) { switch (x) { case 0: let a = g(); break; default: { ${LOOP} } } }`,
  "an assignment in a closure": `function f(a) { ${LOOP} return () => { a = 1 } }`,
  "an assignment in a class field": `function f(a) { ${LOOP} return class { x = (a = 1) } }`,
  "a store in a closure": "function f(a) { for (;;) g(() => { a[0] = 1 }) }",
  "a variable of another function": `function f(a) { return () => { ${LOOP} } }`,
  "a parameter that arguments reach": `function f(a) { ${LOOP} g(arguments) }`,
  "a parameter and var that arguments reach": `function f(a) { var a; ${LOOP} g(arguments) }`,
  "a function in a sloppy block of the loop":
    "function f() { var a = g(); for (;;) { a[0] = 1; { function a() {} } } }",
  "a catch parameter": `function f() { try { g() } catch (a) { ${LOOP} } }`,
  "a function or class": `function f() { function a() {} ${LOOP} } function h() { class a {} ${LOOP} }`,
  "an import": `import a from "a"; ${LOOP}`,
  "an exported variable, which is a property in CommonJS": `export let a = g(); ${LOOP}`,
  "a variable that is exported by name": `var a = g(); export { b, a as c }; let b = 1; ${LOOP}`,
  "a global": LOOP,
  "a name that CommonJS binds": "for (;;) exports[0] = 1",
  "direct eval": `function f(a) { ${LOOP} } function h() { "use strict"; eval(x) }`,
  "the statement let on the line before": `function f(a) { let\n${LOOP} }`,
  "patterns and heads": "function f(a) { for (;;) { [a[0]] = g(); for (a[0] of g()) ; } }",
  "a receiver that is no name": "function f(a) { for (;;) { a.b[0] = 1; this[0] = 1 } }",
};

for (const parser of ["swc", "typescript"] as const) {
  describe(`a loop settles the track of its receiver once (${parser})`, () => {
    for (const [name, [source, rewritten]] of Object.entries(SETTLED)) {
      it(name, () => {
        const result = instrument(source, { filename: "case.cjs", parser });
        expect(result.code).to.equal(BARRIER + rewritten);
        expect(result.sites).to.deep.equal(
          instrument(source, { filename: "case.cjs", parser, optimise: false }).sites,
        );
      });
    }

    it("unless it is told not to", () => {
      const options = { filename: "case.cjs", parser, optimise: false };
      for (const [source] of Object.values(SETTLED)) {
        expect(instrument(source, options).code).to.contain("?.[$f.S]").and.not.to.contain("$ft");
      }
    });

    it("under another name where the file uses the reserved one", () => {
      const source = "function f($ft) { for (;;) $ft[0] = 1 }";
      expect(instrument(source, { filename: "case.cjs", parser }).code).to.contain("$f1t = $f1.t($ft);");
    });
  });

  describe(`each store reads the track for itself (${parser})`, () => {
    for (const [name, source] of Object.entries(REFUSED)) {
      // swc reads `let` as the start of a declaration.
      if (parser === "swc" && name.startsWith("the statement let")) continue;
      it(`with ${name}`, () => {
        const options = { filename: "case.js", parser };
        const { code, sites } = instrument(source, options);
        expect(sites.some((site) => site.instrumented)).to.equal(true);
        expect(code)
          .to.contain("$f.")
          .and.equal(instrument(source, { ...options, optimise: false }).code);
      });
    }
  });
}
