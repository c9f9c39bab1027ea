/** Regions in workers, in processes that end, and regions that nobody closes. */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { childJson, runChild } from "./test-child.ts";
import { codeOf, newPath, openRegion } from "./test-scratch.ts";

const inWorker = (code: string) =>
  new Worker(
    `import("fams").then(({ Region }) => { const { parentPort, workerData } = require("node:worker_threads"); ${code} });`,
    { eval: true, execArgv: [], workerData: newPath() },
  );

const opening = (path: string, more = "") => `
  import { Region } from "fams";
  const region = Region.openSync(${JSON.stringify(path)}, { size: "64 KiB" });
  const view = new Float64Array(region.buffer);
  view.fill(1, 0, 1);
  region.msyncSync();
  view.fill(2, 0, 1);
  ${more}`;

const committed = (path: string) => new Float64Array(openRegion({}, path).buffer)[0];

describe("regions and threads", () => {
  it("a worker's region is locked to others, and free when the worker was terminated", async () => {
    const path = newPath();
    const worker = new Worker(
      `import("fams").then(({ Region }) => {
        const region = Region.openSync(require("node:worker_threads").workerData, { size: "64 KiB" });
        const view = new Float64Array(region.buffer);
        view.fill(7, 0, 1);
        region.msyncSync();
        view.fill(8, 0, 1);
        require("node:worker_threads").parentPort.postMessage("open");
        setInterval(() => {}, 1000);
      });`,
      { eval: true, execArgv: [], workerData: path },
    );
    await once(worker, "message");
    expect(codeOf(() => openRegion({}, path))).to.equal("ERR_FAMS_LOCKED");
    await worker.terminate();
    expect(committed(path)).to.equal(7);
  });

  it("workers with regions of their own come and go", async () => {
    const ended = Array.from({ length: 4 }, () => {
      const worker = inWorker(`
        const region = Region.openSync(workerData, { size: "64 KiB" });
        new Uint8Array(region.buffer).fill(1);
        region.msyncSync();
        parentPort.postMessage(region.stats().lines);`);
      return Promise.all([once(worker, "message"), once(worker, "exit")]);
    });
    for (const [[lines], [status]] of await Promise.all(ended))
      expect([lines, status]).to.deep.equal([1024, 0]);
  });

  it("a worker that is busy in msync can be terminated", async () => {
    for (let round = 0; round < 5; round++) {
      const worker = inWorker(`
        const region = Region.openSync(workerData, { size: "1 MiB" });
        const view = new Uint8Array(region.buffer);
        parentPort.postMessage(workerData);
        for (let i = 0; ; i++) { view.fill(i); region.msyncSync(); }`);
      const [path] = (await once(worker, "message")) as [string];
      await new Promise((resolve) => setTimeout(resolve, 10 * round));
      await worker.terminate();
      const bytes = new Uint8Array(openRegion({ size: "1 MiB" }, path).buffer);
      expect(bytes.every((x) => x === bytes[0])).to.equal(true);
    }
  });

  it("a view sent to a worker arrives as a copy", async () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    view[0] = 5;
    const worker = new Worker(
      `const { parentPort } = require("node:worker_threads"); parentPort.once("message", (x) => { x[0]++; parentPort.postMessage(x[0]); });`,
      { eval: true, execArgv: [] },
    );
    worker.postMessage(view.slice(0, 1));
    expect(await once(worker, "message")).to.deep.equal([6]);
    worker.postMessage(view);
    await worker.terminate();
    expect(view[0]).to.equal(5);
    region.msyncSync();
  });
});

describe("processes that end with a region open", () => {
  const ENDINGS: Record<string, [code: string, status: number | null, signal: string | null]> = {
    "by its last line": ["", 0, null],
    "by process.exit": ["process.exit(3);", 3, null],
    "by process.exit in an exit handler": [
      "process.on('exit', () => { region.close(); process.exit(4); });",
      4,
      null,
    ],
    "by an uncaught exception": ["throw new Error('boom');", 1, null],
    "by an unhandled rejection": ["Promise.reject(new Error('boom'));", 1, null],
    "by SIGTERM": ["process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);", null, "SIGTERM"],
    "by SIGKILL": ["process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);", null, "SIGKILL"],
    "by abort": ["process.abort();", null, "SIGABRT"],
  };
  for (const [name, [code, status, signal]] of Object.entries(ENDINGS))
    it(`${name} leave the last msync`, () => {
      const path = newPath();
      const ended = runChild(opening(path, code), { before: "ulimit -c 0" });
      expect([ended.status, ended.signal]).to.deep.equal([status, signal]);
      expect(committed(path)).to.equal(1);
    });
});

describe("regions that nobody closes", () => {
  const collect =
    "const collect = async () => { for (let i = 0; i < 6; i++) { gc(); await new Promise((done) => setTimeout(done, 5)); } };";

  it("are let go of by the collector: file, lock and all memory", () => {
    const found = childJson(
      `${opening(newPath(), "region.close();")}
      ${collect}
      const path = process.argv[1];
      (() => { const dropped = Region.openSync(path + "0", { size: "64 KiB" }); new Float64Array(dropped.buffer).fill(1); dropped.msyncSync(); })();
      await collect();
      const again = Region.openSync(path + "0");
      const value = new Float64Array(again.buffer)[0];
      const before = process.memoryUsage().arrayBuffers;
      for (let i = 1; i < 40; i++) (() => Region.openSync(path + i, { size: "4 MiB" }))();
      await collect();
      console.log(JSON.stringify([value, Math.round((process.memoryUsage().arrayBuffers - before) / 2 ** 20)]));`,
      { flags: ["--expose-gc"], args: [newPath()] },
    );
    expect(found).to.deep.equal([1, 0]);
  });

  it("keep their memory as long as a view of it lives", () => {
    const found = childJson(
      `${opening(newPath(), "region.close();")}
      ${collect}
      const kept = (() => new Float64Array(Region.openSync(process.argv[1], { size: "64 KiB" }).buffer))();
      await collect();
      kept.fill(7);
      kept[9] = 8;
      console.log(JSON.stringify([kept.length, kept[0], kept[9]]));`,
      { flags: ["--expose-gc"], args: [newPath()] },
    );
    expect(found).to.deep.equal([8192, 7, 8]);
  });
});
