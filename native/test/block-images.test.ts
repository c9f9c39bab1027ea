/** blockImages: a device that destroys the whole 4 KiB block around a write it did not finish. Recovery restores each block that the journal has changed. */

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import type { Region, RegionOptions } from "fams";
import { copyAsCrashed } from "../../runtime/src/test-crash-copy.ts";
import { Commits } from "./commits.ts";
import { LONG, open, run, scratch, TIMEOUT } from "./files.ts";
import { makeRandom, type Random } from "./random.ts";

const path = scratch("disk");
const BLOCK = 4096;
const SIZE = 2 ** 21;
const words = (region: Region) => new Uint32Array(region.buffer);

/** Byte at which the data begins. */
const DATA_OFFSET = 65_536;

/** Fills these blocks of the data with random bytes. */
function destroy(file: string, blocks: Iterable<number>, random: Random): void {
  const bytes = readFileSync(file);
  for (const block of blocks)
    for (let i = 0; i < BLOCK; i++) bytes[DATA_OFFSET + block * BLOCK + i] = random(256);
  writeFileSync(file, bytes);
}

/** Blocks in which two states of the region differ. */
function changedBlocks(before: Uint32Array, after: Uint32Array): number[] {
  const changed: number[] = [];
  for (let at = 0; at < before.length; at += BLOCK / 4)
    if (before.subarray(at, at + BLOCK / 4).some((word, i) => word !== after[at + i]))
      changed.push(at / (BLOCK / 4));
  return changed;
}

interface Crash {
  /** As the process left it. */
  file: string;
  /** What recovery must find. */
  committed: Uint32Array;
  /** What the journal may have changed. */
  changed: number[];
}

/** Kills a program of random commits, without a checkpoint since `checkpointed`. */
function crash(options: RegionOptions, seed: number): Crash {
  const file = path(`${options.blockImages}-${seed}`);
  const commits = new Commits(seed, SIZE);
  const region = open(file, { size: SIZE, maxJournal: "64 MiB", ...options });
  while (commits.number < 10) commits.next(words(region));
  region.msyncSync();
  region.close();
  const checkpointed = commits.words.slice();
  const { signal, stdout, stderr } = run("commit-and-die.ts", [file, JSON.stringify(options), String(seed)]);
  expect(signal, stderr).to.equal("SIGKILL");
  const { number, checkpoints } = JSON.parse(stdout);
  expect(checkpoints, "checkpoints since").to.equal(0);
  while (commits.number < number) commits.next();
  return { file, committed: commits.words, changed: changedBlocks(checkpointed, commits.words) };
}

/** Do the region's contents survive that these blocks are destroyed? */
function survives({ file, committed }: Crash, blocks: Iterable<number>, random: Random): boolean {
  const copy = `${file}-copy`;
  copyFileSync(file, copy);
  destroy(copy, blocks, random);
  using region = open(copy);
  expect(region.recovery.verdict).to.equal("recovered");
  return Buffer.from(region.buffer).equals(Buffer.from(committed.buffer));
}

describe("a device that destroys blocks", function () {
  this.timeout(TIMEOUT);
  const random = makeRandom();
  before(() => console.log(`        FAMS_SEED=${random.seed}`));

  for (const durability of ["power", "process"] as const)
    it(`loses nothing with block images, whichever blocks it destroys that the journal has changed (${durability})`, () => {
      for (let round = 0; round < (LONG ? 50 : 2); round++) {
        const crashed = crash({ blockImages: true, durability }, random(2 ** 31));
        expect(crashed.changed.length).to.be.above(3);
        expect(survives(crashed, [], random)).to.equal(true);
        expect(survives(crashed, crashed.changed, random), "all").to.equal(true);
        const some = crashed.changed.filter(() => random(3) === 0);
        expect(survives(crashed, some, random), `${some}`).to.equal(true);
      }
    });

  it("loses lines without them: the test can fail", () => {
    const survived = [1, 2, 3].map((seed) => {
      const crashed = crash({ blockImages: false }, seed);
      expect(survives(crashed, [], random)).to.equal(true);
      return survives(crashed, crashed.changed, random);
    });
    // A sequence may happen to store to every line of what it changes.
    expect(survived).to.include(false);
  });

  it("makes the first commit to a block longer, and no later one before the next segment", () => {
    const region = open(path("counted"), { size: SIZE, blockImages: true });
    const lines: number[] = [];
    const commit = (...stored: number[]) => {
      for (const at of stored) words(region)[at]++;
      const before = region.stats().lines;
      region.msyncSync();
      lines.push(region.stats().lines - before);
    };
    commit(0);
    commit(16, 40);
    commit(1024, 3);
    commit(1025);
    expect(lines).to.deep.equal([64, 2, 65, 1]);
    region.close();
    using again = open(path("counted"), { blockImages: true });
    words(again)[0] = 9;
    again.msyncSync();
    expect(again.stats().lines).to.equal(64);
  });

  it("has images of all blocks since the last checkpoint, though the journal goes round and round", () => {
    const seed = random(2 ** 31);
    const file = path("round");
    const commits = new Commits(seed, SIZE);
    const region = open(file, { size: SIZE, maxJournal: "1 MiB", blockImages: true });
    for (let i = 0; i < 120; i++) {
      commits.next(words(region));
      region.msyncSync();
      if (i % 10 !== 9) continue;
      // What the journal has since the last checkpoint is in blocks that the data part does not have yet.
      const copy = path("round-copy");
      copyAsCrashed(file, copy);
      const data = new Uint32Array(new Uint8Array(readFileSync(copy)).buffer, DATA_OFFSET, SIZE / 4);
      destroy(copy, changedBlocks(data, commits.words), random);
      using crashed = open(copy);
      expect(Buffer.from(crashed.buffer).equals(Buffer.from(commits.words.buffer)), `seed ${seed}`).to.equal(
        true,
      );
    }
    expect(region.stats().checkpoints).to.be.above(0);
    region.close();
  });
});
