/** msync without waiting: what a commit holds, in which order commits settle, and what may come between. */

import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { type Durability, Region } from "fams";
import { copyAsCrashed } from "./test-crash-copy.ts";
import { newPath, openRegion, reopen } from "./test-scratch.ts";
import { requireTestBuild, withStorage } from "./test-storage.ts";

const words = (region: Region) => new Uint32Array(region.buffer);
/** An open region whose msync does not wait: verifying does. */
const openAsync = (durability: Durability, size = "1 MiB") => openRegion({ durability, size, verify: false });

/** The words that a crash at this instant would leave. */
function crashed(region: Region): Uint32Array {
  const copy = newPath();
  copyAsCrashed(region.path, copy);
  return words(openRegion({ size: region.size }, copy));
}

for (const durability of ["power", "process"] as const)
  describe(`msync that is not waited for (${durability})`, () => {
    it("holds what was stored until the call and nothing after it, though its write is still to come", async () => {
      const region = openAsync(durability);
      const view = words(region);
      view.fill(1, 0, 20_000);
      const first = region.msync();
      view.fill(2, 0, 30_000);
      await first;
      const found = crashed(region);
      expect(found.subarray(0, 20_000).every((x) => x === 1)).to.equal(true);
      expect(found.subarray(20_000).every((x) => x === 0)).to.equal(true);
    });

    it("is not torn by the stores that follow at once, whatever their number", async () => {
      const region = openAsync(durability);
      const view = words(region);
      for (let round = 1; round <= 60; round++) {
        view.fill(round);
        const done = region.msync();
        view.fill(round + 1000, round * 100);
        await done;
        if (round % 12 !== 0) continue;
        expect(new Set(crashed(region))).to.deep.equal(new Set([round]));
      }
    });

    it("settles in order, each commit once", async () => {
      const region = openAsync(durability);
      const view = words(region);
      const settled: number[] = [];
      const all: Promise<number>[] = [];
      for (let i = 0; i < 60; i++) {
        view[i % 7] = i;
        all.push(region.msync().then(() => settled.push(i)));
        if (i % 5 === 0) await turn();
      }
      await Promise.all(all);
      expect(settled).to.deep.equal(Array.from({ length: 60 }, (_, i) => i));
      expect(region.stats().commits).to.equal(60);
    });

    it("settles in order even if a later one need not wait", async () => {
      const region = openAsync(durability);
      const view = words(region);
      const settled: string[] = [];
      view[0] = 1;
      const first = region.msync().then(() => settled.push("first"));
      await null;
      // The commit thread writes it, and the event loop has no turn to hear of that.
      for (const start = performance.now(); performance.now() < start + 100; );
      const second = region.msync().then(() => settled.push("second"));
      await Promise.all([first, second]);
      expect(settled).to.deep.equal(["first", "second"]);
    });

    it("returns a promise even of what it refuses", async () => {
      const region = openAsync(durability);
      region.close();
      const refused = region.msync();
      expect(await refused.catch((error) => error.code)).to.equal("ERR_FAMS_CLOSED");
      const flushed = region.flush();
      expect(await flushed.catch((error) => error.code)).to.equal("ERR_FAMS_CLOSED");
    });

    it("goes well with msyncSync, rollback, transactions and flushes in between", async () => {
      let region = openAsync(durability);
      const view = words(region);
      const all: Promise<void>[] = [];
      view[0] = 1;
      all.push(region.msync());
      view[0] = 2;
      region.msyncSync();
      view[0] = 3;
      all.push(region.msync());
      view[0] = 4;
      region.rollback();
      expect(view[0], "the last captured commit").to.equal(3);
      view[1] = 1;
      all.push(region.msync());
      all.push(region.flush());
      expect(() =>
        region.transaction(() => {
          view[1] = 2;
          throw new Error("mine");
        }),
      ).to.throw("mine");
      expect(view[1]).to.equal(1);
      region.transaction(() => (view[2] = 5));
      region.flushSync();
      view[3] = 9;
      all.push(region.msync());
      view[3] = 10;
      region = reopen(region, { size: "1 MiB" });
      await Promise.all(all);
      expect([...words(region).subarray(0, 4)]).to.deep.equal([3, 1, 5, 9]);
    });
  });

