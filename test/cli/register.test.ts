/** `node --import fams/register` does what fams-run does, without its command line. */

import { cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { installed, Project, projectWithCompiler, REGISTER } from "./project.ts";

const STORE = "function store(a, i) { a[i] = 1 }";
const IS = "const instrumented = /[$_](?:f|barrier\\w*)\\.v\\(/.test(String(store));";
const BODY = `${STORE}; ${IS}; console.log(instrumented, process.argv.length`;
const MAINS = [
  ["main.mts", `export {}; ${BODY}, typeof require)`, "true 2 undefined\n"],
  ["main.ts", `${BODY}, require.main === module)`, "true 2 true\n"],
  ["main.cts", `${BODY}, require.main === module)`, "true 2 true\n"],
  ["main.cjs", `${BODY}, require.main === module)`, "true 2 true\n"],
] as const;

function withFams(project: Project): Project {
  mkdirSync(project.path("node_modules"), { recursive: true });
  symlinkSync(installed("fams"), project.path("node_modules/fams"));
  return project;
}

for (const register of ["fams/register", pathToFileURL(REGISTER).href]) {
  describe(register.startsWith("file:") ? "@fams/cli/register" : register, () => {
    for (const [file, text, expected] of MAINS) {
      it(`given to --import instruments ${file}`, () => {
        const project = withFams(new Project({ [file]: text }));
        expect(project.node(["--import", register, file])).to.include({ stdout: expected, stderr: "" });
      });
    }

    it("reaches workers and forks", () => {
      const project = withFams(
        new Project({
          "main.mts": `import { fork } from "node:child_process"; import { Worker } from "node:worker_threads";
            new Worker(new URL("./worker.mts", import.meta.url)).once("message", (m) => {
              console.log(m);
              fork("./child.mts").on("message", (m) => console.log(m));
            });`,
          "worker.mts": `import { parentPort } from "node:worker_threads"; ${STORE}; ${IS}; parentPort!.postMessage(instrumented);`,
          "child.mts": `${STORE}; ${IS}; process.send!(instrumented); export {};`,
        }),
      );
      const ended = project.node(["--import", register, "main.mts"]);
      expect(ended).to.include({ status: 0, stdout: "true\ntrue\n", stderr: "" });
    });

    it("takes options from the environment, and hands them on", () => {
      const project = withFams(
        new Project({
          "main.mts": `import { fork } from "node:child_process"; ${STORE}; ${IS}; console.log(instrumented); fork("./child.cjs");`,
          "child.cjs": `${STORE}; ${IS}; console.log(instrumented);`,
        }),
      );
      const run = (options: string) =>
        project.node(["--import", register, "main.mts"], { env: { FAMS_OPTIONS: options } });
      expect(run("--exclude child.cjs").stdout).to.equal("true\nfalse\n");
      expect(run("--exclude main.mts").stdout).to.equal("false\ntrue\n");
      const wrong = run("--odd");
      expect(wrong.status).to.equal(1);
      expect(wrong.stderr).to.include('FAMS_OPTIONS="--odd": Unknown option --odd');
    });
  });
}

describe("fams/register", () => {
  it("says what to install when there is no loader", () => {
    const project = new Project({ "main.mjs": "", "node_modules/fams/package.json": "" });
    for (const part of ["package.json", "dist"])
      cpSync(`${installed("fams")}/${part}`, project.path(`node_modules/fams/${part}`), { recursive: true });
    const { status, stderr } = project.node(["--import", "fams/register", "main.mjs"]);
    expect(status).to.equal(1);
    expect(stderr).to.include("npm install --save-dev @fams/cli").and.include("ERR_FAMS_NO_LOADER");
  });

  it("has types", () => {
    const project = withFams(
      projectWithCompiler({
        "main.mts":
          'import "fams/register";\nimport { Region } from "fams";\nexport const open = Region.open;\n',
      }),
    );
    symlinkSync(installed("@types"), project.path("node_modules/@types"));
    const tsc = project.path("node_modules/typescript/bin/tsc");
    const flags = ["--noEmit", "--module", "nodenext", "--target", "es2022", "--skipLibCheck"];
    expect(project.node([tsc, ...flags, "--noUncheckedSideEffectImports", "main.mts"])).to.include({
      status: 0,
      stdout: "",
    });
    rmSync(project.path("node_modules/@types"));
  });
});
