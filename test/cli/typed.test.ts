/** With --typed, types tell which stores need no barrier; what they depend on decides whether the cache may be used. */

import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { type Project, projectWithCompiler, REGISTER, type } from "./project.ts";

const MAIN = `import type { Row } from "./row.ts";
function put(r: Row) { r.cells[0] = "a"; }
function fill(r: Row) { r.view[0] = 1; }
const instrumented = (f: Function) => /[$_](?:f|barrier\\w*)\\.v\\(/.test(String(f));
console.log(JSON.stringify([instrumented(put), instrumented(fill)]));
`;
const ROW = `import type { Cells } from "./cells.js";
export interface Row { cells: Cells; view: Float64Array }
`;
const CONFIG = JSON.stringify({
  compilerOptions: { strict: true, module: "nodenext", target: "es2022", types: [] },
});
const FILES = {
  "package.json": type("module"),
  "tsconfig.json": CONFIG,
  "main.ts": MAIN,
  "row.ts": ROW,
  "cells.d.ts": "export type Cells = string[];",
};

describe("--typed", function () {
  this.timeout("60s");

  it("leaves alone what types prove harmless, with a cold cache and a warm one", () => {
    const project = projectWithCompiler(FILES);
    expect(project.json(["main.ts"])).to.deep.equal([true, true]);
    for (let run = 0; run < 2; run++)
      expect(project.json(["--typed", "main.ts"])).to.deep.equal([false, true]);
    expect(project.json(["--typed", "--paranoid", "main.ts"])).to.deep.equal([true, true]);
    expect(project.json(["main.ts"])).to.deep.equal([true, true]);
  });

  it("starts without a compiler when the cache is warm", () => {
    const project = projectWithCompiler({ ...FILES, "show.cjs": "" });
    const loaded = `process.on("exit", () => console.error(Object.keys(require.cache).filter((p) => /typescript|swc[.]/.test(p)).length))`;
    project.write("show.cjs", loaded);
    const compilers = () => project.run(["-r", "./show.cjs", "--typed", "main.ts"]).stderr;
    compilers();
    expect(compilers()).to.equal("0\n");
  });

  for (const [what, change] of [
    [
      "a type in another file changes",
      (project: Project) => project.write("row.ts", ROW.replace("Cells;", "any;")),
    ],
    [
      "a new file is found in the place of another",
      (project: Project) => project.write("cells.ts", "export type Cells = any;"),
    ],
    [
      "tsconfig.json changes",
      (project: Project) =>
        project.write("tsconfig.json", CONFIG.replace('"strict"', '"noLib":true,"strict"')),
    ],
  ] as const) {
    it(`asks again when ${what}`, () => {
      const project = projectWithCompiler(FILES);
      expect(project.json(["--typed", "main.ts"])).to.deep.equal([false, true]);
      change(project);
      expect(project.json(["--typed", "main.ts"])).to.deep.equal([true, true]);
    });
  }

  it("reaches workers, forks, files outside of tsconfig.json, and CommonJS", () => {
    const common = MAIN.replace(
      "console.log(",
      "require('node:worker_threads').parentPort.postMessage(",
    ).replace("import type", "import type {} from './row.ts'; import type");
    const project = projectWithCompiler({
      ...FILES,
      "tsconfig.json": CONFIG.replace("{", '{ "files": ["row.ts"], '),
      "worker.cts": common,
      "start.ts": `import { Worker } from "node:worker_threads"; import { fork } from "node:child_process";
        new Worker(new URL("./worker.cts", import.meta.url)).once("message", (text) => {
          console.log(text);
          fork("./main.ts");
        });`,
    });
    for (let run = 0; run < 2; run++) {
      const { stdout, stderr } = project.run(["--typed", "start.ts"]);
      expect({ stdout, stderr }).to.deep.equal({ stdout: "[false,true]\n[false,true]\n", stderr: "" });
    }
  });

  it("is an option of the environment where no command line is", () => {
    const project = projectWithCompiler(FILES);
    const { stdout } = project.node(["--import", pathToFileURL(REGISTER).href, "main.ts"], {
      env: { FAMS_OPTIONS: "--typed" },
    });
    expect(stdout).to.equal("[false,true]\n");
  });

  it("says that there is no tsconfig.json, or that it is wrong", () => {
    const { "tsconfig.json": _, ...files } = FILES;
    const project = projectWithCompiler(files);
    const missing = project.run(["--typed", "main.ts"]);
    expect(missing).to.include({ status: 2, stdout: "" });
    expect(missing.stderr).to.match(
      /^fams-run: There is no tsconfig.json beside or above main[.]ts .*npx tsc --init/,
    );
    project.write("tsconfig.json", '{ "compilerOptions": { "targget": "es2022" } }');
    const wrong = project.run(["--typed", "main.ts"]);
    expect(wrong.status).to.equal(1);
    expect(wrong.stderr).to.include(project.path("tsconfig.json")).and.include("targget");
  });
});
