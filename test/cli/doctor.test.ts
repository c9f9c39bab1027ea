/** fams doctor tells what of a program was instrumented, and what runs unseen. */

import { copyFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect } from "chai";
import { installed, Project, type } from "./project.ts";

const STORE = "function store(a, i) { a[i] = 1 }";
const FILES = {
  "package.json": type("module"),
  "main.ts": `import "./lib/plain.js"; import "./lib/common.cjs"; import "left";
    import { Worker } from "node:worker_threads"; import { fork } from "node:child_process";
    export function store(a: any, i: number) { a[i]++; a["name"] = 1; [][0] = i; }
    if (process.argv[2] === "all") { new Worker(new URL("./worker.mjs", import.meta.url)); fork("./child.mjs"); }`,
  "lib/plain.js": "export const n = 1;",
  "lib/common.cjs": `${STORE} module.exports = store;`,
  "node_modules/left/index.js": STORE,
  "node_modules/left/package.json": "{}",
  "worker.mjs": STORE,
  "child.mjs": STORE,
};

interface Said {
  files: { path: string; instrumented: boolean; reason?: string; stores: unknown; diagnostics: unknown[] }[];
  gaps: string[];
  stores: { instrumented: number; skipped: Record<string, number> };
  program: { exitCode: number | null; signal: string | null };
}

function examine(project: Project, ...args: string[]) {
  const { status, stdout, stderr } = project.fams(["doctor", "--json", ...args]);
  const said = JSON.parse(stdout) as Said;
  const own = said.files.filter(({ path }) => path.startsWith(project.folder));
  const reasons = own.map(({ path, instrumented, reason }) => [
    path.slice(project.folder.length + 1),
    instrumented || reason,
  ]);
  return { status, stderr, said, own, reasons: Object.fromEntries(reasons) };
}

describe("fams doctor", () => {
  it("tells of every file whether it was instrumented, in workers and forks too, and why not", () => {
    const { status, said, reasons } = examine(
      new Project(FILES),
      "--exclude",
      "node_modules",
      "main.ts",
      "all",
    );
    expect(reasons).to.deep.equal({
      "main.ts": true,
      "lib/plain.js": "it has no stores of elements",
      "lib/common.cjs": true,
      "node_modules/left/index.js": 'it is excluded by "node_modules"',
      "worker.mjs": true,
      "child.mjs": true,
    });
    expect(said.stores.skipped).to.deep.equal({
      "the key is a string that no element has": 1,
      "the receiver is a literal": 1,
    });
    expect(said.stores.instrumented).to.equal(4);
    expect({ status, gaps: said.gaps }).to.deep.equal({ status: 0, gaps: [] });
  });

  it("gives the script what stands behind it, its output to stderr, and passes its failure on", () => {
    const project = new Project({ "main.cjs": "console.log(process.argv.slice(2).join()); process.exit(7)" });
    const { status, stderr, said } = examine(project, "main.cjs", "--json", "-v", "--typed");
    expect({ status, stderr }).to.deep.equal({ status: 1, stderr: "--json,-v,--typed\n" });
    expect(said.program).to.deep.equal({ exitCode: 7, signal: null });
    expect(project.fams(["doctor", "--help"]).stdout).to.match(/^fams doctor \[options\] <script>/);
    const text = project.fams(["doctor", "main.cjs", "--json"]).stdout;
    expect(text)
      .to.match(/^Instrumented: 0 files\n/)
      .and.match(/\nThe program ended with exit code 7\n$/);
  });

  it("tells what runs unseen", () => {
    const require = createRequire(import.meta.url);
    require("@fams/native");
    const addon = Object.keys(require.cache).find((path) => path.endsWith(".node")) as string;
    const project = new Project({
      "package.json": type("module"),
      "main.mjs": `import "data:text/javascript,1"; import { createRequire } from "node:module";
        import { Worker } from "node:worker_threads";
        new Worker("1", { eval: true });
        new Worker("./other.cjs", { execArgv: [] });
        createRequire(import.meta.url)("./copy.node");`,
      "other.cjs": STORE,
      "with.cjs": "function f(a, k) { with (a) { x[k()] += 1; } }",
    });
    copyFileSync(addon, project.path("copy.node"));
    const { status, said } = examine(project, "main.mjs");
    expect(said.gaps).to.have.members([
      "a module in a data: URL",
      "the source text of a worker started with `eval: true`",
      "a worker started with its own `execArgv`",
      `the native addon ${project.path("copy.node")}`,
    ]);
    expect(status).to.equal(1);
    const { own } = examine(project, "with.cjs");
    expect(own[0]?.diagnostics).to.have.length(1);
  });

  it("tells what was loaded before fams", () => {
    const project = new Project({ "early.cjs": STORE, "main.cjs": "" });
    const { status, stdout } = project.fams(["doctor", "main.cjs"], {
      env: { NODE_OPTIONS: `--require ${project.path("early.cjs")}` },
    });
    expect(stdout).to.include(`Not seen: ${project.path("early.cjs")}, which was loaded before fams`);
    expect(status).to.equal(1);
  });

  it("finds nothing unseen in a program that opens a region", () => {
    const project = new Project({
      "main.mjs": `import { Region } from ${JSON.stringify(installed("fams/dist/index.js"))};
        const region = Region.openSync("r.fams", { size: "64 KiB" });
        new Uint8Array(region.buffer)[0] = 1;
        region.close();`,
    });
    const { status, said } = examine(project, "main.mjs");
    expect({ status, gaps: said.gaps }).to.deep.equal({ status: 0, gaps: [] });
    expect(said.files.find(({ path }) => path.includes("/runtime/dist/"))?.reason).to.equal(
      "it is part of fams",
    );
  });

  it("is used wrongly without a script or with an option that fams-run does not know", () => {
    const project = new Project({});
    expect(project.fams(["doctor"])).to.include({
      status: 2,
      stderr: "fams: No script given\nTry: fams --help\n",
    });
    expect(project.fams(["doctor", "--odd", "x"]).stderr).to.include("Unknown option --odd");
    expect(project.fams(["doctor", "nosuch.js"]).status).to.equal(1);
  });
});
