/** fams instrument writes a tree again with barriers, and leaves the source as it is. */

import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { installed, Project, projectWithCompiler, type } from "./project.ts";

const MAIN = `import type { Row } from "./lib/row.ts";

export function put(r: Row) { r.cells[0] = "a"; r.view[0] = 1; throw new Error("stopped"); }
`;
const CONFIG = { compilerOptions: { strict: true, module: "nodenext", target: "es2022", types: [] } };
const FILES = {
  "tsconfig.json": JSON.stringify(CONFIG),
  "src/package.json": type("module"),
  "src/main.ts": MAIN,
  "src/lib/row.ts": "export interface Row { cells: string[]; view: Float64Array }\n",
  "src/lib/globals.d.ts": "declare const n: number;\n",
  "src/old.cjs": "module.exports = (a) => { a[0] = 1; }",
  "src/.hidden/x.js": "a[0] = 1;",
  "src/node_modules/x.js": "a[0] = 1;",
  "src/data.txt": "data",
};

function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    names.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
}

function instrument(project: Project, ...args: string[]) {
  const { status, stdout, stderr } = project.fams(["instrument", ...args, "--json"]);
  return { status, stderr, said: JSON.parse(stdout) };
}

describe("fams instrument", () => {
  it("keeps layout and lines, maps to the source, and changes nothing of it", () => {
    const project = projectWithCompiler(FILES);
    const before = filesIn(project.path("src"));
    const { status, said } = instrument(project, "src", "--out", "out");
    expect(status).to.equal(0);
    expect(filesIn(project.path("src"))).to.deep.equal(before);
    const out = filesIn(project.path("out"));
    expect(Object.keys(out)).to.deep.equal([
      "lib/row.ts",
      "main.ts",
      "main.ts.map",
      "old.cjs",
      "old.cjs.map",
    ]);
    expect(out["lib/row.ts"]).to.equal(before["lib/row.ts"]);
    const lines = (out["main.ts"] as string).split("\n");
    expect(lines).to.have.length(MAIN.split("\n").length);
    expect(out["old.cjs"]).to.match(/^const \$f = require\("fams\/barrier"\);/);

    const map = JSON.parse(out["main.ts.map"] as string) as SourceMapPayload;
    expect(map.sources).to.deep.equal(["../src/main.ts"]);
    const column = (lines[2] as string).indexOf("new Error");
    const entry = new SourceMap(map).findEntry(2, column);
    expect(entry).to.include({
      originalLine: 2,
      originalColumn: (MAIN.split("\n")[2] as string).indexOf("new Error"),
    });
    expect(said.files).to.have.length(3);
  });

  it("goes by types unless told otherwise, and reports each store", () => {
    const project = projectWithCompiler(FILES);
    const sitesOf = (...args: string[]) => {
      const { said } = instrument(project, "src/main.ts", "--out", "out", ...args);
      return said.files[0].sites.map((site: { reason?: string }) => site.reason);
    };
    expect(sitesOf()).to.deep.equal(["type: the receiver is an array", undefined]);
    expect(sitesOf("--untyped")).to.deep.equal([undefined, undefined]);
    expect(sitesOf("--paranoid")).to.deep.equal([undefined, undefined]);
    project.write(
      "other.json",
      JSON.stringify({ compilerOptions: { ...CONFIG.compilerOptions, noLib: true } }),
    );
    expect(sitesOf("--project", "other.json")).to.deep.equal([undefined, undefined]);
  });

  it("writes what the compiler makes a program of that runs", () => {
    const project = projectWithCompiler({
      ...FILES,
      "src/main.ts": `${MAIN}try { put({ cells: [], view: new Float64Array(1) }) } catch (e) { console.log(String(e)) }`,
    });
    instrument(project, "src", "--out", "out", "--copy");
    symlinkSync(installed("fams"), project.path("node_modules/fams"));
    const text = readFileSync(project.path("out/main.ts"), "utf8");
    const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.ESNext } });
    project.write("out/main.js", outputText);
    expect(outputText).to.include("$f.v(");
    expect(project.node(["out/main.js"])).to.include({ stdout: "Error: stopped\n", stderr: "" });
  });

  it("copies other files only when asked, without hidden ones and node_modules", () => {
    const project = projectWithCompiler(FILES);
    const { said } = instrument(project, "src", "--out", "src/out", "--copy");
    expect(said.copied.map((path: string) => path.slice(project.folder.length))).to.have.members([
      "/src/package.json",
      "/src/lib/globals.d.ts",
      "/src/data.txt",
    ]);
    const first = Object.keys(filesIn(project.path("src/out")));
    instrument(project, "src", "--out", "src/out", "--copy");
    expect(Object.keys(filesIn(project.path("src/out")))).to.deep.equal(first);
  });

  it("writes the other files when one does not parse, and fails", () => {
    const project = projectWithCompiler({ ...FILES, "src/bad.ts": "a[0] = ;" });
    const { status, said } = instrument(project, "src", "--out", "out");
    expect(status).to.equal(1);
    const failed = said.files.filter(({ error }: { error?: unknown }) => error !== undefined);
    expect(failed.map(({ error }: { error: { code: string } }) => error.code)).to.deep.equal([
      "ERR_FAMS_PARSE",
    ]);
    expect(filesIn(project.path("out")))
      .to.include.keys("main.ts")
      .and.not.include.keys("bad.ts");
    expect(project.fams(["instrument", "src", "--out", "out"]).stdout).to.match(
      /^Not written: .*bad.ts:1:8: /,
    );
  });

  for (const [how, args, message] of [
    ["over the source", ["src", "--out", "src"], "is a source itself"],
    ["into a folder that holds the source", ["src", "--out", "."], "holds the source"],
    ["over the source, by a link", ["src", "--out", "linked"], "is a source itself"],
    ["a source that is not there", ["nosuch", "--out", "out"], "There is no nosuch"],
    ["by a tsconfig.json that is wrong", ["src", "--out", "out", "--project", "wrong.json"], "targget"],
    ["by types that are not there", ["typeless", "--out", "out"], "--untyped"],
  ] as const) {
    it(`does not write ${how}`, () => {
      const { "tsconfig.json": _, ...typeless } = FILES;
      const project = new Project(how.startsWith("by types") ? { "typeless/a.ts": "", ...typeless } : FILES);
      project.write("wrong.json", '{ "compilerOptions": { "targget": "es2022" } }');
      symlinkSync("src", project.path("linked"));
      const before = filesIn(project.folder);
      const { status, stderr } = project.fams(["instrument", ...args]);
      expect({ status, files: filesIn(project.folder) }).to.deep.equal({ status: 2, files: before });
      expect(stderr).to.include(message);
    });
  }
});
