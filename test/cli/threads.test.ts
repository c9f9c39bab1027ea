/** Threads and processes that a program starts are instrumented with the same options. */

import { expect } from "chai";
import { FAMS_RUN, Project } from "./project.ts";

const IS = "const instrumented = /[$_](?:f|barrier\\w*)\\.v\\(/.test(String(store));";
const STORE = "function store(a, i) { a[i] = 1 }";
const worker = (post: string) =>
  `import { parentPort, Worker } from "node:worker_threads"; ${STORE}; ${IS}; ${post}`;
const WORKERS = {
  "module.mts": worker("parentPort!.postMessage(instrumented as boolean)"),
  "module.mjs": worker("parentPort.postMessage(instrumented)"),
  "common.cts": worker("parentPort!.postMessage(instrumented as boolean)"),
  "common.cjs": `${STORE}; ${IS}; require("node:worker_threads").parentPort.postMessage(instrumented)`,
};
const start = (
  how: string,
) => `import { Worker } from "node:worker_threads"; import { once } from "node:events";
  const worker = ${how};
  const [answer] = await once(worker, "message");
  console.log(answer, worker instanceof Worker, Worker.name);`;
const INSTRUMENTED = { status: 0, stdout: "true true Worker\n", stderr: "" };

describe("a worker", () => {
  for (const file of Object.keys(WORKERS)) {
    it(`of ${file} is instrumented`, () => {
      const main = start(`new Worker(new URL(${JSON.stringify(`./${file}`)}, import.meta.url))`);
      const project = new Project({ ...WORKERS, "main.mts": main });
      expect(project.run(["main.mts"])).to.include(INSTRUMENTED);
    });
  }

  it("of a worker, of a subclass of Worker and of a CommonJS program is instrumented", () => {
    const nested = worker(`new Worker(new URL("./module.mts", import.meta.url)).once("message",
      (m) => parentPort!.postMessage(m && instrumented))`);
    const project = new Project({
      ...WORKERS,
      "nested.mts": nested,
      "main.mts": start(`new (class extends Worker {})(new URL("./nested.mts", import.meta.url))`),
      "main.cjs": `const { Worker } = require("node:worker_threads");
        new Worker(__dirname + "/common.cjs").once("message", console.log)`,
    });
    expect(project.run(["main.mts"])).to.include(INSTRUMENTED);
    expect(project.run(["main.cjs"])).to.include({ status: 0, stdout: "true\n" });
  });

  it("keeps its options, and gets those of fams-run", () => {
    const options = `{ workerData: 1, env: { A: "b" }, argv: ["c"] }`;
    const project = new Project({
      "main.mts": start(`new Worker(new URL("./sub/w.mts", import.meta.url), ${options})`),
      "sub/w.mts": worker(
        `import { workerData } from "node:worker_threads";
        parentPort!.postMessage([instrumented, workerData, process.env.A, process.argv[2]].join())`,
      ),
    });
    expect(project.run(["main.mts"]).stdout).to.equal("true,1,b,c true Worker\n");
    expect(project.run(["--exclude", "sub", "main.mts"]).stdout).to.equal("false,1,b,c true Worker\n");
  });

  it("inherits flags that a worker cannot be given", () => {
    const project = new Project({ ...WORKERS, "main.mts": start(`new Worker("./module.mjs")`) });
    const flags = ["--max-old-space-size=200", "--conditions=odd"];
    expect(project.node([...flags, FAMS_RUN, "main.mts"])).to.include(INSTRUMENTED);
  });

  it("that is not instrumented is announced once", () => {
    const project = new Project({
      ...WORKERS,
      "eval.mts": start(`new Worker('require("worker_threads").parentPort.postMessage(1)', { eval: true })`),
      "flags.mts": `import { Worker } from "node:worker_threads";
        for (let i = 0; i < 2; i++) new Worker("./module.mjs", { execArgv: [] }).on("message", console.log);`,
    });
    const evaluated = project.run(["eval.mts"]);
    expect(evaluated.stdout).to.equal("1 true Worker\n");
    expect(evaluated.stderr).to.match(/^fams-run: [^\n]*`eval: true`[^\n]* not instrumented[^\n]*\n$/);
    const flagged = project.run(["flags.mts"]);
    expect(flagged.stdout).to.equal("false\nfalse\n");
    expect(flagged.stderr).to.match(/^fams-run: [^\n]*`execArgv`[^\n]* not instrumented[^\n]*\n$/);
  });
});

describe("a forked process", () => {
  it("is instrumented, with the options of fams-run", () => {
    const project = new Project({
      "main.mts": `import { fork } from "node:child_process";
        fork("./child.ts").on("message", (m) => console.log(m));`,
      "child.ts": `function store(a: any, i: any) { a[i] = 1 }; ${IS}; process.send!(instrumented)`,
    });
    expect(project.run(["main.mts"])).to.include({ status: 0, stdout: "true\n" });
    expect(project.run(["--exclude", "child.ts", "main.mts"])).to.include({ stdout: "false\n" });
  });
});