describe("msync on storage that takes 100 ms for a write", () => {
  before(requireTestBuild);
  const slow = (steps: string, options = {}) =>
    withStorage("writeDurable:1+:delay-100", steps, { size: "1 MiB", ...options });

  it("leaves the thread to the program meanwhile", () => {
    const [ticks, longest] = slow(`
      let ticks = 0, longest = 0, last = performance.now();
      const timer = setInterval(() => { const now = performance.now(); longest = Math.max(longest, now - last); last = now; ticks++; }, 2);
      for (let i = 0; i < 4; i++) { put(i, 0, 1000); await region.msync(); }
      clearInterval(timer);
      out.push(ticks, longest);`) as [number, number];
    expect(ticks, "turns of the event loop").to.be.above(40);
    expect(longest, "milliseconds that one took").to.be.below(90);
  });

  it("gathers commits of one turn, and those made during a flush, into one write each", () => {
    expect(
      slow(`
      const all = [];
      for (let i = 0; i < 8; i++) { put(i, i); all.push(region.msync()); }
      await all[0];
      out.push(region.stats().groups, region.stats().largestGroup);
      put(1); all.push(region.msync());
      for (let i = 0; i < 5; i++) { await sleep(10); put(i, 8 * i); all.push(region.msync()); }
      await Promise.all(all);
      const { commits, groups, flushes, largestGroup } = region.stats();
      out.push(commits, groups, flushes, largestGroup);`),
    ).to.deep.equal([1, 8, 14, 3, 3, 8]);
  });

  it("with nothing stored waits for what is under way", () => {
    expect(
      slow(`
      const start = performance.now();
      put(1);
      const all = [tell("first", region.msync()), tell("second", region.msync())];
      await sleep(20);
      all.push(tell("third", region.msync()));
      await Promise.all(all);
      out.push(region.stats().commits, performance.now() - start > 95);
      const again = performance.now();
      await region.msync();
      out.push(performance.now() - again < 90);`),
    ).to.deep.equal(["first", "second", "third", 1, true, true]);
  });

  it("msyncSync, rollback and flush in the meantime come after it", () => {
    expect(
      slow(`
      put(1); const first = tell("first", region.msync());
      await sleep(20);
      put(2); region.msyncSync(); out.push("sync");
      put(3); const second = tell("second", region.msync());
      await sleep(20);
      put(4); region.rollback(); out.push(view[0]);
      put(5); const third = tell("third", region.msync());
      await sleep(20);
      put(6); const fourth = region.flush().then(() => out.push("flush"));
      await Promise.all([first, second, third, fourth]);
      out.push(view[0]);
      region.rollback(); out.push(view[0]);`),
    ).to.deep.equal(["sync", "first", 3, "second", "third", "flush", 6, 5]);
  });

  it("close waits for it, and its promise settles well", () => {
    const path = newPath();
    expect(
      slow(
        `
      put(1); const all = [tell("first", region.msync())];
      await sleep(20);
      put(2); all.push(tell("second", region.msync()));
      put(3);
      region.close(); out.push("closed");
      await Promise.all(all);`,
        { path },
      ),
    ).to.deep.equal(["closed", "first", "second"]);
    using region = Region.openSync(path);
    expect(region.recovery.verdict).to.equal("clean");
    expect(new Float64Array(region.buffer)[0]).to.equal(2);
  });
});

describe("msync while a slow checkpoint holds commits back", () => {
  before(requireTestBuild);

  it("is not overtaken by what follows it, and nothing is lost", () => {
    const path = newPath();
    const [delays, last, ...wrong] = withStorage(
      "flushAll:1+:delay-20",
      `
      const expectBack = (value) => {
        put(-1, 0, 2000);
        region.rollback();
        if (!view.subarray(0, 2000).every((x) => x === value)) out.push(value, view[0]);
      };
      for (let i = 1; i <= 500; i++) {
        put(2 * i, 0, 2000);
        const earlier = region.msync();
        await null;
        for (const start = performance.now(); performance.now() < start + 0.3; );
        expectBack(2 * i);
        put(2 * i + 1, 0, 2000);
        region.msyncSync();
        expectBack(2 * i + 1);
        if (i % 10 === 0) await earlier;
      }
      out.unshift(region.stats().delays, view[0]);
      console.log(JSON.stringify(out));
      process.kill(process.pid, "SIGKILL");`,
      { size: "4 MiB", maxJournal: "1 MiB", path, killed: true },
    ) as number[];
    expect(wrong, "values and what was found instead").to.deep.equal([]);
    expect(delays).to.be.above(0);
    expect(last).to.equal(1001);
    using region = Region.openSync(path);
    expect(new Float64Array(region.buffer)[1999]).to.equal(1001);
  }).timeout(60_000);
});

describe("msync of more than may wait in memory", () => {
  before(requireTestBuild);

  it("waits before it captures, and loses nothing", () => {
    const [grown, waiting, equal] = withStorage(
      "writeDurable:1+:delay-30",
      `import { readFileSync } from "node:fs";
      const mib = (lines) => Number(/RssAnon:\\s+(\\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
      put(1, 0, view.length); region.msyncSync();
      const before = mib();
      let most = 0, settled = 0;
      const all = [];
      for (let i = 0; i < 40; i++) {
        put(i, 0, 3 * 2 ** 17);
        all.push(region.msync().then(() => settled++));
        most = Math.max(most, mib() - before);
      }
      out.push(most, 40 - settled);
      const timer = setInterval(() => { out[0] = Math.max(out[0], mib() - before); }, 5);
      await Promise.all(all);
      clearInterval(timer);
      put(0, 0, view.length);
      region.rollback();
      out.push(view.subarray(0, 3 * 2 ** 17).every((x) => x === 39) && view.subarray(3 * 2 ** 17).every((x) => x === 1));`,
      { size: "8 MiB" },
    ) as [number, number, boolean];
    expect(equal).to.equal(true);
    expect(waiting, "msyncs under way").to.be.above(20);
    expect(grown, "MiB of captured commits, of 120").to.be.within(40, 90);
  }).timeout(60_000);
});
