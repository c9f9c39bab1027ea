/** A commit that fails while others wait behind it: all of them say why, their lines are part of the next msync, and what succeeded before stays. */

import { expect } from "chai";
import { Region } from "fams";
import { newPath, openRegion } from "./test-scratch.ts";
import { requireTestBuild, withStorage } from "./test-storage.ts";

before(requireTestBuild);

/** First words of the region at `path`, opened again. */
function found(path: string, words = 3): number[] {
  using region = Region.openSync(path);
  return [...new Float64Array(region.buffer, 0, words)];
}

describe("an msync whose write fails", () => {
  // The second durable write is that of the second commit, and takes long enough for a third to be captured behind it.
  const second = "writeDurable:1+:delay-60,writeDurable:2:EIO";
  const steps = `
    const errors = [];
    put(1); await tell("first", region.msync());
    put(2); const second = tell("second", region.msync()).then((error) => errors.push(error));
    await sleep(20);
    put(3, 1); const third = tell("third", region.msync()).then((error) => errors.push(error));
    put(4, 2); const fourth = tell("fourth", region.msync()).then((error) => errors.push(error));
    put(5, 3);`;

  it("fails those captured behind it for the same reason, in order, and ends the use of the region", () => {
    const path = newPath();
    expect(
      withStorage(
        second,
        `${steps}
        await Promise.all([second, third, fourth]);
        out.push(new Set(errors.map(({ message }) => message)).size);
        await tell("fifth", region.msync());
        await tell("flush", region.flush());
        attempt(() => region.msyncSync()); attempt(() => region.flushSync()); attempt(() => region.transaction(() => put(9)));
        out.push(region.stats().commits);
        attempt(() => region.close());`,
        { path },
      ),
    ).to.deep.equal([
      "first",
      ...["second", "third", "fourth"].map((name) => `${name} ERR_FAMS_IO`),
      1,
      "fifth ERR_FAMS_POISONED",
      "flush ERR_FAMS_POISONED",
      ...Array(3).fill("ERR_FAMS_POISONED"),
      1,
      "done",
    ]);
    const [value, ...behind] = found(path);
    expect(value).to.be.oneOf([1, 2]);
    expect(behind).to.deep.equal([0, 0]);
  });

  it("can be rolled back to the last commit that succeeded, before and after it was heard of", () => {
    for (const heard of ["", "await Promise.all([second, third, fourth]);"])
      expect(
        withStorage(
          second,
          `${steps} ${heard}
          region.rollback();
          const values = [...view.subarray(0, 4)];
          await Promise.all([second, third, fourth]);
          out.push(...values);`,
        ),
      ).to.deep.equal([
        "first",
        ...["second", "third", "fourth"].map((name) => `${name} ERR_FAMS_IO`),
        ...[1, 0, 0, 0],
      ]);
  });

  it("fails a synchronous one that waits behind it, and a transaction, which rolls back", () => {
    for (const call of ["msyncSync()", "transaction(() => put(6, 4))"]) {
      const [first, code, ...rest] = withStorage(
        second,
        `${steps}
        attempt(() => region.${call});
        out.push(view[4]);
        await Promise.all([second, third, fourth]);`,
      );
      expect(first).to.equal("first");
      expect(code).to.be.oneOf(["ERR_FAMS_IO", "ERR_FAMS_POISONED"]);
      expect(rest).to.deep.equal([0, ...["second", "third", "fourth"].map((name) => `${name} ERR_FAMS_IO`)]);
    }
  });

  it("rejects when the region is closed meanwhile, and closing says nothing more", () => {
    expect(
      withStorage(
        second,
        `${steps}
        attempt(() => region.close());
        await Promise.all([second, third, fourth]);`,
      ),
    ).to.deep.equal(["first", "done", ...["second", "third", "fourth"].map((name) => `${name} ERR_FAMS_IO`)]);
  });

  it("that nobody awaits is an unhandled rejection, not silence", () => {
    expect(() =>
      withStorage("writeDurable:1:EIO", "put(1); region.msync(); await sleep(500); out.push('went on');"),
    ).to.throw(/ended with 1[\s\S]*ERR_FAMS_IO/);
  });
});

describe("an msync that finds no space", () => {
  // Creating a region allocates three pieces. Once the journal finds no space to grow, it asks for what this commit needs alone.
  const full = "allocate:4+:delay-40,allocate:4+:ENOSPC";
  const once = "allocate:4+:delay-40,allocate:4:ENOSPC,allocate:5:ENOSPC";
  const steps = `
    put(1); await tell("first", region.msync());
    put(2, 0, 250000); const second = tell("second", region.msync());
    await sleep(20);
    put(3, 1); const third = tell("third", region.msync());
    await Promise.all([second, third]);`;
  const failed = ["first", "second ERR_FAMS_NO_SPACE", "third ERR_FAMS_NO_SPACE"];

  it("loses nothing: all that failed is part of the next msync", () => {
    const path = newPath();
    expect(
      withStorage(
        once,
        `${steps}
        put(4, 2);
        await tell("again", region.msync());
        const { commits, lines } = region.stats();
        out.push(commits, lines);
        put(0, 0, 250000);
        region.rollback();
        out.push(...view.subarray(0, 4), view[249999], view[250000]);
        console.log(JSON.stringify(out));
        process.kill(process.pid, "SIGKILL");`,
        { path, size: "2 MiB", killed: true },
      ),
    ).to.deep.equal([...failed, "again", 2, 1 + 31_250, 2, 3, 4, 2, 2, 0]);
    expect(found(path, 4)).to.deep.equal([2, 3, 4, 2]);
  });

  it("for good leaves a region that can go back, and commit what is smaller", () => {
    const path = newPath();
    expect(
      withStorage(
        full,
        `${steps}
        await tell("again", region.msync());
        out.push(view[1]);
        region.rollback();
        out.push(...view.subarray(0, 3));
        put(5, 2); await tell("small", region.msync());
        out.push(region.stats().commits);
        attempt(() => region.close());`,
        { path, size: "2 MiB" },
      ),
    ).to.deep.equal([...failed, "again ERR_FAMS_NO_SPACE", 3, 1, 0, 0, "small", 2, "done"]);
    expect(found(path)).to.deep.equal([1, 0, 5]);
  });
});

describe("a checkpoint that fails in the background", () => {
  it("ends the use of the region, and no acknowledged commit is lost", () => {
    for (const fault of [
      "flushAll:4+:EIO",
      "write:9+:EIO",
      "writeBack:1:EIO",
      "writeBack:1+:EIO",
      "truncate:1+:EIO",
    ]) {
      const path = newPath();
      const out = withStorage(
        fault,
        `
        let last = 0;
        try {
          for (let i = 1; i < 100; i++) { put(i, 0, 16000); await region.msync(); last = i; }
          out.push("none");
        } catch (error) { out.push(error.code); }
        out.push(last);
        attempt(() => region.close());`,
        { path, size: "2 MiB", maxJournal: "1 MiB" },
      ) as [string, number, string];
      const [code, last, closed] = out;
      expect(code, fault).to.be.oneOf(["none", "ERR_FAMS_IO", "ERR_FAMS_POISONED"]);
      expect(closed, fault).to.be.oneOf(code === "none" ? ["done", "ERR_FAMS_IO"] : ["done"]);
      const view = new Float64Array(openRegion({ size: "2 MiB" }, path).buffer);
      expect(view[0], fault).to.be.within(last, last + 1);
      expect(view[15_999], fault).to.equal(view[0]);
    }
  }).timeout(60_000);
});
