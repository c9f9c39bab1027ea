import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { instrument } from "@fams/compiler-plugin";
import { expect } from "chai";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Code of many hands: modules and scripts, sources and bundles, with types and without. */
const FOLDERS = [
  join(ROOT, "runtime/src"),
  ...["bitecs", "flatbush", "kdbush", "magic-string", "mnemonist", "semver"].map((name) =>
    join(ROOT, "node_modules", name),
  ),
];

const MAX_BYTES = 100_000;

function* sourcesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const skipped = /^(node_modules|fixtures?|examples|\..*)$/.test(entry.name);
    if (entry.isDirectory()) {
      if (!skipped) yield* sourcesIn(path);
    } else if (/(?<!\.d)\.[mc]?[jt]sx?$/.test(entry.name)) yield path;
  }
}

describe("both front ends", () => {
  it("rewrite real files alike, and what they write has its lines and can be read", () => {
    let stores = 0;
    for (const path of FOLDERS.flatMap((folder) => [...sourcesIn(folder)])) {
      const text = readFileSync(path, "utf8");
      if (text.length > MAX_BYTES) continue;
      const options = { filename: path, sourceMap: false };
      const swc = instrument(text, { ...options, parser: "swc" });
      const typescript = instrument(text, { ...options, parser: "typescript" });
      expect(typescript, path).to.deep.equal(swc);
      expect(swc.code.split("\n").length, path).to.equal(text.split("\n").length);
      if (swc.code !== text) instrument(swc.code.replaceAll("fams/barrier", "elsewhere"), options);
      stores += swc.sites.length;
    }
    expect(stores).to.be.greaterThan(500);
  }).timeout(120_000);

  /** Sources, and how many stores of each are instrumented: whatever can hold an expression or a target. */
  const FORMS: readonly [filename: string, source: string, stores: number][] = [
    [
      "a.cts",
      "for ((a as any)[0] of x); for (a![0] of x); for ((a[0] as any) of x); for (<any>a[0] in x);",
      4,
    ],
    ["a.cts", "(a[0] satisfies any) = 1; (<any>a[0])++; a[0]!--; [a[0]!, ...(a[1] as any)] = x;", 5],
    ["a.cts", "({ x: a[0]!, y: (a[1] as any) = 3, ...a[2]! } = x); (<number[]><any>a)[k as any] += 1;", 4],
    [
      "a.cts",
      "enum E { A = 1, B = (f()[A] = 2), C = f()[B]++ } namespace N { export let x = f()[0] = 1 }",
      3,
    ],
    ["a.cts", "@d(f()[0] = 1) class A { @d(f()[1]++) x = f()[2] = 1; @d() accessor z = f()[5] = 1 }", 4],
    ["a.cts", "class A { @d m(@d(f()[4] = 1) p) {} constructor(@d(f()[6] = 1) private q = f()[7]++) {} }", 3],
    ["a.cts", "import x = N.y; x[0] = 1; import r = require('r'); r[g()] += 1; export = a[0] = 1;", 3],
    ["a.tsx", "const x = <A b={f()[0] = 1} {...f()[1]++}>{f()[2] ??= 1}{...(f()[3] = [])}</A>", 4],
    ["a.mjs", "import.meta[0] = 1; import('x')[await 1] += 2; export default f()[0] = 1;", 3],
    [
      "a.cjs",
      "class A { static { f()[0] = 1 } static x = f()[0]++; [f()[0] = 1]() {} get [f()[2] = 1]() {} }",
      4,
    ],
    ["a.cjs", "class A extends (f()[0] = B) { m() { super[0] = 1; super[f()]++; [super[1]] = x } }", 4],
    ["a.cjs", "async () => { for await (f()[await 0] of g()); for await ([f()[0], ...f()[1]] of g()); }", 3],
    ["a.cjs", "function* g() { yield f()[yield] = yield; [f()[yield]] = yield; (yield)[yield] += yield }", 3],
    [
      "a.cjs",
      "x = (a, b = a[g()] = 1, c = () => f()[0] = 1, { d = f()[0]++ } = f()[1] = {}) => f()[2] = 1",
      5,
    ],
    [
      "a.cjs",
      "l: f()[0] = 1\nif (x) f()[0]++\nelse f()[1]--\ndo f()[0] = 1\nwhile (0)\nx\n++f()[0]\n--f()[1]",
      6,
    ],
    ["a.cjs", "a?.[f()[0] = 1]; (a?.b)[f()] = 1; (a?.b[0])[1] += 2; delete f()[g()[0] = 1]", 4],
    ["a.cjs", `\`\${f()[0] = 1}\`; tag\`\${f()[0] = 1}\`[0] = 2; throw f()[0] = 1`, 4],
    ["a.cjs", "({ __proto__: f()[0] = 1, [f()[1] = 2]: 3, async *[f()[3] = 4]() {}, ...f()[5] = 6 })", 4],
    [
      "a.cjs",
      "(a, b)[0] = 1; (a || b)[c, d]++; (a = b)[0] = 1; new A()[0] = 1; new A.b()[0]++; new (a[0] = B)",
      6,
    ],
    ["a.cjs", "var let_; async\n[0] = 1; get[0] = set[1] = of[2] = 1; yield\n[0] = 1; await\n[0] = 1", 6],
    ["a.cjs", "#!/usr/bin/env node\n'use strict'\n;f()[0] = 1", 1],
    [
      "a.cjs",
      "for (var x = a[0]++ in y); for (let i = f()[0] = 1; f()[1]++; f()[2] = 1); return f()[0] = 1",
      5,
    ],
    [
      "a.cjs",
      "try {} catch ({ x = f()[0] = 1 }) { f()[1] = 1 } finally { f()[2] = 1 } switch (a[0]++) { case a[1]++: }",
      5,
    ],
    ["a.cjs", "[a <!-- a comment in a script\n[0]] = x", 1],
  ];

  for (const [filename, source, stores] of FORMS) {
    it(`find every store of ${source}`, () => {
      const swc = instrument(source, { filename, parser: "swc" });
      expect(swc.sites.filter(({ instrumented }) => instrumented).length).to.equal(stores);
      expect(swc.diagnostics).to.deep.equal([]);
      instrument(swc.code.replaceAll("fams/barrier", "elsewhere"), { filename, parser: "swc" });
      if (source.includes("<!--")) return;
      expect(instrument(source, { filename, parser: "typescript" }).code).to.equal(swc.code);
    });
  }
});
