import { spawnSync } from "node:child_process";
import { expect } from "chai";
import { ProjectFolder } from "../../testing/project-folder.ts";

const TSCONFIG = { compilerOptions: { target: "ES2022", sourceMap: true, strict: true } };
const STORE = "(a: Int8Array, i: number): never => { a[i] = 1; throw new Error(String(i)); }";

/** Runs a script through swc-node and gives what it prints as JSON. */
function run(files: Record<string, unknown>, flag: "--import" | "--require", script: string): unknown {
  using folder = new ProjectFolder({ "tsconfig.json": TSCONFIG, ...files });
  const args = [flag, "@fams/compiler-plugin/swc-node", script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder.path, encoding: "utf8" });
  const line = /^\{.*\}$/m.exec(stdout);
  if (line === null) throw new Error(stdout + stderr);
  return JSON.parse(line[0].replaceAll(folder.path, "").replaceAll("file://", ""));
}

/** @param main an expression that is printed, too */
const reportOf = (main = "undefined") => `
function report(store) {
  try { store(new Int8Array(9), 1) } catch (error) {
    return { instrumented: String(store).includes("$f.v("), place: /\\(([^()]*)\\)/.exec(error.stack.split("\\n")[1])[1] };
  }
}
console.log(JSON.stringify({ ...report(put), main: ${main} }));`;

describe("swc-node", function () {
  this.timeout("1m");
  const place = `:1:${`export const put = ${STORE}`.indexOf("new Error") + 1}`;

  it("instruments ES modules and CommonJS, written in TypeScript and JavaScript", () => {
    const main = `import { put } from "./put.mts"; ${reportOf()}`;
    expect(
      run({ "main.mts": main, "put.mts": `export const put = ${STORE};` }, "--import", "main.mts"),
    ).to.deep.equal({ instrumented: true, place: `/put.mts${place}` });
    const common = `const { put } = require("./put.cts"); ${reportOf("require.main === module")}`;
    for (const flag of ["--import", "--require"] as const) {
      const files = { "main.cjs": common, "put.cts": `export const put = ${STORE};` };
      expect(run(files, flag, "main.cjs")).to.deep.equal({
        ...{ instrumented: true, place: `/put.cts${place}`, main: true },
      });
    }
  });

  it("instruments installed packages, imported and required, and leaves fams alone", () => {
    const main = `import { createRequire } from "node:module";
import KDBush from "kdbush";
import { v } from "fams/barrier";
const require = createRequire(import.meta.url);
const { default: required } = require("kdbush");
const mnemonist = require("mnemonist/vector.js");
console.log(JSON.stringify({
  same: required === KDBush,
  esm: String(KDBush).includes("$f.v("),
  cjs: String(mnemonist.prototype.set).includes("$f.v("),
  own: String(v).includes("$f"),
}));`;
    expect(run({ "main.mjs": main }, "--import", "main.mjs")).to.deep.equal({
      ...{ same: true, esm: true, cjs: true, own: false },
    });
  });
});
