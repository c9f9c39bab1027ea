/** Everything that a program loads is instrumented, and is found and loaded as before. */

import { mkdirSync, symlinkSync } from "node:fs";
import { expect } from "chai";
import { installed, Project, type } from "./project.ts";

/** `instrumented` tells of any function whether its text holds a barrier. */
const IS = "const instrumented = (f) => /[$_](?:f|barrier\\w*)\\.v\\(/.test(String(f));";
const STORE = "function store(a, i) { a[i] = 1 }";
const PACKAGES = {
  "node_modules/esm/package.json": '{ "type": "module", "exports": { "import": "./main.js" } }',
  "node_modules/esm/main.js": `export ${STORE}`,
  "node_modules/cjs/package.json": "{}",
  "node_modules/cjs/index.js": `module.exports = { store }; ${STORE}`,
  "node_modules/dual/package.json": '{ "exports": { "import": "./i.mjs", "require": "./r.cjs" } }',
  "node_modules/dual/i.mjs": "export default 'imported'",
  "node_modules/dual/r.cjs": "module.exports = 'required'",
};

describe("an imported file", () => {
  it("is TypeScript when it is named by the extension that it will have", () => {
    const project = new Project({
      "package.json": type("module"),
      "main.ts": `import { a } from "./a.js"; import b from "./b.mjs"; import c from "./c.cjs"; import { d } from "./d.jsx";
        const { e } = await import("./e.js?query");
        console.log(a, b, c, d, e);`,
      "a.ts": "export const a: string = 'a'",
      "b.mts": "export default 'b' as string",
      "c.cts": "export = 'c' as string",
      "d.tsx": "export const d: string = 'd'",
      "e.ts": "export const e: string = new URL(import.meta.url).search",
    });
    expect(project.run(["main.ts"])).to.include({ status: 0, stdout: "a b c d ?query\n" });
  });

  it("is the JavaScript that it names where both exist", () => {
    const project = new Project({
      "main.mts": "import { x } from './x.mjs'; console.log(x)",
      "x.mjs": "export const x = 'js'",
      "x.mts": "export const x = 'ts'",
    });
    expect(project.run(["main.mts"]).stdout).to.equal("js\n");
  });

  it("gives its names and its one instance when it is CommonJS written in TypeScript", () => {
    const project = new Project({
      "main.mts": `import all, { a, type B, c as renamed } from "./common.cts"; import { d } from "./assigned.cts";
        import { createRequire } from "node:module";
        console.log(a, renamed, d, all === createRequire(import.meta.url)("./common.cts"));`,
      "common.cts":
        "export interface B {} export const a: number = 1; const b = 2; export { b as c }; export default 3;",
      "assigned.cts": "exports.d = 4 as number;",
    });
    expect(project.run(["main.mts"])).to.include({ status: 0, stdout: "1 2 4 true\n" });
  });

  it("may be called by a cyclic importer before its own body has run", () => {
    for (const [extension, log] of [
      ["mts", "console.log"],
      ["cts", "console.log"],
      ["mjs", "console.log"],
    ] as const) {
      const project = new Project({
        [`a.${extension}`]: `import "./b.${extension}"; export function early(x) { x[0] = 5; return x[0] }`,
        [`b.${extension}`]: `import { early } from "./a.${extension}"; ${log}(early([]))`,
      });
      expect(project.run([`a.${extension}`]), extension).to.include({ status: 0, stdout: "5\n" });
    }
  });

  it("may be JSON, a built-in module or a package with conditions, which stay untouched", () => {
    const project = new Project({
      ...PACKAGES,
      "data.json": '{"x":[1]}',
      "main.mts": `import data from "./data.json" with { type: "json" }; import { createRequire } from "node:module";
        import dual from "dual"; const require = createRequire(import.meta.url);
        console.log(data.x[0], require("./data.json").x[0], dual, require("dual"));`,
    });
    expect(project.run(["main.mts"])).to.include({ status: 0, stdout: "1 1 imported required\n" });
  });

  it("that is missing ends the program with the error of Node.js", () => {
    const project = new Project({ "main.mts": "import './nowhere.js'" });
    const { status, stderr } = project.run(["main.mts"]);
    expect(status).to.equal(1);
    expect(stderr).to.include("ERR_MODULE_NOT_FOUND").and.to.include("nowhere.js");
  });
});

