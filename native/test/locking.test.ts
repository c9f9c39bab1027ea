/** One writer, or any number of readers, of a file; and what becomes of a region whose file is taken away. */

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { linkSync, renameSync, symlinkSync, truncateSync, unlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { codeOf, open, program, scratch, TIMEOUT, unchanged } from "./files.ts";

const path = scratch("disk");
const SIZE = 65_536;

/** A process of its own that has a region open. */
class Holder {
  static readonly all = new Set<Holder>();
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(file: string, mode = "") {
    this.#process = spawn(process.execPath, program("hold.ts", file, mode), {
      stdio: ["pipe", "pipe", "inherit"],
    });
    Holder.all.add(this);
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** What it says next, or how it ended. */
  async says(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done ? this.ended() : value;
  }

  asks(command: string): Promise<string> {
    this.#process.stdin.write(`${command}\n`);
    return this.says();
  }

  async stores(): Promise<void> {
    expect(await this.asks("store")).to.equal("stored");
  }

  async ended(): Promise<string> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) await once(this.#process, "exit");
    return `ended by ${this.#process.signalCode ?? this.#process.exitCode}`;
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.ended();
  }
}

async function endAll(): Promise<void> {
  for (const holder of Holder.all) await holder.kill();
  Holder.all.clear();
}

/** A process that holds the region at `name`, which is created. */
async function hold(name: string, mode?: string): Promise<Holder> {
  const holder = new Holder(path(name), mode);
  expect(await holder.says()).to.equal("none");
  return holder;
}

const codeOfOpening = (file: string, readOnly = false) => codeOf(() => open(file, { readOnly }).close());

describe("the lock of a region", function () {
  this.timeout(TIMEOUT);
  afterEach(endAll);

  it("excludes a second opener in this process, by any name of the file", () => {
    const file = path("here");
    const region = open(file, { size: SIZE });
    linkSync(file, path("linked"));
    symlinkSync(file, path("symbolic"));
    for (const name of ["here", "linked", "symbolic"])
      for (const readOnly of [false, true])
        expect(unchanged(file, () => codeOfOpening(path(name), readOnly))).to.equal("ERR_FAMS_LOCKED");
    region.close();
    expect(codeOfOpening(file)).to.equal("none");
  });

  it("is not lost when a second opener has failed, or when the file was opened and closed by others", async () => {
    const file = path("kept");
    using _region = open(file, { size: SIZE });
    expect(codeOfOpening(file)).to.equal("ERR_FAMS_LOCKED");
    unchanged(file, () => {});
    const other = new Holder(file);
    expect(await other.says()).to.equal("ERR_FAMS_LOCKED");
    await other.kill();
  });

  it("excludes another thread", async () => {
    const file = path("thread");
    using _region = open(file, { size: SIZE });
    const [code] = await once(
      new Worker(
        `const { workerData, parentPort } = require("node:worker_threads");
        import(workerData.fams).then(({ Region }) => {
          try { Region.openSync(workerData.file); parentPort.postMessage("none"); }
          catch (error) { parentPort.postMessage(error.code); }
        });`,
        { eval: true, workerData: { file, fams: import.meta.resolve("fams") } },
      ),
      "message",
    );
    expect(code).to.equal("ERR_FAMS_LOCKED");
  });

  it("excludes other processes, and ends with a kill", async () => {
    const holder = await hold("elsewhere");
    for (const readOnly of [false, true])
      expect(codeOfOpening(path("elsewhere"), readOnly)).to.equal("ERR_FAMS_LOCKED");
    await holder.stores();
    expect(await holder.asks("msync")).to.equal("none");
    await holder.kill();
    using region = open(path("elsewhere"));
    expect(new Uint32Array(region.buffer)[8000]).to.equal(1);
  });

  it("ends with close", async () => {
    const holder = await hold("closed");
    expect(await holder.asks("close")).to.equal("none");
    expect(codeOfOpening(path("closed"))).to.equal("none");
  });

  it("is shared by readers, who exclude writers", async () => {
    open(path("read"), { size: SIZE }).close();
    const holder = await hold("read", "readOnly");
    const reader = open(path("read"), { readOnly: true });
    expect(codeOfOpening(path("read"))).to.equal("ERR_FAMS_LOCKED");
    reader.close();
    expect(codeOfOpening(path("read"))).to.equal("ERR_FAMS_LOCKED");
    await holder.kill();
    expect(codeOfOpening(path("read"))).to.equal("none");
  });

  it("is not inherited by a process that outlives its parent", async () => {
    const holder = await hold("inherited");
    const child = Number(await holder.asks("spawn"));
    await holder.kill();
    expect(process.kill(child, 0), "the child lives").to.equal(true);
    expect(codeOfOpening(path("inherited"))).to.equal("none");
    process.kill(child, "SIGKILL");
  });

  it("lets exactly one of several processes create a file; no other finds it unfinished", async () => {
    for (let round = 0; round < 4; round++) {
      const holders = [0, 1, 2].map(() => new Holder(path(`race ${round}`)));
      const said = await Promise.all(holders.map((holder) => holder.says()));
      expect(said.sort()).to.deep.equal(["ERR_FAMS_LOCKED", "ERR_FAMS_LOCKED", "none"]);
      await Promise.all(holders.map((holder) => holder.kill()));
    }
  });
});

describe("a file that is taken away while its region is open", function () {
  this.timeout(TIMEOUT);
  afterEach(endAll);

  for (const mode of ["verified", "unverified"]) {
    it(`msync fails when it has lost its name (${mode})`, async () => {
      const holder = await hold(`unlinked ${mode}`, mode);
      await holder.stores();
      unlinkSync(path(`unlinked ${mode}`));
      expect(await holder.asks("msync")).to.equal("ERR_FAMS_FILE_GONE");
      expect(await holder.asks("msync")).to.equal("ERR_FAMS_POISONED");
      expect(await holder.asks("close")).to.equal("none");
    });

    for (const [what, bytes] of [
      ["in its journal", 70_000 + SIZE],
      ["in its data", 70_000],
      ["to nothing", 0],
    ] as const)
      it(`msync fails when it was cut short ${what} (${mode})`, async () => {
        const name = `cut ${bytes} ${mode}`;
        const holder = await hold(name, mode);
        await holder.stores();
        truncateSync(path(name), bytes);
        expect(await holder.asks("msync")).to.equal("ERR_FAMS_TRUNCATED");
        expect(await holder.asks("close")).to.equal("none");
      });
  }

  it("a renamed file is still the same", async () => {
    const holder = await hold("old name");
    renameSync(path("old name"), path("new name"));
    await holder.stores();
    expect(await holder.asks("msync")).to.equal("none");
    expect(codeOfOpening(path("new name"))).to.equal("ERR_FAMS_LOCKED");
    await holder.kill();
    using region = open(path("new name"));
    expect(new Uint32Array(region.buffer)[8000]).to.equal(1);
  });
});
