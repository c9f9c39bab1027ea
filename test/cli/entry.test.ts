/** The program starts as `node script` would start it, whatever kind of file it is. */

import { symlinkSync } from "node:fs";
import { expect } from "chai";
import { FAMS_RUN, Project, type } from "./project.ts";

const report = (facts: string) => `
  function store(array: number[], index: number) { array[index] = 1; }
  const instrumented = /[$_](?:f|barrier\\w*)\\.v\\(/.test(String(store));
  console.log(JSON.stringify({ ${facts}, instrumented, argv: process.argv }));`;

const MODULE = `import { existsSync } from "node:fs";
  const facts = { as: "module", url: import.meta.url };
  ${report("...facts, main: existsSync(process.argv[1]) && typeof require")}`;
const COMMONJS = `const { existsSync } = require("node:fs");
  ${report('as: "commonjs", file: __filename, main: require.main === module && existsSync(process.argv[1])')}
  module.exports = {};`;
const IMPORTING = COMMONJS.replace(/^.*\n/, 'import { existsSync } from "node:fs";\n').replace(
  "module.exports = {};",
  "export const x = 1;",
);
const untyped = (source: string) => source.replace(/: number(\[\])?/g, "");

const CASES: [file: string, packageType: "module" | "commonjs" | undefined, source: string][] = [];
for (const packageType of ["module", "commonjs", undefined] as const) {
  for (const extension of ["ts", "tsx", "js", "jsx"]) {
    if (packageType !== "commonjs") CASES.push([`main.${extension}`, packageType, MODULE]);
    if (packageType !== "module") CASES.push([`main.${extension}`, packageType, COMMONJS]);
  }
  for (const extension of ["mjs", "mts"]) CASES.push([`main.${extension}`, packageType, MODULE]);
  for (const extension of ["cjs", "cts"]) CASES.push([`main.${extension}`, packageType, COMMONJS]);
  CASES.push(["main.cts", packageType, IMPORTING]);
}

describe("the entry of a program", () => {
  for (const [file, packageType, source] of CASES) {
    const as = source === MODULE ? "module" : "commonjs";
    const how = source === IMPORTING ? " written with import" : "";
    it(`${file}${how} in a package of type ${packageType} runs as ${as}`, () => {
      const typed = /\.[cm]?tsx?$/.test(file);
      const project = new Project({
        [file]: typed ? source : untyped(source),
        ...(packageType && { "package.json": type(packageType) }),
      });
      const path = project.path(file);
      expect(project.json([file, "--verify", "a b"])).to.deep.equal({
        as,
        ...(as === "module" ? { url: `file://${path}`, main: "undefined" } : { file: path, main: true }),
        instrumented: true,
        argv: [process.execPath, path, "--verify", "a b"],
      });
    });
  }

  it("may be named without its extension where Node.js allows it", () => {
    const project = new Project({ "main.ts": "const x: number = 1; console.log(x);" });
    expect(project.run(["./main"]).stdout).to.equal("1\n");
  });

  it("keeps hashbang, directives and line numbers", () => {
    const source = `#!/usr/bin/env fams-run\n"use strict";\nfunction f(a) { a[0] = this; return a }
      console.log(f([])[0], new Error().stack.match(/main.c?js:(\\d+):(\\d+)/).slice(1))`;
    const project = new Project({ "main.cjs": source });
    const plain = project.node(["main.cjs"]);
    expect(plain.status).to.equal(0);
    expect(project.run(["main.cjs"])).to.include({ status: 0, stdout: plain.stdout });
  });

  it("has no main module when it is an ES module", () => {
    const source = `import { createRequire } from "node:module";
      console.log(process.mainModule, createRequire(import.meta.url).main);`;
    expect(new Project({ "main.mts": source }).run(["main.mts"]).stdout).to.equal("undefined undefined\n");
  });

  it("runs through a symbolic link to fams-run", () => {
    const project = new Project({ "main.ts": "console.log(1 as number)" });
    symlinkSync(FAMS_RUN, project.path("fams-run"));
    expect(project.node(["fams-run", "main.ts"]).stdout).to.equal("1\n");
  });

  it("finds modules given by --require already loaded", () => {
    const project = new Project({
      "before.cts": "globalThis.early = 'yes' as string",
      "main.ts": "console.log((globalThis as any).early)",
    });
    expect(project.run(["-r", "./before.cts", "main.ts"]).stdout).to.equal("yes\n");
  });
});
