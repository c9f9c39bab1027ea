/** The program has the process to itself: exit codes, signals, streams and messages are its own. */

import { once } from "node:events";
import { expect } from "chai";
import { Project, type } from "./project.ts";

describe("the process of a program", () => {
  const project = new Project({
    "exit.ts": "process.exit(3 as number);",
    "exit-code.mts": "process.exitCode = 4;",
    "never.mts": "await new Promise<void>(() => {});",
    "never.mjs": "await new Promise(() => {});",
    "rejected.cts": "Promise.reject(new TypeError('nobody listens'));",
    "caught.cjs": `process.on("uncaughtException", (error, origin) => console.log(error.message, origin));
      setTimeout(() => console.log("still here"), 10);
      throw new Error("thrown at the top");`,
    "upper.ts": `let text = "";
      for await (const chunk of process.stdin) text += chunk;
      process.stdout.write(text.toUpperCase());`,
    "package.json": type("module"),
  });

  for (const [file, status] of [
    ["exit.ts", 3],
    ["exit-code.mts", 4],
    ["never.mts", 13],
    ["never.mjs", 13],
    ["rejected.cts", 1],
  ] as const) {
    it(`${file} ends with exit code ${status}`, () => {
      expect(project.run([file])).to.include({ status, signal: null });
    });
  }

  it("warns of a top-level await that never settles as Node.js does", () => {
    expect(project.run(["never.mjs"]).stderr).to.equal(project.node(["never.mjs"]).stderr);
  });

  it("sees its own uncaught errors with the origin that Node.js gives them", () => {
    const expected = project.node(["caught.cjs"]).stdout;
    expect(expected).to.equal("thrown at the top uncaughtException\nstill here\n");
    expect(project.run(["caught.cjs"]).stdout).to.equal(expected);
  });

  it("reads what is piped into it", () => {
    expect(project.run(["upper.ts"], { input: "piped in" }).stdout).to.equal("PIPED IN");
  });

  it("dies of a signal that it does not handle", async () => {
    const waiting = new Project({ "wait.ts": "setInterval(() => {}, 1000); console.log('ready')" });
    const child = waiting.start(["wait.ts"], ["ignore", "pipe", "inherit"]);
    await once(child.stdout as NodeJS.ReadableStream, "data");
    child.kill("SIGTERM");
    expect(await once(child, "exit")).to.deep.equal([null, "SIGTERM"]);
  });

  it("handles signals by itself, under the id that its parent knows", async () => {
    const handling = new Project({
      "handle.ts": `process.on("SIGTERM", () => process.exit(7));
        setInterval(() => {}, 1000); console.log(process.pid);`,
    });
    const child = handling.start(["handle.ts"], ["ignore", "pipe", "inherit"]);
    const [pid] = await once(child.stdout as NodeJS.ReadableStream, "data");
    expect(Number(pid)).to.equal(child.pid);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).to.deep.equal([7, null]);
  });

  it("exchanges messages with its parent", async () => {
    const echoing = new Project({ "echo.ts": "process.once('message', (m) => process.send!({ echo: m }))" });
    const child = echoing.start(["echo.ts"], ["ignore", "inherit", "inherit", "ipc"]);
    child.send("hello");
    expect(await once(child, "message")).to.deep.include({ echo: "hello" });
    expect(await once(child, "exit")).to.deep.equal([0, null]);
  });

  it("gets FAMS_VERIFY from --verify", () => {
    const verifying = new Project({ "env.js": "console.log(process.env.FAMS_VERIFY)" });
    expect(verifying.run(["--verify", "env.js"], { env: { FAMS_VERIFY: "" } }).stdout).to.equal("1\n");
    expect(verifying.run(["env.js"], { env: { FAMS_VERIFY: "" } }).stdout).to.equal("\n");
  });
});

describe("a command line that runs nothing", () => {
  const empty = new Project({});

  it("ends with exit code 2 and says why when it is wrong", () => {
    expect(empty.run([])).to.include({
      status: 2,
      stderr: "fams-run: No script given\nTry: fams-run --help\n",
    });
    expect(empty.run(["--nope", "x.js"])).to.include({ status: 2 });
  });

  it("prints help and version", () => {
    const { status, stdout } = empty.run(["--help"]);
    expect(status).to.equal(0);
    for (const option of ["--exclude", "--require", "--verify", "--paranoid", "--no-cache", "Examples:"]) {
      expect(stdout).to.include(option);
    }
    expect(empty.run(["--version"]).stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  it("ends with exit code 1 when there is no such script", () => {
    for (const script of ["missing.ts", "missing.mjs"]) {
      const { status, stderr } = empty.run([script]);
      expect(status).to.equal(1);
      expect(stderr).to.match(new RegExp(`Cannot find module '[^']*/${script}'`));
    }
  });
});