describe("a required file", () => {
  it("is found without extension, as index of a folder, and by the extension that it will have", () => {
    const project = new Project({
      "main.cts": "console.log(require('./a'), require('./b.js'), require('./lib'), require.resolve('./a'))",
      "a.ts": "module.exports = 'a' as string",
      "b.ts": "export = 'b' as string",
      "lib/index.ts": "module.exports = 'index' as string",
    });
    expect(project.run(["main.cts"])).to.include({
      status: 0,
      stdout: `a b index ${project.path("a.ts")}\n`,
    });
  });

  it("has cache, children, parent and main module as under node", () => {
    const source = `const child = require("./child.cjs");
      console.log(module.children.map((m) => m.id), require.cache[__filename] === module, require.main === module, child);
      delete require.cache[require.resolve("./child.cjs")];
      console.log(require("./child.cjs") !== child);`;
    const child = "module.exports = { parent: module.parent.filename, main: require.main.filename }";
    const project = new Project({ "main.cjs": source, "child.cjs": child });
    expect(project.run(["main.cjs"]).stdout).to.equal(project.node(["main.cjs"]).stdout);
  });

  it("is instrumented through createRequire, require.extensions and Module._compile", () => {
    const project = new Project({
      "main.mjs": `import Module, { createRequire } from "node:module"; const require = createRequire(import.meta.url); ${IS}
        require.extensions[".odd"] = (module) => module._compile("exports.store = " + ${JSON.stringify(STORE)}, "/odd.js");
        const made = new Module("made"); made._compile("exports.store = " + ${JSON.stringify(STORE)}, "/made.js");
        console.log(instrumented(require("./a.cjs").store), instrumented(require("./b.odd").store), instrumented(made.exports.store));`,
      "a.cjs": `exports.store = ${STORE}`,
      "b.odd": "",
    });
    expect(project.run(["main.mjs"])).to.include({ status: 0, stdout: "true true true\n" });
  });

  it("may be an ES module that stands alone", () => {
    const project = new Project({
      "main.cjs": `${IS} const { store } = require("./alone.mjs"); console.log(instrumented(store));`,
      "alone.mjs": `import "node:fs"; export ${STORE}`,
    });
    expect(project.run(["main.cjs"])).to.include({ status: 0, stdout: "true\n" });
  });

  it("that is an ES module brings in no file whose stores are unseen", () => {
    const project = new Project({
      "main.cjs": `${IS} try { console.log(instrumented(require("./outer.mjs").store)) }
        catch (error) { console.log(error.code, error.message) }
        import("./outer.mjs").then(({ store }) => console.log(instrumented(store)));`,
      "outer.mjs": "export { store } from './inner.mjs'",
      "inner.mjs": `export ${STORE}`,
    });
    const { stdout } = project.run(["main.cjs"]);
    if (process.features.require_module) expect(stdout).to.equal("true\ntrue\n");
    else expect(stdout).to.match(/^ERR_REQUIRE_ESM .*"\.\/inner\.mjs".*outer\.mjs.*\ntrue\n$/);
    expect(project.run(["--exclude", "inner.mjs", "main.cjs"]).stdout).to.equal("false\nfalse\n");
  });
});

describe("a package", () => {
  const main = `${IS} import { store as a } from "esm"; import b from "cjs"; function own(x) { x[0] = 1 }
    console.log(instrumented(a), instrumented(b.store), instrumented(own));`;
  const project = new Project({ ...PACKAGES, "main.mjs": main });

  it("is instrumented like the program", () => {
    expect(project.run(["main.mjs"])).to.include({ status: 0, stdout: "true true true\n" });
  });

  it("is left alone when it is excluded by name, by folder or by glob", () => {
    const outcome = (...exclude: string[]) =>
      project.run([...exclude.flatMap((glob) => ["--exclude", glob]), "main.mjs"]).stdout;
    expect(outcome("node_modules")).to.equal("false false true\n");
    expect(outcome("cjs")).to.equal("true false true\n");
    expect(outcome("**/esm/*.js", "/elsewhere/**")).to.equal("false true true\n");
    expect(outcome("./main.mjs")).to.equal("true true false\n");
  });
});

describe("a store into a region", () => {
  const files = {
    "main.mts": `import { Region } from "fams"; import { storeInModule } from "./module.mts"; import common from "./common.cts";
      const region = Region.openSync("region.fams", { size: "1 MiB", verify: true });
      const view = new Float64Array(region.buffer);
      view[0] = 1; storeInModule(view); common.storeInCommonJs(view);
      region.msyncSync(); view.fill(9); region.rollback();
      console.log([view[0], view[100], view[200]].join()); region.close();`,
    "module.mts": "export const storeInModule = (view: Float64Array) => { view[100] = 2; };",
    "common.cts": "exports.storeInCommonJs = (view: Float64Array) => { view[200] = 3; };",
    "node_modules/.keep": "",
  };
  const run = (...options: string[]) => {
    const project = new Project(files);
    symlinkSync(installed("fams"), project.path("node_modules/fams"));
    return project.run([...options, "main.mts"]);
  };

  it("is marked by one barrier, whether ES module or CommonJS stores", () => {
    expect(run()).to.include({ status: 0, stdout: "1,2,3\n" });
  });

  it("in a file that is excluded is found missing", () => {
    for (const file of ["main.mts", "module.mts", "common.cts"]) {
      const { status, stderr } = run("--exclude", file);
      expect(status, file).to.equal(1);
      expect(stderr).to.include("ERR_FAMS_UNTRACKED");
    }
  });
});

describe("a file that changed", () => {
  it("is compiled anew while the program loads packages that the compiler uses, too", () => {
    const main = `import("magic-string").then(() => console.log("imported")); require("./part.cjs");`;
    const project = new Project({ "main.cjs": main, "part.cjs": "" });
    mkdirSync(project.path("node_modules/@fams"), { recursive: true });
    for (const name of ["magic-string", "@fams/compiler-plugin"])
      symlinkSync(installed(name), project.path(`node_modules/${name}`));
    for (const name of ["magic-string", "@fams/compiler-plugin"]) {
      project.write("main.cjs", main.replace("magic-string", name));
      for (const value of [1, 2]) {
        project.write("part.cjs", `const a = []; a[0] = ${value}; console.log(a[0]); // ${name}`);
        expect(project.run(["main.cjs"])).to.include({ stderr: "", stdout: `${value}\nimported\n` });
      }
    }
  });
});
