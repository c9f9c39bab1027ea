/** Stores of a loop, or in a row, that are marked by one range: what is rewritten, what is not, and that no changed byte goes unmarked. */

import { instrument } from "@fams/compiler-plugin";
import { expect } from "chai";

const BARRIER = 'const $f = require("fams/barrier"); ';
const UP = "-2147483648";
const DOWN = "2147483647";

/** Source, and the whole result behind the import of the barrier. */
const BATCHED: Record<string, [source: string, rewritten: string]> = {
  "a loop that counts up": [
    "function f(a, n) { for (let i = 0; i < n; i++) { a[i] = 1; } }",
    `function f(a, n) { let $fn, $fi; $fi = ${UP}; $fn = $f.o(a, a?.[$f.S]); try { for (let i = 0; i < n; i++) { a[$fi = i] = 1; } } finally { $f.c($fn, 0, $fi); } }`,
  ],
  "a loop that counts down, from anything": [
    "function f(a, n) { for (let i = n - 1; i >= 0; i -= 2) a[i]++ }",
    `function f(a, n) { let $fn, $fi, $fs; $fi = ${DOWN}; $fn = $f.o(a, a?.[$f.S]); try { for (let i = $fs = n - 1; i >= 0; i -= 2) a[$fi = i]++ } finally { $f.c($fn, $fi, $fs); } }`,
  ],
  "a counter that is set by an assignment, or before": [
    "function f(a, n, i) { for (n = 3, i = n; i < 9; ++i) a[i] += 1\nfor (; i < 20; i += 1) a[i] = 2 }",
    `function f(a, n, i) { let $fn, $fi, $fs, $fn1, $fi1, $fs1; $fi = ${UP}; $fn = $f.o(a, a?.[$f.S]); try { for (n = 3, i = $fs = n; i < 9; ++i) a[$fi = i] += 1 } finally { $f.c($fn, $fs, $fi); }\n$fs1 = i; $fi1 = ${UP}; $fn1 = $f.o(a, a?.[$f.S]); try { for (; i < 20; i += 1) a[$fi1 = i] = 2 } finally { $f.c($fn1, $fs1, $fi1); } }`,
  ],
  "two counters, and labels": [
    "function f(a, n) { x: for (let i = 1, j = n; i < n; i++, j--) { if (n === i) break x; a[j] = 1 } }",
    `function f(a, n) { let $fn, $fi, $fs; $fi = ${DOWN}; $fn = $f.o(a, a?.[$f.S]); try { x: for (let i = 1, j = $fs = n; i < n; i++, j--) { if (n === i) break x; a[$fi = j] = 1 } } finally { $f.c($fn, $fi, $fs); } }`,
  ],
  "keys that move steadily": [
    "function f(a, w, y) { for (let x = 0; x < w; x++) { a[y * w + x] = 1; a[2 * x] = a[7 - x] = 2 } }",
    `function f(a, w, y) { let $fn, $fi, $fi1, $fi2; $fi = ${UP}; $fi1 = ${UP}; $fi2 = ${DOWN}; $fn = $f.o(a, a?.[$f.S]); try { for (let x = 0; x < w; x++) { a[$fi = y * w + x] = 1; a[$fi1 = 2 * x] = a[$fi2 = 7 - x] = 2 } } finally { $f.m($fn, typeof y == "number" && typeof w == "number" && ((y * w) + 0), $fi); $f.m($fn, (2 * 0), $fi1); $f.c($fn, $fi2, (7 - 0)); } }`,
  ],
  "a first value that may be no number": [
    "function f(a, n, o) { for (let i = n; i < 9; i++) a[o + i] = 1 }",
    `function f(a, n, o) { let $fn, $fi, $fs; $fi = ${UP}; $fn = $f.o(a, a?.[$f.S]); try { for (let i = $fs = n; i < 9; i++) a[$fi = o + i] = 1 } finally { $f.c($fn, typeof $fs == "number" && typeof o == "number" && (o + $fs), $fi); } }`,
  ],
  "two receivers, one key noted once, in blocks": [
    "function f(a, b) { for (let i = 0; i < 9; i++) { { a[i] = 1 } if (i) a[0] = 3; b[i] = 2; a[i] += 1 } }",
    `function f(a, b) { let $fn, $fi, $ft, $fv, $fn1, $fi1; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); $fi = ${UP}; $fn = $f.o(a, a?.[$f.S]); try { $fi1 = ${UP}; $fn1 = $f.o(b, b?.[$f.S]); try { for (let i = 0; i < 9; i++) { { a[$fi = i] = 1 } if (i) a[0] = ($fv = 3, $ft === void 0 || $f.v(a, 0, $ft, $fv), $fv); b[$fi1 = i] = 2; a[i] += 1 } } finally { $f.c($fn1, 0, $fi1); } } finally { $f.c($fn, 0, $fi); } }`,
  ],
  "a loop in a loop, whose receiver's track is known": [
    "function f(a) { while (a[0]) { for (let i = 0; i < 9; i++) a[i] = Math.sin(i) } }",
    `function f(a) { let $ft, $fn, $fi; $ft = a?.[$f.S]; if ($ft === $f.F) $ft = $f.t(a); while (a[0]) { $fi = ${UP}; $fn = $f.o(a, $ft); try { for (let i = 0; i < 9; i++) a[$fi = i] = Math.sin(i) } finally { $f.c($fn, 0, $fi); } } }`,
  ],
  "stores in a row at constants": [
    "function f(a, b) { a[0] = b[0]\na[2] += b[1]\na[1]++\nreturn a }",
    "function f(a, b) { let $fn; $fn = $f.o(a, a?.[$f.S]); try { a[0] = b[0]\na[2] += b[1]\na[1]++ } finally { $f.c($fn, 0, 2); }\nreturn a }",
  ],
  "stores in a row around a name, into a constant of the code around": [
    "const b = g(); const f = (a, o) => { a[o] = 1; b[o + 1] = 1; b[o] = 2; b[o - 2] = 3 };",
    "const b = g(); const f = (a, o) => { let $fn; $fn = $f.o(b, b?.[$f.S]); try { a[o] = $f.v(a, o, a?.[$f.S], 1); b[o + 1] = 1; b[o] = 2; b[o - 2] = 3 } finally { $f.w($fn, o, -2, 1); } };",
  ],
  "two receivers in a row": [
    "function f(a, b) { a[0] = 1; b[0] = 1; a[1] = 1; b[1] = 1; a[2] = 1; b[2] = 1 }",
    "function f(a, b) { let $fn, $fn1; $fn = $f.o(a, a?.[$f.S]); try { $fn1 = $f.o(b, b?.[$f.S]); try { a[0] = 1; b[0] = 1; a[1] = 1; b[1] = 1; a[2] = 1; b[2] = 1 } finally { $f.c($fn1, 0, 2); } } finally { $f.c($fn, 0, 2); } }",
  ],
};

