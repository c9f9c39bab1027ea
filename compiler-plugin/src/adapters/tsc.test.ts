import { relative } from "node:path";
import { createInstrumentedProgram, type ProgramOptions } from "@fams/compiler-plugin/tsc";
import { expect } from "chai";
import ts from "typescript";
import { ProjectFolder } from "../../testing/project-folder.ts";

const STORE = "export function put(a: Float64Array, i: number, x: number) { return (a[i] = x); }\n";

/** Compiles in memory: what plain tsc writes, and what the instrumented program writes. */
function compile(
  files: Record<string, string>,
  compilerOptions: ts.CompilerOptions = {},
  options: ProgramOptions = {},
) {
  using folder = new ProjectFolder(files);
  const settings: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    types: [],
    strict: true,
    sourceMap: true,
    rootDir: folder.path,
    outDir: folder.at("out"),
    skipLibCheck: true,
    ...compilerOptions,
  };
  const roots = Object.keys(files).filter((name) => /\.[cm]?[jt]sx?$/.test(name));
  const program = ts.createProgram(
    roots.map((name) => folder.at(name)),
    settings,
  );
  const instrumented = createInstrumentedProgram(ts, program, options);
  const emit = (from: ts.Program) => {
    const written: Record<string, string> = {};
    const result = from.emit(undefined, (name, text) => {
      written[relative(folder.at("out"), name)] = text;
    });
    const diagnostics = [...ts.getPreEmitDiagnostics(from), ...result.diagnostics];
    const told = diagnostics.map(({ code, start, messageText }) => ({ code, start, messageText }));
    return { written, told, skipped: result.emitSkipped };
  };
  return { plain: emit(program), ours: emit(instrumented), instrumented };
}

const expectStore = (text: string | undefined) => expect(text).to.include("a[i] = $f.v(a, i, a?.[$f.S], x)");

describe("an instrumented program", () => {
  it("finds the faults that the program as written has, where they are, and none besides", () => {
    const { plain, ours } = compile(
      {
        "a.mts": `${STORE}export const f = (v: number[]) => { let used = 1; [v[0], v[1]] = [1, 2]; for (v[0] of [1]) {} v[used++] += 1; put(v, 1, "2"); };`,
        "b.mts": 'import { put } from "./a.mjs"; const unused = 1; export const g = (x) => put(x);',
      },
      { noUnusedLocals: true, noImplicitAny: true },
    );
    expect(plain.told.map(({ code }) => code)).to.have.members([2345, 6133, 7006, 2554]);
    expect(ours.told).to.deep.equal(plain.told);
  });

  it("declares what the program as written declares, to the byte", () => {
    const source = `${STORE}export const first = (a: number[]) => (a[0] = 1);
export class A { last = (this.memory[0] = 2); constructor(readonly memory: Uint8Array) {} get = () => this.memory[1]++; }
export const [x, y] = ((v: Float32Array) => [(v[0] = 3), v])(new Float32Array(9));`;
    const { plain, ours } = compile({ "a.mts": source }, { declaration: true, declarationMap: true });
    expect(Object.keys(ours.written)).to.have.members(["a.mjs", "a.mjs.map", "a.d.mts", "a.d.mts.map"]);
    for (const name of ["a.d.mts", "a.d.mts.map"]) expect(ours.written[name]).to.equal(plain.written[name]);
    expectStore(ours.written["a.mjs"]);
    expect(plain.written["a.mjs"]).to.not.include("$f");
  });

  it("emits nothing after an error where that is asked for", () => {
    const { ours } = compile({ "a.mts": `${STORE}put(1);` }, { noEmitOnError: true });
    expect(ours.skipped).to.equal(true);
    expect(ours.written).to.deep.equal({});
  });

  it("leaves a file that does not parse to the compiler's message", () => {
    const { plain, ours } = compile({ "a.mts": "export const b = [; b[0] = 1;", "b.mts": STORE });
    expect(ours.told).to.deep.equal(plain.told).and.have.length.above(0);
    expectStore(ours.written["b.mjs"]);
  });

  it("uses types, unless told not to or they may go stale", () => {
    const source = {
      "a.mts":
        "class A { #own = 1; [key: number]: number } export const f = (a: A, i: number) => { a[i] = 1; };",
    };
    const count = (settings: ts.CompilerOptions, options?: ProgramOptions) =>
      compile(source, settings, options).ours.written["a.mjs"]?.split("$f.v").length;
    expect(count({})).to.equal(1);
    expect(count({ isolatedModules: true })).to.equal(1);
    expect(count({}, { types: false })).to.equal(2);
    expect(count({}, { paranoid: true })).to.equal(2);
    const incremental = { incremental: true, tsBuildInfoFile: "out/info" };
    expect(count(incremental)).to.equal(1);
    expect(count({ ...incremental, isolatedModules: true })).to.equal(2);
  });

  it("brings the barrier in as the file is loaded", () => {
    const store = "function put(a: any, i: any, x: any) { a[i] = x; }";
    const files = {
      "a.mts": store,
      "b.cts": store,
      "c/d.ts": store,
      "c/package.json": '{ "type": "module" }',
    };
    const { written } = compile(files).ours;
    expect(written["a.mjs"]).to.include('import * as $f from "fams/barrier"');
    expect(written["b.cjs"]).to.include('const $f = require("fams/barrier")');
    expect(written["c/d.js"]).to.include('import * as $f from "fams/barrier"');
    const commonjs = compile({ "a.ts": STORE }, { module: ts.ModuleKind.CommonJS }).ours.written;
    expect(commonjs["a.js"]).to.include('$f = require("fams/barrier")').and.not.include("import");
  });

  it("emits a single file, its own or the first program's", () => {
    using folder = new ProjectFolder({ "a.mts": STORE, "b.mts": STORE });
    const names = ["a.mts", "b.mts"].map((name) => folder.at(name));
    const program = ts.createProgram(names, { module: ts.ModuleKind.NodeNext, types: [], declaration: true });
    const instrumented = createInstrumentedProgram(ts, program);
    for (const holder of [program, instrumented]) {
      const written = new Map<string, string>();
      instrumented.emit(holder.getSourceFile(folder.at("b.mts")), (name, text) => written.set(name, text));
      expect([...written.keys()]).to.have.members([folder.at("b.mjs"), folder.at("b.d.mts")]);
      expectStore(written.get(folder.at("b.mjs")));
    }
  });

  it("chains the maps of several sources in one file, and keeps their roots", () => {
    const files = {
      "a.ts": "export const first = (a: any) => { a[0] = 1; return missing(); };\n",
      "b.ts": "export const second = (a: any) => { a[0] = 1; a[1] = 2; return missing(); };\n",
    };
    const { written } = compile(files, {
      module: ts.ModuleKind.System,
      outFile: "/all.js",
      sourceRoot: "https://example.org/",
      inlineSources: true,
    }).ours;
    const [code = "", map = ""] = Object.entries(written)
      .sort()
      .map(([, text]) => text);
    const { sources, sourceRoot, sourcesContent } = JSON.parse(map);
    expect({ sources, sourceRoot }).to.deep.equal({
      sources: ["a.ts", "b.ts"],
      sourceRoot: "https://example.org/",
    });
    expect(sourcesContent).to.deep.equal(Object.values(files));
    expect(code).to.include("$f.v(");
  });
});
