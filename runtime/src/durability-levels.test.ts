/** What each durability survives, what flush waits for, and what becomes of a file that is taken away under it. */

import { renameSync, truncateSync, unlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type Durability, Region } from "fams";
import { runChild } from "./test-child.ts";
import { copyAsCrashed } from "./test-crash-copy.ts";
import { newPath, openRegion } from "./test-scratch.ts";
import { requireTestBuild, withStorage } from "./test-storage.ts";

const BOTH: Durability[] = ["power", "process"];
const doubles = (region: Region) => new Float64Array(region.buffer);
const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "none",
    (error) => error.code,
  );

for (const durability of BOTH)
  describe(`durability "${durability}"`, () => {
    it("survives the process: every msync that returned or resolved is there", () => {
      for (const call of ["await region.msync()", "region.msyncSync()", "region.transaction(() => {})"]) {
        const path = newPath();
        const { signal, stderr } = runChild(
          `import { Region } from "fams";
          const region = Region.openSync(process.argv[1], { size: "1 MiB", durability: "${durability}", verify: false });
          const view = new Float64Array(region.buffer);
          for (let i = 1; i <= 50; i++) { view.fill(i, i * 100, i * 100 + 50); ${call}; }
          view.fill(-1);
          process.kill(process.pid, "SIGKILL");`,
          { args: [path] },
        );
        expect(signal, stderr).to.equal("SIGKILL");
        using region = Region.openSync(path);
        const view = doubles(region);
        for (let i = 1; i <= 50; i++)
          expect([view[i * 100], view[i * 100 + 49], view[i * 100 + 50]]).to.deep.equal([i, i, 0]);
      }
    });

    it("finds that its file was removed, and acknowledges nothing after it", async () => {
      for (const how of ["msync", "msyncSync", "flush"]) {
        const region = openRegion({ durability, verify: false });
        doubles(region)[0] = 1;
        await region.msync();
        unlinkSync(region.path);
        await sleep(30);
        doubles(region)[0] = 2;
        const attempts = {
          msync: () => region.msync(),
          msyncSync: async () => region.msyncSync(),
          flush: async () => (durability === "process" ? region.flush() : region.msync()),
        };
        expect(await codeOf(attempts[how as "msync"]()), how).to.equal("ERR_FAMS_FILE_GONE");
        expect(await codeOf(region.msync()), how).to.equal("ERR_FAMS_POISONED");
        expect(doubles(region)[0], "the memory is as it was").to.equal(2);
        region.close();
      }
    });

    it("finds that its file was cut short", async () => {
      for (const bytes of [131_072 + 10_000, 70_000]) {
        const region = openRegion({ durability, verify: false });
        doubles(region)[0] = 1;
        await region.msync();
        truncateSync(region.path, bytes);
        await sleep(30);
        new Uint8Array(region.buffer)[0] = 2;
        expect(await codeOf(region.msync())).to.be.oneOf(["ERR_FAMS_TRUNCATED", "ERR_FAMS_IO"]);
        expect(await codeOf(region.msync())).to.equal("ERR_FAMS_POISONED");
        region.close();
      }
    });

    it("does not mind that its file was renamed", async () => {
      const region = openRegion({ durability, verify: false });
      const moved = newPath();
      doubles(region)[0] = 1;
      const before = region.msync();
      renameSync(region.path, moved);
      await before;
      await sleep(30);
      doubles(region)[0] = 2;
      await region.msync();
      await region.flush();
      region.close();
      expect(doubles(openRegion({}, moved))[0]).to.equal(2);
    });

    it("never shows a reader of the file what is not committed", async () => {
      const region = openRegion({ durability, verify: false });
      doubles(region).fill(1);
      await region.msync();
      doubles(region).fill(2);
      const copy = newPath();
      copyAsCrashed(region.path, copy);
      expect(new Set(doubles(openRegion({}, copy)))).to.deep.equal(new Set([1]));
    });
  });

describe("flush", () => {
  before(requireTestBuild);
  const slow = (durability: Durability, steps: string) =>
    withStorage("flushAll:1+:delay-80", steps, { size: "1 MiB", durability });

  it("waits for the medium, behind every commit before it, without keeping the thread", () => {
    expect(
      slow(
        "process",
        `
      put(1); await tell("commit", region.msync());
      const start = performance.now();
      let ticks = 0;
      const timer = setInterval(() => ticks++, 2);
      await tell("flush", region.flush());
      clearInterval(timer);
      out.push(performance.now() - start > 75, ticks > 8);
      await tell("again", region.flush());`,
      ),
    ).to.deep.equal(["commit", "flush", true, true, "again"]);
  });

  it("is waited for by nobody who commits, and settles in order with commits", () => {
    expect(
      slow(
        "process",
        `
      put(1); await region.msync();
      const flushed = tell("flush", region.flush());
      await sleep(20);
      put(2); const later = tell("later", region.msync());
      await Promise.all([flushed, later]);
      put(3); region.rollback(); out.push(view[0]);`,
      ),
    ).to.deep.equal(["flush", "later", 2]);
  });

  it("has nothing to do where each commit is flushed", () => {
    expect(
      slow(
        "power",
        `
      put(1); await region.msync();
      const start = performance.now();
      await region.flush(); region.flushSync();
      out.push(performance.now() - start < 70);`,
      ),
    ).to.deep.equal([true]);
  });

  it("that fails poisons, and every commit before it survives the process all the same", () => {
    const path = newPath();
    openRegion({}, path).close();
    expect(
      withStorage(
        "flushAll:1+:EIO",
        `
      put(1); await tell("commit", region.msync());
      await tell("flush", region.flush());
      put(2); await tell("later", region.msync());
      attempt(() => region.flushSync());
      region.close();`,
        { path, durability: "process" },
      ),
    ).to.deep.equal(["commit", "flush ERR_FAMS_IO", "later ERR_FAMS_POISONED", "ERR_FAMS_POISONED"]);
    expect(doubles(openRegion({}, path))[0]).to.equal(1);
  });
});
