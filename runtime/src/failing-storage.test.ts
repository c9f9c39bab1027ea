/** Storage that fails while a region is in use: what msync says, what is kept, and what the next opening finds. */

import { execFileSync } from "node:child_process";
import { existsSync, renameSync, truncateSync, unlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { FamsError } from "fams";
import { childJson } from "./test-child.ts";
import { codeOf, newPath, openRegion, thrownBy } from "./test-scratch.ts";

const BINDING = fileURLToPath(new URL("../../native/build/Release/fams_native_test.node", import.meta.url));

/** Runs steps on a region whose storage fails as `fault` says, and gives what they leave in `out`. */
function withFault(fault: string, steps: string, path = newPath(), size = "64 KiB"): unknown[] {
  const program = `
    import { Region } from "fams";
    const out = [];
    const attempt = (action) => { try { action(); out.push("done"); } catch (error) { out.push(error.code ?? String(error)); return error; } };
    const path = process.argv[1];
    let region, view;
    const open = () => { region = Region.openSync(path, { size: ${JSON.stringify(size)}, verify: true }); view = new Float64Array(region.buffer); };
    const store = (x, from = 0, to = from + 1) => view.fill(x, from, to);
    ${steps}
    console.log(JSON.stringify(out));`;
  return childJson(program, {
    args: [path],
    env: { FAMS_NATIVE_BINDING: BINDING, FAMS_FAULT: fault },
  }) as unknown[];
}

const value = (path: string) => new Float64Array(openRegion({}, path).buffer)[0];

before(function () {
  if (existsSync(BINDING)) return;
  console.log("        skipped: the addon's test build is not there");
  this.skip();
});

describe("a flush that fails", () => {
  // A commit of a region that flushes is one durable write; its first one is that of the first msync.
  const first = (path: string) =>
    withFault(
      "writeDurable:1+:EIO",
      "open(); store(1); attempt(() => region.msyncSync()); out.push(view[0]);",
      path,
    );

  it("is reported, and the memory stays as it is", () => {
    expect(first(newPath())).to.deep.equal(["ERR_FAMS_IO", 1]);
  });

  it("poisons the region: nothing is acknowledged or retried after it", () => {
    const path = newPath();
    const found = withFault(
      "writeDurable:2:EIO",
      `open(); store(1); attempt(() => region.msyncSync());
      store(2); const error = attempt(() => region.msyncSync());
      out.push(/Close the region and open it again/.test(error.message));
      for (let i = 0; i < 3; i++) attempt(() => region.msyncSync());
      store(3, 9); attempt(() => region.msyncSync()); attempt(() => region.flushSync());
      attempt(() => region.transaction(() => store(4)));
      out.push(region.stats().commits);
      attempt(() => region.close()); attempt(() => region.msyncSync());`,
      path,
    );
    expect(found).to.deep.equal([
      "done",
      "ERR_FAMS_IO",
      true,
      ...Array(6).fill("ERR_FAMS_POISONED"),
      1,
      "done",
      "ERR_FAMS_CLOSED",
    ]);
    const view = new Float64Array(openRegion({}, path).buffer);
    expect(view[0]).to.be.oneOf([1, 2]);
    expect(view[9]).to.equal(0);
  });

  it("at any call leaves a region that opens at a commit", () => {
    for (const operation of ["write", "writeDurable", "flushAll", "allocate", "checkAlive", "any"])
      for (const call of [1, 2, 4, 7]) {
        const path = newPath();
        const found = withFault(
          `${operation}:${call}:EIO`,
          `attempt(open);
          for (let i = 1; i < 9 && region; i++) { store(i, 0, 1); store(i, 8000, 8001); attempt(() => region.msyncSync()); if (out.at(-1) === "done") out.push(i); }
          if (region) attempt(() => region.close());`,
          path,
        );
        const acknowledged = Math.max(0, ...found.filter((x) => typeof x === "number"));
        if (!existsSync(path)) {
          expect(acknowledged).to.equal(0);
          continue;
        }
        const region = openRegion({}, path);
        const view = new Float64Array(region.buffer);
        expect(view[0], `${operation}:${call}`)
          .to.equal(view[8000])
          .and.to.be.within(acknowledged, acknowledged + 1);
        region.close();
      }
  }).timeout(60_000);
});

describe("space that runs out", () => {
  it("before the commit began loses nothing: the next msync commits it", () => {
    const path = newPath();
    // Creating allocates three pieces. Once the journal finds no space to grow, it asks for what this commit needs alone.
    const found = withFault(
      "allocate:4:ENOSPC,allocate:5:ENOSPC",
      `open(); store(1, 0, 250000);
      const error = attempt(() => region.msyncSync());
      out.push(/free some space/.test(error?.message), view[0], region.stats().commits);
      store(2, 5);
      attempt(() => region.msyncSync());
      out.push(region.stats().lines);
      attempt(() => region.close());`,
      path,
      "2 MiB",
    );
    expect(found).to.deep.equal(["ERR_FAMS_NO_SPACE", true, 1, 0, "done", 31_250, "done"]);
    const view = new Float64Array(openRegion({ size: "2 MiB" }, path).buffer);
    expect([view[0], view[5], view[249_999], view[250_000]]).to.deep.equal([1, 2, 1, 0]);
  });

  it("in a transaction rolls it back, and leaves the region usable", () => {
    const found = withFault(
      "allocate:4:ENOSPC,allocate:5:ENOSPC",
      `open(); attempt(() => region.transaction(() => store(1, 0, 250000)));
      out.push(view[0], view[249999]);
      store(3); attempt(() => region.msyncSync()); out.push(region.stats().lines);`,
      newPath(),
      "2 MiB",
    );
    expect(found).to.deep.equal(["ERR_FAMS_NO_SPACE", 0, 0, "done", 1]);
  });
});

describe("a file that is taken away", () => {
  it("by removing it is said by the next msync", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    unlinkSync(region.path);
    view[0] = 1;
    const error = thrownBy(() => region.msyncSync()) as FamsError;
    expect(error.code).to.equal("ERR_FAMS_FILE_GONE");
    expect(error.message).to.match(/keep what matters/);
    expect(codeOf(() => region.msyncSync())).to.equal("ERR_FAMS_POISONED");
    expect(view[0]).to.equal(1);
  });

  it("by cutting it short is said by the next msync, and the process lives", () => {
    const region = openRegion({ verify: false });
    const view = new Float64Array(region.buffer);
    view[0] = 1;
    region.msyncSync();
    truncateSync(region.path, 131_072 + 10_000);
    view[0] = 2;
    expect(codeOf(() => region.msyncSync())).to.equal("ERR_FAMS_TRUNCATED");
    region.close();
  });

  it("by moving it does not matter", () => {
    const region = openRegion();
    const moved = newPath();
    renameSync(region.path, moved);
    new Float64Array(region.buffer)[0] = 1;
    region.msyncSync();
    region.close();
    expect(value(moved)).to.equal(1);
  });

  it("by overwriting its journal is found when it is closed, and when it is opened", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    for (let i = 1; i < 4; i++) {
      view[0] = i;
      region.msyncSync();
    }
    execFileSync(
      "dd",
      ["if=/dev/zero", `of=${region.path}`, "bs=64", "seek=2048", "count=2", "conv=notrunc"],
      { stdio: "ignore" },
    );
    expect(codeOf(() => region.close())).to.equal("ERR_FAMS_DAMAGED");
    expect(region.closed).to.equal(true);
    expect(codeOf(() => openRegion({}, region.path))).to.equal("ERR_FAMS_DAMAGED");
  });
});
