import { SourceMap } from "node:module";
import { InstrumentError, type Instrumented, instrument } from "@fams/compiler-plugin";
import { expect } from "chai";

const PARSERS = ["swc", "typescript"] as const;

/** Where the original has what stands at `offset` of the result; both from 0. */
function trace({ code, map }: Instrumented, offset: number): { line: number; column: number } {
  const before = code.slice(0, offset).split("\n");
  const payload = JSON.parse(String(map));
  const entry = new SourceMap(payload).findEntry(before.length - 1, (before.at(-1) as string).length);
  return {
    line: (entry as { originalLine: number }).originalLine,
    column: (entry as { originalColumn: number }).originalColumn,
  };
}

for (const parser of PARSERS) {
  describe(`instrument (${parser})`, () => {
    it("maps every token of a store to where it stood, and moves no line", () => {
      const source = `// é漢😀 \u{1F600}
let a = "漢", first, second, third;
a = [/* 😀 */ first]; a[second] = /* é */
  first +
  b()[third] ; // end
const f = (x) => g()[x] = third; (g() // call
  [first /* key */]) += second;
`;
      const result = instrument(source, { filename: "case.ts", parser });
      expect(result.code.split("\n").length).to.equal(source.split("\n").length);
      for (const [index, line] of source.split("\n").entries()) {
        for (const word of line.matchAll(/\b(first|third|const|g\(|b\(\)|x\))/g)) {
          const rewritten = result.code.split("\n").slice(0, index).join("\n").length + (index > 0 ? 1 : 0);
          const at = result.code.indexOf(word[0], rewritten);
          const found = trace(result, at);
          expect(found.line, `${word[0]} of line ${index + 1}`).to.equal(index);
          expect(line.slice(found.column), `${word[0]} of line ${index + 1}`).to.match(
            /^(first|third|const|g\(|b\(|x\))/,
          );
        }
      }
    });

    it("names the source in the map, and makes none on request or without change", () => {
      const options = { filename: "dir/case.ts", parser };
      const { map } = instrument("let a; a[0] = 1", options);
      expect(map).to.deep.include({ sources: ["dir/case.ts"], sourcesContent: ["let a; a[0] = 1"] });
      expect(instrument("let a; a[0] = 1", { ...options, sourceMap: false }).map).to.equal(null);
      expect(instrument("let a; a.x = [1]", options).map).to.equal(null);
    });

    it("reads every syntax that can stand around a store", () => {
      const sources: [filename: string, source: string][] = [
        ["a.tsx", "const x = <div a={a[0]++} {...(a[1] = 2)}>{b()[2] += 1}text = [1] {/* c */}</div>;"],
        ["a.jsx", "const x = <><a.b c:d='=' e={a[0]++} /></>; export default x;"],
        [
          "a.js",
          "const x = <p>{a[0] = 1}</p>; class A { accessor y = (f()[0] = 1); @d() z = 1; static #q = a[1]++; }",
        ],
        [
          "a.ts",
          "import t = require('t'); import type { U } from 'u'; export type V<T> = T extends U[0] ? 1 : 2; t[0] = 1; export = t;",
        ],
        [
          "a.ts",
          "export abstract class A<T> { declare x: T; protected abstract m?(): void; constructor(private readonly y = (f()[0] = 1)) {} [k: string]: any }",
        ],
        ["a.ts", "using x = f(); x[0] = 1; { await using y = f(); y[0] = 1 }"],
        ["a.mjs", "using x = f(); x[0] = 1; { await using y = f(); y[0] = 1 }"],
        [
          "a.ts",
          "const f = <T,>(x: T): x is T => !!(x[0] = 1); f<number>; const g = f<string>; (g satisfies any)[0] = 1;",
        ],
        [
          "a.ts",
          "declare global { interface W { a: number[] } } declare module 'x' { let y: number } export {}; a[0] = 1;",
        ],
        [
          "a.ts",
          "export default class extends f(a[0] = 1) implements B {} export * as n from 'n'; export { a as 'b c' } from 'm';",
        ],
        [
          "a.mjs",
          "import j from './j.json' with { type: 'json' }; import d, * as ns from 'd'; ns[0] = 1; d[0] += 1; export { j };",
        ],
        [
          "a.cjs",
          "a[0] = 010; var yield_, let_ = 1; label: for (var i in a) { if (a[i] = 1) continue label; } delete a[0]; return",
        ],
        [
          "a.cjs",
          "var async, of, get; async[0] = of[1] = get[2]; for (of of []); x = /[/]=[/]/g[0] = 1; a[0] = `$" +
            "{a[1] = `$" +
            "{b}`}`",
        ],
        [
          "a.cts",
          "export const enum E { A = 1 } function f(this: any, a?: number, ...b: any[]): asserts a { this[0] = a! }",
        ],
        [
          "a.js",
          "async function* f() { for await (a[0] of b) yield* (await c)[0] = yield; } { function g() {} } g[0] = 1",
        ],
        [
          "a.js",
          "var a = { __proto__: null, get [b[0] = 1]() { return 1 }, set x([y = c[0]++]) {}, async *m() {}, 'q': 1, 1n: 2 }; a?.b[0]; (a?.b)[0] = 1;",
        ],
      ];
      for (const [filename, source] of sources) {
        const { code, sites, diagnostics } = instrument(source, { filename, parser });
        expect(sites.filter((site) => site.instrumented).length, source).to.be.greaterThan(0);
        expect(diagnostics, source).to.deep.equal([]);
        const again = instrument(code.replaceAll("fams/barrier", "elsewhere"), { filename, parser });
        expect(again.code, "what was emitted can be parsed").to.be.a("string");
      }
    });

    it("leaves types and ambient declarations out of sight", () => {
      const source = `declare let a: { [k: string]: number }; declare class B { c: typeof d[0]; }
        declare enum F { G = 1 } declare namespace H { let i: number[] } interface J { k: K["l"] } type M = N[0];`;
      expect(instrument(source, { filename: "case.ts", parser }).sites).to.deep.equal([]);
    });

    it("needs no deep stack for long chains of operators", () => {
      const source = `let a, s = "x"${" + 'y'".repeat(20_000)}; a[0] = s`;
      expect(instrument(source, { filename: "case.js", parser }).sites).to.have.length(1);
    });

    it("gives syntax errors a code, the file, and the place", () => {
      for (const [source, line] of [
        ["let a;\n\n  a[0] = 1 1", 3],
        ["a[0] = ;", 1],
        ["\n'é😀'; a[0 = 1", 2],
      ] as const) {
        let thrown: unknown;
        try {
          instrument(source, { filename: "dir/broken.ts", parser });
        } catch (error) {
          thrown = error;
        }
        expect(thrown).to.be.instanceOf(InstrumentError);
        expect(thrown).to.include({ code: "ERR_FAMS_PARSE", filename: "dir/broken.ts", line });
        expect((thrown as InstrumentError).column).to.be.greaterThan(0);
        expect((thrown as InstrumentError).message).to.match(new RegExp(`^dir/broken\\.ts:${line}:\\d+: .`));
      }
    });
  });
}

describe("sloppy JavaScript that swc refuses", () => {
  const source = "if (a) function a() {}\na[0] = 1";

  it("is read with TypeScript", () => {
    expect(instrument(source, { filename: "a.js" }).sites).to.have.length(1);
  });

  it("is refused where swc was asked for, or TypeScript refuses it too", () => {
    const refused = [
      () => instrument(source, { filename: "a.js", parser: "swc" }),
      () => instrument("a[0] = ;", { filename: "a.js" }),
    ];
    for (const run of refused) expect(run).to.throw(InstrumentError).with.property("code", "ERR_FAMS_PARSE");
  });
});
