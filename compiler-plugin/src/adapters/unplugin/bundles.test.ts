/** What a bundle stores is marked, wherever in the bundle the store stands. */

import { expect } from "chai";
import { build, Folder, type Format, NAMES, type Name } from "../../../testing/bundlers.ts";

/** Stores by each `put` into a line of its own, and prints the lines that a verified msync committed, or its error. */
const main = (puts: Record<string, string>) => `
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Region } from "fams";
${Object.entries(puts)
  .map(([put, from]) => `import ${put} from ${JSON.stringify(from)};`)
  .join("\n")}

type Put = (view: Float64Array, index: number, value: number) => void;
const puts: unknown[] = [${Object.keys(puts).map((put) => put.replace(/[{}]/g, ""))}, (globalThis as any).putGlobally];

function main() {
  const folder = mkdtempSync(join(tmpdir(), "fams-bundled-"));
  const region = Region.openSync(join(folder, "r.fams"), { size: "64 KiB", durability: "process", verify: true });
  try {
    const view = new Float64Array(region.buffer);
    (puts.filter(Boolean) as Put[]).forEach((put, i) => put(view, i * 8, i + 1));
    region.msyncSync();
    return puts.filter(Boolean).length;
  } catch (error: any) {
    return error.code ?? error.stack;
  } finally {
    region.close();
    rmSync(folder, { recursive: true });
  }
}
console.log(JSON.stringify(main()));
`;

const MODULES = {
  "{ putTyped }": "./typed.ts",
  "{ putModule }": "./node_modules/a-module/index.js",
  "{ putDialect }": "./store.dialect.js",
};
const COMMONJS = { putCommonJs: "./node_modules/a-script/index.js" };
const VIRTUAL = { "{ putFromNowhere }": "virtual:store" };
const FILES = {
  "typed.ts": "export function putTyped(a: Float64Array, i: number, v: number) { a[i]! += v; }",
  "node_modules/a-module/package.json": '{ "type": "module" }',
  "node_modules/a-module/index.js":
    'import "./global.js"; export const putModule = (a, i, v) => { a[i] = v; };',
  "node_modules/a-module/global.js": "globalThis.putGlobally = (a, i, v) => { [a[i]] = [v]; };",
  "node_modules/a-script/package.json": "{}",
  "node_modules/a-script/index.js":
    "(function (root) { function put(a, i, v) { a[i] = v; }\n  if (typeof module === 'object') module.exports = put; else root.put = put; })(this);",
  "store.dialect.js": "export putDialect(a, i, v): a[i] = v\n",
};

/** Rollup reads CommonJS, and esbuild what no file holds, by plugins that are not here. */
const importsOf: Record<Name, Record<string, string>> = {
  vite: { ...MODULES, ...COMMONJS, ...VIRTUAL },
  rollup: { ...MODULES, ...VIRTUAL },
  webpack: { ...MODULES, ...COMMONJS },
  rspack: {
    ...MODULES,
    ...COMMONJS,
    "{ putData }": "data:text/javascript,export const putData=(a,i,v)=>{a[i]=v}",
  },
  esbuild: { "{ putTyped }": "./typed.ts", "{ putModule }": "./node_modules/a-module/index.js", ...COMMONJS },
};

describe("a bundle", function () {
  this.timeout("1m");
  for (const name of NAMES) {
    describe(`of ${name}`, () => {
      let folder: Folder;
      before(() => {
        folder = new Folder({ ...FILES, "main.ts": main(importsOf[name]) });
      });
      after(() => folder.remove());

      for (const format of ["module", "commonjs"] as Format[]) {
        it(`marks all its stores, as ${format}, in the barrier outside of it`, async () => {
          const { code, warnings } = await build(name, folder, { format });
          expect(warnings).to.deep.equal([]);
          expect(code).to.match(/\b(from|import|require\() ?["']fams\/barrier["']/);
          expect(code).not.to.include("class Tracker");
          expect(folder.run()).to.equal(Object.keys(importsOf[name]).length + 1);
        });
      }

      for (const [what, options] of Object.entries({
        exclude: { exclude: /a-module/ },
        include: { include: "**/typed.ts" },
      })) {
        it(`leaves alone what ${what} says`, async () => {
          await build(name, folder, options);
          expect(folder.run()).to.equal("ERR_FAMS_UNTRACKED");
        });
      }
    });
  }
});
