/** region.backup: the last msync's state as a file of its own, while the program goes on. */

import { existsSync, readdirSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "chai";
import { FamsError, Region } from "fams";
import { newPath, openRegion } from "./test-scratch.ts";

const SIZE = 8 * 2 ** 20;

async function codeOf(backup: Promise<void>): Promise<string> {
  try {
    await backup;
    return "none";
  } catch (error) {
    if (error instanceof FamsError) return error.code;
    throw error;
  }
}

function contentsOf(path: string): Float64Array {
  using copy = Region.openSync(path);
  expect(copy.recovery.verdict).to.equal("clean");
  return new Float64Array(copy.buffer).slice();
}

describe("region.backup", () => {
  it("holds the last msync before it and nothing later, whatever is committed meanwhile", async () => {
    const region = openRegion({ size: SIZE, maxJournal: "1 MiB" });
    const view = new Float64Array(region.buffer);
    for (let round = 1; round <= 40; round++) {
      for (let i = round; i < view.length; i += 977) view[i] = round;
      await region.msync();
    }
    const expected = view.slice();
    view[5] = -1;
    const path = newPath();
    const steps: number[] = [];
    const backup = region.backup(path, { progress: (done, total) => steps.push(done / total) });
    for (let round = 41; round <= 80; round++) {
      for (let i = round; i < view.length; i += 977) view[i] = round;
      region.msyncSync();
    }
    await backup;
    expect(contentsOf(path)).to.deep.equal(expected);
    expect(steps.at(-1) ?? 1).to.be.at.most(1);
    const last = view.slice();
    const { path: own } = region;
    region.close();
    expect(contentsOf(own)).to.deep.equal(last);
  });

  it("is waited for by close", async () => {
    const region = openRegion({ size: SIZE });
    new Float64Array(region.buffer).fill(3);
    region.msyncSync();
    const path = newPath();
    const backup = region.backup(path);
    region.close();
    await backup;
    expect(contentsOf(path).every((value) => value === 3)).to.equal(true);
  });

  it("keeps a file that is there, unless told to replace it", async () => {
    const region = openRegion();
    const other = openRegion();
    const { path } = other;
    expect(await codeOf(region.backup(path))).to.equal("ERR_FAMS_EXISTS");
    other.close();
    expect(await codeOf(region.backup(path))).to.equal("ERR_FAMS_EXISTS");
    await region.backup(path, { overwrite: true });
    expect(contentsOf(path).length).to.equal(region.size / 8);
  });

  it("fails with a code and leaves nothing behind", async () => {
    const region = openRegion();
    const missing = `${newPath()}/none/copy.fams`;
    expect(await codeOf(region.backup(missing))).to.be.oneOf(["ERR_FAMS_NO_DIRECTORY", "ERR_FAMS_NOT_FOUND"]);
    expect(await codeOf(region.backup(""))).to.equal("ERR_FAMS_INVALID_ARGUMENT");
    const wrong = { overwrite: 1 } as unknown as { overwrite: boolean };
    expect(await codeOf(region.backup(newPath(), wrong))).to.equal("ERR_FAMS_INVALID_ARGUMENT");
    expect(readdirSync(dirname(region.path)).filter((name) => name.includes("tmp"))).to.deep.equal([]);
    region.close();
    const late = newPath();
    expect(await codeOf(region.backup(late))).to.equal("ERR_FAMS_CLOSED");
    expect(existsSync(late)).to.equal(false);
  });
});