/** Sources of which no store goes into a batch: each is one of the above with what makes it unsafe, or wasteful. */
const REFUSED: Record<string, string> = {
  "a conditional store": "function f(a, u) { for (let i = 0; i < 9; i++) if (!u[i]) { a[i] = 1; break } }",
  "a conditional expression":
    "function f(a, u) { for (let i = 0; i < 9; i++) u ? a[i] = 1 : 2, u && (a[i] = 1) }",
  "a logical operator": "function f(a) { for (let i = 0; i < 9; i++) { a[i] ??= 1; a[i] &&= (a[i] = 2) } }",
  "a continue before it": "function f(a, u) { for (let i = 0; i < 9; i++) { if (u[i]) continue; a[i] = 1 } }",
  "a continue of a loop around":
    "function f(a, u) { x: for (;;) { for (let i = 0; i < 9; i++) { if (u[i]) continue x; a[i] = 1 } } }",
  "a labelled block":
    "function f(a, u) { for (let i = 0; i < 9; i++) { x: { if (u[i]) break x; a[i] = 1 } } }",
  "a try": "function f(a, u) { for (let i = 0; i < 9; i++) { try { u[i].x; a[i] = 1 } catch {} } }",
  "a switch": "function f(a, u) { for (let i = 0; i < 9; i++) { switch (u) { case 1: a[i] = 1 } } }",
  "a call": "function f(a, g) { for (let i = 0; i < 9; i++) a[i] = g(i) }",
  "a call in the head": "function f(a, g) { for (let i = 0; i < g(); i++) a[i] = 1 }",
  "a constructor or a tag":
    "function f(a, G) { for (let i = 0; i < 9; i++) a[i] = new G; for (let i = 0; i < 9; i++) a[i] = G`x` }",
  "an iterator": "function f(a, g) { for (let i = 0; i < 9; i++) { a[i] = 1; for (const x of g); } }",
  await: "async function f(a, g) { for (let i = 0; i < 9; i++) a[i] = await g }",
  yield: "function* f(a) { for (let i = 0; i < 9; i++) a[i] = yield }",
  "for await":
    "async function f(a, g) { for (let i = 0; i < 9; i++) { a[i] = 1; for await (const x of g); } }",
  "a loop that does not count":
    "function f(a, n) { let i = 0; while (i < n) a[i++] = 1; for (const i of n) a[i] = 1; for (; ; ) a[i] = 1 }",
  "a counter that the loop changes":
    "function f(a, n) { for (let i = 0; i < n; i++) { a[i] = 1; if (n) i += 2 } }",
  "a counter that the test changes": "function f(a, n) { for (let i = 0; i++ < n; i++) a[i] = 1 }",
  "a counter that is counted twice": "function f(a, n) { for (let i = 0; i < n; i++, i--) a[i] = 1 }",
  "a counter that is set twice": "function f(a, n, i) { for (i = 0, i = n; i < 9; i++) a[i] = 1 }",
  "a counter that begins nowhere": "function f(a) { for (var i; i < 9; i++) a[i] = 1 }",
  "a counter that a closure changes":
    "function f(a, g) { for (let i = 0; i < 9; i++) { a[i] = 1; g.x = () => i++ } }",
  "a counter that arguments reach":
    "function f(a, i) { for (i = 0; i < 9; i++) { a[i] = arguments[1] = 2 } }",
  "a counter of another function":
    "function f(a) { let i; return () => { for (i = 0; i < 9; i++) a[i] = 1 } }",
  "another variable by the counter's name":
    "function f(a) { for (let i = 0; i < 9; i++) { const i = 5; a[i] = 1 } }",
  "a step that is not known":
    "function f(a, s) { for (let i = 0; i < 9; i += s) a[i] = 1; for (let i = 1; i < 9; i *= 2) a[i] = 1 }",
  "steps beyond a line":
    "function f(a) { for (let i = 0; i < 99; i += 9) a[i] = 1; for (let i = 0; i < 99; i++) a[i * 16] = 1 }",
  "a key that does not move steadily":
    "function f(a, k) { for (let i = 0; i < 9; i++) { a[i & 3] = 1; a[i * i] = 2; a[k[i]] = 3; a[i << 1] = 4; a[i % 4] = 5 } }",
  "a key that stands still":
    "function f(a, k) { for (let i = 0; i < 9; i++) { a[0] = 1; a[k] = 2; a[i * 0] = 3 } }",
  "a key with a name that the loop changes":
    "function f(a, o) { for (let i = 0; i < 9; i++) { a[o + i] = 1; o = 3 } }",
  "a key with a name from elsewhere":
    "let o; function f(a) { for (let i = 0; i < 9; i++) { a[o + i] = 1; a[o2 + i] = 2 } }",
  "a key with a name of the head": "function f(a) { for (let i = 0, o = 5; i < 9; i++) a[o + i] = 1 }",
  "a receiver that the loop changes":
    "function f(a) { for (let i = 0; i < 9; i++) { a[i] = 1; a = a.next } }",
  "a receiver that is no name": "function f(a) { for (let i = 0; i < 9; i++) { a.b[i] = 1; this[i] = 1 } }",
  "a receiver from elsewhere": "const b = g(); function f() { for (let i = 0; i < 9; i++) b[i] = 1 }",
  "a loop that is no statement of a list": "function f(a) { if (a) for (let i = 0; i < 9; i++) a[i] = 1 }",
  "a loop in a case": "function f(a) { switch (a) { case 1: for (let i = 0; i < 9; i++) a[i] = 1 } }",
  "direct eval":
    "function f(a, x) { for (let i = 0; i < 9; i++) a[i] = 1; a[0] = 1; a[1] = 1; a[2] = 1; eval(x) }",
  "two stores in a row": "function f(a) { a[0] = 1; a[1] = 1 }",
  "stores in a row with something between": "function f(a, g) { a[0] = 1; a[1] = 1; g.x = 2; a[2] = 1 }",
  "stores in a row that call": "function f(a, g) { a[0] = 1; a[1] = g(); a[2] = 1 }",
  "stores in a row far apart": "function f(a) { a[0] = 1; a[9] = 1; a[18] = 1 }",
  "stores in a row at other keys":
    "function f(a, o, p) { a[o] = 1; a[p] = 1; a[o + p] = 1; a[1.5] = 2; a['0'] = 3; a[1 - o] = 4 }",
  "stores in a row into a variable of the code around":
    "let b = g(); function f() { b[0] = 1; b[1] = 1; b[2] = 1 } function h() { b = 1 }",
  "stores in a row of which one changes the key":
    "function f(a, o) { a[o] = 1; a[o + 1] = o++; a[o + 2] = 1 }",
  "stores in a row of which one changes the receiver": "function f(a) { a[0] = 1; a[1] = a = 5; a[2] = 1 }",
  "conditional stores in a row": "function f(a) { a[0] ??= 1; a[1] ||= 1; a[2] &&= 1 }",
  "stores in a row in a case": "function f(a) { switch (a) { case 1: a[0] = 1; a[1] = 1; a[2] = 1 } }",
  "stores in a row with yield": "function* f(a) { a[0] = 1; a[1] = yield; a[2] = 1 }",
};

for (const parser of ["swc", "typescript"] as const) {
  describe(`stores go into one batch (${parser}):`, () => {
    for (const [name, [source, rewritten]] of Object.entries(BATCHED)) {
      it(name, () => {
        const result = instrument(source, { filename: "case.cjs", parser });
        expect(result.code).to.equal(BARRIER + rewritten);
        expect(result.code.split("\n")).to.have.length(source.split("\n").length);
        const { sites } = instrument(source, { filename: "case.cjs", parser, optimise: false });
        expect(result.sites).to.deep.equal(sites);
      });
    }
  });

  describe(`stores are marked each for itself (${parser}):`, () => {
    for (const [name, source] of Object.entries(REFUSED)) {
      it(name, () => {
        const { code, sites } = instrument(source, { filename: "case.js", parser });
        expect(sites.some((site) => site.instrumented)).to.equal(true);
        expect(code).to.contain("$f.").and.not.to.contain("$f.o(");
      });
    }
  });
}
