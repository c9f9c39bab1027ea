import { resolve } from "node:path";
import { expect } from "chai";
import { globToRegExp } from "./exclude.cts";

const CASES: [glob: string, matches: string[], others: string[]][] = [
  [
    "node_modules",
    ["/a/node_modules/x/y.js", "/node_modules/x.js"],
    ["/a/node_modules2/x.js", "/a/my_node_modules"],
  ],
  ["cjs", ["/a/node_modules/cjs/index.js", "/a/cjs"], ["/a/cjs.js"]],
  ["src/lib/", ["/a/src/lib/x.ts", "/src/lib"], ["/a/src/library/x.ts"]],
  ["*.test.ts", ["/a/b/x.test.ts"], ["/a/b/x.test.tsx", "/a/b/xtest.ts"]],
  ["/a/*/x.js", ["/a/b/x.js"], ["/a/b/c/x.js", "/b/a/b/x.js"]],
  ["/a/**/x.js", ["/a/x.js", "/a/b/c/x.js"], ["/a/bx.js"]],
  ["/a/**", ["/a/b", "/a/b/c"], ["/ab"]],
  ["x.{ts,js}", ["/a/x.ts", "/x.js"], ["/a/x.mts", "/a/x.{ts,js}"]],
  ["x?.js", ["/x1.js"], ["/x.js", "/x12.js"]],
  ["a+b(c)[d].$js", ["/x/a+b(c)[d].$js"], ["/x/aab(c)d.$js"]],
  ["a,b}", ["/a,b}"], ["/a"]],
  ["./src", [resolve("src/x.ts")], ["/elsewhere/src/x.ts"]],
];

describe("an exclusion", () => {
  for (const [glob, matches, others] of CASES) {
    it(`${glob} names what it should`, () => {
      const pattern = globToRegExp(glob);
      expect(matches.filter((path) => !pattern.test(path))).to.deep.equal([]);
      expect(others.filter((path) => pattern.test(path))).to.deep.equal([]);
    });
  }
});
