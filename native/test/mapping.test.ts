/** What the design relies on in Linux: a private page that was stored to no longer shows the file's later changes, others do. */

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { expect } from "chai";
import { bytesOf, open, scratch } from "./files.ts";
import { DATA_OFFSET } from "./format.ts";

const path = scratch("disk");
const PAGE = 4096;
const SIZE = 65_536;

/** Changes the backing copy behind the region's back. */
function writeBehind(file: string, at: number, byte: number): void {
  const fd = openSync(file, "r+");
  writeSync(fd, Buffer.of(byte), 0, 1, DATA_OFFSET + at);
  closeSync(fd);
}

const journalled = (region: ReturnType<typeof open>) => region.stats().checkpoints;

describe("the private working copy", () => {
  it("does not show the file's later changes in a page that was stored to", () => {
    const file = path("stored");
    using region = open(file, { size: SIZE });
    const bytes = new Uint8Array(region.buffer);
    bytes[3 * PAGE] = 1;
    writeBehind(file, 3 * PAGE, 77);
    writeBehind(file, 3 * PAGE + 100, 78);
    expect([bytes[3 * PAGE], bytes[3 * PAGE + 100]]).to.deep.equal([1, 0]);
  });

  it("shows them in pages never stored to, read or not", () => {
    const file = path("untouched");
    using region = open(file, { size: SIZE });
    const bytes = new Uint8Array(region.buffer);
    expect(bytes[5 * PAGE]).to.equal(0);
    for (const page of [5, 6]) writeBehind(file, page * PAGE, 79);
    expect([bytes[5 * PAGE], bytes[6 * PAGE]]).to.deep.equal([79, 79]);
  });

  it("reaches the file by commits alone", () => {
    const file = path("commits");
    using region = open(file, { size: SIZE });
    new Uint8Array(region.buffer).fill(9);
    const data = () => readFileSync(file).subarray(DATA_OFFSET, DATA_OFFSET + SIZE);
    expect(data().every((byte) => byte === 0)).to.equal(true);
    region.msyncSync();
    expect(
      data().every((byte) => byte === 0),
      "a commit is only in the journal",
    ).to.equal(true);
  });

  it("and the backing copy agree after every checkpoint, while stores that are not committed stay out", () => {
    const file = path("checkpoints");
    using region = open(file, { size: SIZE });
    const words = new Uint32Array(region.buffer);
    const committed = new Uint32Array(words.length);
    const data = () => readFileSync(file).subarray(DATA_OFFSET, DATA_OFFSET + SIZE);
    const before = data();
    for (let round = 1; journalled(region) < 4; round++) {
      for (let i = (round * 7) % 50; i < words.length - 1024; i += 50) words[i] = committed[i] = round;
      region.msyncSync();
      words[words.length - 1] = round;
      expect(Buffer.from(committed.buffer).subarray(0, -4).equals(bytesOf(region).subarray(0, -4))).to.equal(
        true,
      );
      region.rollback();
      expect(words[words.length - 1]).to.equal(0);
    }
    expect(data().equals(before)).to.equal(false);
    expect(
      data()
        .subarray(-PAGE)
        .every((byte) => byte === 0),
      "pages without commits stay as they are",
    ).to.equal(true);
    region.close();
    expect(data().equals(Buffer.from(committed.buffer)), "closed, the file is the last commit").to.equal(
      true,
    );
  });
});
