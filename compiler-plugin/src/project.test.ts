import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InstrumentError, instrument, Project } from "@fams/compiler-plugin";
import { expect } from "chai";

const TYPESCRIPT = fileURLToPath(new URL("../../node_modules/typescript", import.meta.url));
const SHARED = "export interface Row { cells: string[]; view: Float64Array }\n";
const USER =
  'import type { Row } from "./row.ts";\nexport const put = (r: Row) => { r.cells[0] = "a"; r.view[0] = 1; };\n';

describe("a project", () => {
  const folders: string[] = [];
  after(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  function folderWith(files: Record<string, string>, compiler: "own" | "none" = "own"): string {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "fams-project-")));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) write(folder, name, text);
    if (compiler === "own") {
      mkdirSync(join(folder, "node_modules"));
      symlinkSync(TYPESCRIPT, join(folder, "node_modules/typescript"));
    }
    return folder;
  }

  function write(folder: string, name: string, text: string): void {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }

  /** For each store whether it was instrumented; undefined if there were no types. */
  function storesOf(project: Project, filename: string, code: string): boolean[] | undefined {
    const types = project.typesOf(filename, code);
    return types && instrument(code, { filename, types }).sites.map(({ instrumented }) => instrumented);
  }

  const CONFIG = JSON.stringify({
    compilerOptions: { strict: true, module: "nodenext", allowImportingTsExtensions: true, noEmit: true },
  });
  const FILES = { "tsconfig.json": CONFIG, "row.ts": SHARED, "user.ts": USER };

  for (const compiler of ["own", "none"] as const) {
    it(`knows types through files, with ${compiler === "own" ? "its own compiler" : "no compiler of its own"}`, () => {
      const folder = folderWith(FILES, compiler);
      const project = new Project(join(folder, "tsconfig.json"));
      expect(storesOf(project, join(folder, "user.ts"), USER)).to.deep.equal([false, true]);
    });
  }

  it("follows a file that changes, and types that change in another file", () => {
    const folder = folderWith(FILES);
    const project = new Project(join(folder, "tsconfig.json"));
    const user = join(folder, "user.ts");
    expect(storesOf(project, user, USER)).to.deep.equal([false, true]);
    write(folder, "row.ts", SHARED.replace("string[]", "any"));
    const edited = `${USER}export const n = 1;\n`;
    write(folder, "user.ts", edited);
    expect(storesOf(project, user, edited)).to.deep.equal([true, true]);
    expect(project.roots).to.deep.equal([]);
  });

  it("takes in a file that tsconfig.json leaves out", () => {
    const folder = folderWith({ ...FILES, "tsconfig.json": CONFIG.replace("{", '{"files": ["row.ts"],') });
    const project = new Project(join(folder, "tsconfig.json"));
    expect(storesOf(project, join(folder, "user.ts"), USER)).to.deep.equal([false, true]);
    expect(project.roots).to.deep.equal([join(folder, "user.ts")]);
  });

  it("has no types for scripts, whose names the compiler mixes up with those of other scripts", () => {
    const SCRIPT = "const a = [new Float64Array(8)][0]!;\n(function store() { a[0] = 1; })();\n";
    const folder = folderWith({
      "tsconfig.json": CONFIG.replaceAll("nodenext", "commonjs"),
      "a.ts": "const a: string[] = [];\n",
      "b.ts": SCRIPT,
    });
    const project = new Project(join(folder, "tsconfig.json"));
    expect(project.typesOf(join(folder, "b.ts"), SCRIPT)).to.equal(undefined);
  });

  it("has no types for JavaScript, declarations, and texts that are not on disk", () => {
    const folder = folderWith({ ...FILES, "a.js": "", "a.d.ts": "" });
    const project = new Project(join(folder, "tsconfig.json"));
    const none = ["a.js", "a.d.ts", "row.ts"].map((name) => project.typesOf(join(folder, name), " "));
    expect(none).to.deep.equal([undefined, undefined, undefined]);
  });

  it("finds a file through its references", () => {
    const folder = folderWith({
      "tsconfig.json": '{ "files": [], "references": [{ "path": "app" }] }',
      "app/tsconfig.json": CONFIG,
      "app/row.ts": SHARED,
      "app/user.ts": USER,
    });
    const project = new Project(join(folder, "tsconfig.json"));
    expect(storesOf(project, join(folder, "app/user.ts"), USER)).to.deep.equal([false, true]);
    expect(project.roots).to.deep.equal([]);
  });

  for (const [what, text] of [
    ["is missing", undefined],
    ["is no JSON", "{ files"],
    ["has an option that does not exist", '{ "compilerOptions": { "targget": "es2022" } }'],
  ] as const) {
    it(`says which tsconfig.json ${what}`, () => {
      const folder = folderWith(text === undefined ? {} : { "tsconfig.json": text });
      const path = join(folder, "tsconfig.json");
      expect(() => new Project(path))
        .to.throw(InstrumentError, path)
        .with.property("code", "ERR_FAMS_TSCONFIG");
    });
  }
});
