/** Errors point into the files that the user wrote. */

import { expect } from "chai";
import { Project, type } from "./project.ts";

const THROWING = `interface Unused { a: string }

enum Level { One }
function fail(view: number[]): never {
  view[0] = 1; throw new Error("on purpose");
}
fail([Level.One]);
`;

describe("an error", () => {
  for (const file of ["main.ts", "main.mts", "main.cts", "main.tsx"]) {
    it(`in ${file} has line and column of the source, and exit code 1`, () => {
      const project = new Project({ [file]: THROWING });
      const { status, stderr } = project.run([file]);
      expect(status).to.equal(1);
      const path = project.path(file);
      expect(stderr).to.include("Error: on purpose").and.include(`${path}:5:22`).and.include(`${path}:7:1`);
    });
  }

  for (const [how, main, file] of [
    ["is imported by a module", { "main.mts": "await import('./lib.mts');" }, "lib.mts"],
    [
      "is imported with JSX",
      { "main.mts": "import './lib.tsx';", "package.json": type("module") },
      "lib.tsx",
    ],
    ["is CommonJS and imported by a module", { "main.mts": "import './lib.cts';" }, "lib.cts"],
    ["is required", { "main.cjs": "require('./lib.cts');" }, "lib.cts"],
    ["is required as TSX", { "main.cjs": "require('./lib.tsx');" }, "lib.tsx"],
    [
      "is a worker's",
      { "main.mjs": "import { Worker } from 'node:worker_threads'; new Worker('./lib.mts');" },
      "lib.mts",
    ],
    [
      "is a CommonJS worker's",
      { "main.cjs": "new (require('node:worker_threads').Worker)('./lib.cts');" },
      "lib.cts",
    ],
  ] as const) {
    it(`in a file that ${how} has line and column of the source, from the cache as well`, () => {
      const project = new Project({ ...main, [file]: THROWING });
      for (let run = 0; run < 2; run++) {
        const { status, stderr } = project.run([Object.keys(main)[0] as string]);
        const path = project.path(file);
        expect(stderr).to.include("Error: on purpose").and.include(`${path}:5:22`).and.include(`${path}:7:1`);
        expect(status).to.equal(1);
      }
    });
  }

  for (const file of ["main.js", "main.mjs"]) {
    it(`behind a store in ${file} has the column of the source`, () => {
      const project = new Project({ [file]: "const a = [];\na[0] = 1; a[1] = 2; null.x;\n" });
      const { status, stderr } = project.run([file]);
      expect(status).to.equal(1);
      expect(stderr).to.match(new RegExp(`${project.path(file)}:2:2[56]`));
    });
  }

  it("in a file with a map of its own still points through that map", () => {
    const map = { version: 3, sources: ["original.ts"], names: [], mappings: "AAAA;AAUA" };
    const url = `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}`;
    const project = new Project({
      "main.cjs": `const a = []; a[0] = 1;\nnull.x;\n//# sourceMappingURL=${url}`,
    });
    expect(project.run(["main.cjs"]).stderr).to.include(`${project.path("original.ts")}:11:`);
  });

  for (const [file, packageType] of [
    ["main.ts", "module"],
    ["main.cts", "commonjs"],
    ["main.mjs", "module"],
    ["main.cjs", "commonjs"],
  ] as const) {
    it(`of syntax in ${file} is a SyntaxError with file, line and column`, () => {
      const project = new Project({
        [file]: "const a = [1];\nlet b = a[0] = ;\n",
        "package.json": type(packageType),
      });
      const { status, stderr } = project.run([file]);
      expect(status).to.equal(1);
      expect(stderr).to.match(new RegExp(`SyntaxError.*: ${project.path(file)}:2:\\d+: `));
    });
  }

  it("of syntax in an imported file can be caught", () => {
    const project = new Project({
      "main.mts": "try { await import('./bad.mts') } catch (e) { console.log(e instanceof SyntaxError) }",
      "bad.mts": "a[0] = ;",
    });
    expect(project.run(["main.mts"]).stdout).to.equal("true\n");
  });

  it("is foretold for a store that cannot be instrumented, at every run", () => {
    const project = new Project({ "main.cjs": "function f(a, k) { with (a) { x[k()] += 1; } }" });
    for (let run = 0; run < 2; run++) {
      const { status, stderr } = project.run(["main.cjs"]);
      expect({ status, stderr: stderr.replace(/\d+:\d+: .*\(/, "L:C: why (") }).to.deep.equal({
        status: 0,
        stderr: `fams-run: ${project.path("main.cjs")}:L:C: why (${stderr.match(/FAMS\d+/)?.[0]})\n`,
      });
    }
  });
});
