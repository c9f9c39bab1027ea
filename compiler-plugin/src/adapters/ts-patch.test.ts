import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { expect } from "chai";
import { ProjectFolder } from "../../testing/project-folder.ts";

const TSPC = createRequire(import.meta.url).resolve("ts-patch/bin/tspc.js");
const PLUGIN = { transform: "@fams/compiler-plugin/ts-patch", transformProgram: true };

function tspc(folder: ProjectFolder, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TSPC, ...args], {
    cwd: folder.path,
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

const settings = (more: object, ...plugins: object[]) => ({
  compilerOptions: { target: "ES2022", module: "NodeNext", types: [], strict: true, plugins, ...more },
});

describe("tsc through ts-patch", function () {
  this.timeout("1m");

  it("emits again what a type in another file has changed", () => {
    const harmless = "export class A { #own = 1; [key: number]: number }";
    using folder = new ProjectFolder({
      "tsconfig.json": settings({ incremental: true }, PLUGIN),
      "a.mts": harmless,
      "b.mts": 'import type { A } from "./a.mjs"; export const f = (a: A) => { a[0] = 1; };',
    });
    expect(tspc(folder)).to.deep.equal({ status: 0, output: "" });
    expect(folder.read("b.mjs")).to.not.include("$f");
    folder.write("b.mjs", "kept");
    expect(tspc(folder).status).to.equal(0);
    expect(folder.read("b.mjs")).to.equal("kept");
    folder.write("a.mts", harmless.replace("#own = 1;", ""));
    expect(tspc(folder).status).to.equal(0);
    expect(folder.read("b.mjs")).to.include("$f.v(");
  });

  it("builds projects that refer to each other", () => {
    const project = (more: object = {}) => ({ ...settings({ composite: true }, PLUGIN), ...more });
    using folder = new ProjectFolder({
      "one/tsconfig.json": project(),
      "one/a.mts": "export const put = (a: number[] | Int8Array) => (a[0] = 1);",
      "two/tsconfig.json": project({ references: [{ path: "../one" }] }),
      "two/b.mts":
        'import { put } from "../one/a.mjs"; export const g = (a: Int8Array) => { a[1] = put(a); };',
    });
    expect(tspc(folder, "-b", "two")).to.deep.equal({ status: 0, output: "" });
    expect(folder.read("one/a.d.mts")).to.include("put: (a: number[] | Int8Array) => number");
    for (const name of ["one/a.mjs", "two/b.mjs"]) expect(folder.read(name)).to.include("$f.v(");
    expect(tspc(folder, "-b", "two", "--verbose").output).to.match(/'two\/tsconfig.json' is up to date/);
  });

  it("lets other plugins work on JavaScript and declarations, once each", () => {
    const plugin = `exports.default = (program, { text }, { ts }) => (context) => (file) =>
      ts.factory.updateSourceFile(file, [...file.statements, ts.factory.createExpressionStatement(ts.factory.createStringLiteral(text))]);`;
    using folder = new ProjectFolder({
      "tsconfig.json": settings(
        { declaration: true },
        { transform: "./plugin.cjs", text: "added to code" },
        PLUGIN,
        { transform: "./plugin.cjs", text: "added to declarations", afterDeclarations: true },
      ),
      "plugin.cjs": plugin,
      "a.mts": "export const put = (a: Int8Array) => { a[0] = 1; };",
    });
    expect(tspc(folder, "-p", ".")).to.deep.equal({ status: 0, output: "" });
    expect(folder.read("a.mjs").split("added to code")).to.have.length(2);
    expect(folder.read("a.mjs")).to.include("$f.v(");
    expect(folder.read("a.d.mts").split("added to declarations")).to.have.length(2);
  });

  it("says what is missing when it is set up as a plugin of the other kind", () => {
    const { transform } = PLUGIN;
    using folder = new ProjectFolder({ "tsconfig.json": settings({}, { transform }), "a.mts": "export {};" });
    const { status, output } = tspc(folder);
    expect(status).to.not.equal(0);
    expect(output).to.include("ERR_FAMS_OPTION").and.to.include('"transformProgram": true');
  });
});
