/** What the medium may do to a file at rest and in recovery: sectors that cannot be read, a superblock in flight beside a broken one. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { FAULTY, lines, open, range, run, scratch, stateOf, statesOf, TIMEOUT, write } from "./files.ts";
import { GRANULE, SUPERBLOCK_BYTES, SUPERBLOCK_OFFSETS } from "./format.ts";
import { Image } from "./image.ts";

const path = scratch("memory");

const COMMITS = [lines(1, range(0, 3)), lines(2, range(2, 5)), lines(3, [0, 9])];
const STATES = statesOf(GRANULE, COMMITS);

function image(): Image {
  const made = new Image();
  for (const commit of COMMITS) made.commit(commit);
  return made;
}

interface Opened {
  code?: string;
  verdict?: string;
  brokenSuperblocks?: string[];
  contents?: string;
}

function openUnder(fault: string, file: string, ...more: string[]): Opened | "killed" {
  const { stdout, stderr, signal } = run("open-once.ts", [file, ...more], {
    FAMS_NATIVE_BINDING: FAULTY,
    FAMS_FAULT: fault,
  });
  if (signal === "SIGKILL") return "killed";
  expect(stdout, stderr).to.not.equal("");
  return JSON.parse(stdout);
}

const state = (opened: Opened) => stateOf(STATES, Buffer.from(opened.contents as string, "base64"));
const copyOf = (file: string, copy: 0 | 1): Buffer =>
  readFileSync(file).subarray(
    SUPERBLOCK_OFFSETS[copy] as number,
    (SUPERBLOCK_OFFSETS[copy] as number) + SUPERBLOCK_BYTES,
  );

describe("the medium of a region", function () {
  this.timeout(TIMEOUT);

  for (const good of [0, 1] as const)
    it(`never has its only valid superblock in flight: ${good === 0 ? "A" : "B"}`, () => {
      const made = image();
      made.bytes.fill(0xee, SUPERBLOCK_OFFSETS[1 - good], (SUPERBLOCK_OFFSETS[1 - good] as number) + 512);
      const file = write(path(`only-${good}`), made.bytes);
      const before = Buffer.from(copyOf(file, good));
      // The first of the two durable writes of recovery is done, the second is not.
      expect(openUnder("writeDurable:2:kill-before", file)).to.equal("killed");
      expect(copyOf(file, good).equals(before), "the valid copy is untouched").to.equal(true);
      expect(copyOf(file, good === 0 ? 1 : 0)[0], "the broken one is written").to.not.equal(0xee);
      using region = open(file);
      expect(stateOf(STATES, Buffer.from(new Uint8Array(region.buffer)))).to.equal(3);
    });

  it("serves by the other superblock if one cannot be read", () => {
    for (const [read, broken] of [
      [1, "A"],
      [2, "B"],
    ] as const) {
      const opened = openUnder(
        `read:${read}:EIO`,
        write(path(`unreadable-${broken}`), image().bytes),
      ) as Opened;
      expect(opened).to.include({ verdict: "recovered" });
      expect(opened.brokenSuperblocks).to.deep.equal([broken]);
      expect(state(opened)).to.equal(3);
    }
    expect(openUnder("read:1+:EIO", write(path("unreadable"), image().bytes))).to.include({
      code: "ERR_FAMS_IO",
    });
  });

  it("that does not give a record is damaged, and opens if that is accepted", () => {
    const file = write(path("unreadable-record"), image().bytes);
    const before = readFileSync(file);
    expect(openUnder("read:3+:EIO", file)).to.include({ code: "ERR_FAMS_DAMAGED" });
    expect(readFileSync(file).equals(before), "byte for byte as before").to.equal(true);
    expect(state(openUnder("read:3+:EIO", file, "accept") as Opened)).to.equal(0);
    using again = open(file);
    expect(again.recovery.verdict, "what lies behind accepted damage is not found again").to.equal("clean");
  });

  it("whose k-th read fails, for every k, opens right, or not at all, and loses nothing", () => {
    let calls = 0;
    for (let k = 1; ; k += 2, calls++) {
      const file = write(path("k"), image().bytes);
      const opened = openUnder(`read:${k}:EIO`, file) as Opened;
      if (opened.code === undefined) expect(state(opened), `read ${k}`).to.equal(3);
      using region = open(file);
      expect(stateOf(STATES, Buffer.from(new Uint8Array(region.buffer))), `after read ${k}`).to.equal(3);
      if (opened.code === undefined && opened.brokenSuperblocks?.length === 0 && k > 60) break;
    }
    expect(calls).to.be.above(10);
  });
});
