/** Commits under way when their process, thread or region ends: who waits for whom, and what the file holds afterwards. */

import { expect } from "chai";
import { Region } from "fams";
import { runChild } from "./test-child.ts";
import { newPath } from "./test-scratch.ts";
import { faulty, requireTestBuild, withStorage } from "./test-storage.ts";

const SLOW = "writeDurable:1+:delay-150";

/** Runs an ES module that opens `region` on slow storage and captures a commit of 1, and one of 2 in a later turn. */
function ending(how: string, path = newPath()) {
  const { status, signal, stdout, stderr } = runChild(
    `import { Region } from "fams";
    const region = Region.openSync(process.argv[1], { size: "64 KiB" });
    const view = new Float64Array(region.buffer);
    view.fill(1, 0, 1);
    const first = region.msync();
    await new Promise((resolve) => setTimeout(resolve, 30));
    view.fill(2, 0, 1);
    const second = region.msync();
    view.fill(3, 0, 1);
    ${how}`,
    { args: [path], env: faulty(SLOW) },
  );
  using region = Region.openSync(path);
  return { status, signal, stdout, stderr, value: new Float64Array(region.buffer)[0] };
}

describe("a process with an msync under way", function () {
  this.timeout(60_000);
  before(requireTestBuild);

  it("lives until it is settled, awaited or not, and then ends by itself, the region still open", () => {
    const awaited = ending(`await second; console.log("settled");`);
    expect(awaited).to.include({ status: 0, stdout: "settled\n", value: 2 });
    const heard = ending(`second.then(() => console.log("settled"));`);
    expect(heard).to.include({ status: 0, stdout: "settled\n", value: 2 });
    expect(ending("")).to.include({ status: 0, stderr: "", value: 2 });
  });

  it("ends at once if there is none", () => {
    const found = ending(`
      await second;
      const start = performance.now();
      await region.msync();
      process.on("exit", () => console.log(performance.now() - start < 4000));`);
    expect(found).to.include({ status: 0, stdout: "true\n", value: 3 });
  });

  for (const [name, how, status] of [
    ["calls process.exit", "process.exit(7);", 7],
    ["calls process.exit later", "setTimeout(() => process.exit(7), 60);", 7],
    ["an uncaught exception ends", "throw new Error('mine');", 1],
    ["an unhandled rejection ends", "Promise.reject(new Error('mine'));", 1],
  ] as const)
    it(`that ${name} leaves a commit that was captured, or the one before, unless it closes the region`, () => {
      const found = ending(how);
      expect(found).to.include({ signal: null, status });
      expect(found.value).to.be.oneOf([0, 1, 2]);
      const closed = ending(`process.on("exit", () => region.close()); ${how}`);
      expect(closed).to.include({ signal: null, status, value: 2 });
    });

  it("that is killed leaves a commit that was captured, or the one before", () => {
    const found = ending("setTimeout(() => process.kill(process.pid, 'SIGKILL'), 60);");
    expect(found.signal).to.equal("SIGKILL");
    expect(found.value).to.be.oneOf([0, 1, 2]);
  });

  it("that closes the region without awaiting hears of both before it ends", () => {
    const found = ending(
      `region.close(); for (const each of [first, second]) each.then(() => console.log("settled"));`,
    );
    expect(found).to.include({ status: 0, stdout: "settled\nsettled\n", value: 2 });
  });
});

describe("a worker with an msync under way", function () {
  this.timeout(60_000);
  before(requireTestBuild);

  it("is terminated, or ends, only after what it captured is written", () => {
    for (const how of ["terminate", "exit", "return"]) {
      const path = newPath();
      const { value, status, text } = inSlowWorker(path, how);
      expect({ how, value, status, text }).to.deep.equal({ how, value: 2, status: 0, text: "" });
    }
  });
});

/** Captures two commits in a worker of a process with slow storage, ends the worker, and opens the region in the main thread. */
function inSlowWorker(path: string, how: string) {
  const { status, stdout, stderr } = runChild(
    `import { once } from "node:events";
    import { Worker } from "node:worker_threads";
    import { Region } from "fams";
    const worker = new Worker(\`import("fams").then(async ({ Region }) => {
      const { parentPort, workerData } = require("node:worker_threads");
      const region = Region.openSync(workerData, { size: "64 KiB" });
      const view = new Float64Array(region.buffer);
      view.fill(1, 0, 1); region.msync();
      await new Promise((resolve) => setTimeout(resolve, 30));
      view.fill(2, 0, 1); region.msync();
      view.fill(3, 0, 1);
      parentPort.postMessage("captured");
      if (${JSON.stringify(how)} === "terminate") setInterval(() => {}, 1000);
      if (${JSON.stringify(how)} === "exit") process.exit(0);
    });\`, { eval: true, execArgv: [], workerData: process.argv[1] });
    const ended = once(worker, "exit");
    await once(worker, "message");
    if (${JSON.stringify(how)} === "terminate") await worker.terminate();
    await ended;
    const region = Region.openSync(process.argv[1]);
    console.log(new Float64Array(region.buffer)[0]);`,
    { args: [path], env: faulty(SLOW) },
  );
  return { value: Number(stdout), status, text: stderr };
}

describe("a region that nobody holds", () => {
  before(requireTestBuild);

  it("is kept while its msync is under way, and let go of afterwards", () => {
    expect(
      withStorage(
        SLOW,
        `
      const other = path + "-dropped";
      const drop = () => {
        const dropped = Region.openSync(other, { size: "64 KiB" });
        new Float64Array(dropped.buffer).fill(5, 0, 1);
        return [new WeakRef(dropped), dropped.msync()];
      };
      const [weak, promise] = drop();
      const pressure = () => { gc(); Array.from({ length: 1000 }, () => new ArrayBuffer(1000)); gc(); };
      await sleep(20); pressure();
      out.push(weak.deref() !== undefined);
      await promise.then(() => out.push("settled"));
      for (let i = 0; i < 50 && weak.deref() !== undefined; i++) { await sleep(10); pressure(); }
      out.push(weak.deref() === undefined);
      for (let i = 0; i < 50; i++) {
        try { out.push(new Float64Array(Region.openSync(other).buffer)[0]); break; }
        catch (error) { if (error.code !== "ERR_FAMS_LOCKED") throw error; await sleep(10); pressure(); }
      }`,
        { flags: ["--expose-gc"] },
      ),
    ).to.deep.equal([true, "settled", true, 5]);
  });

  it("and whose msync nobody awaits either is written all the same", () => {
    const path = newPath();
    expect(
      withStorage(
        SLOW,
        `
      (() => {
        const dropped = Region.openSync(path + "-dropped", { size: "64 KiB" });
        new Float64Array(dropped.buffer).fill(5, 0, 1);
        void dropped.msync();
      })();
      for (let i = 0; i < 5; i++) { await sleep(10); gc(); }`,
        { path, flags: ["--expose-gc"] },
      ),
    ).to.deep.equal([]);
    using region = Region.openSync(`${path}-dropped`);
    expect(new Float64Array(region.buffer)[0]).to.equal(5);
  });
});
