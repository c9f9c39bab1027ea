/** Files that the page allows and no writer of today would make. */

import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { expect } from "chai";
import { bytesOf, lines, open, range, run, scratch, statesOf, TIMEOUT, write } from "./files.ts";
import { GRANULE } from "./format.ts";
import { Image } from "./image.ts";

const path = scratch("memory");

describe("a region at the limits of its format", function () {
  this.timeout(TIMEOUT);

  it("with 64 segments, none of them long enough, does not commit, and does not hang", () => {
    const segments = Array.from({ length: 64 }, () => ({ bytes: GRANULE }));
    const { bytes } = new Image({ dataBytes: 2 * GRANULE, segments });
    const file = write(path("segments"), bytes);
    const { signal, stdout, stderr } = run("commit-large.ts", [file], {}, 10_000);
    expect({ signal, stderr }).to.deep.equal({ signal: null, stderr: "" });
    expect(JSON.parse(stdout)).to.deep.equal({ large: "ERR_FAMS_NO_SPACE", small: "none" });
  });

  it("with 64 segments, commits as long as its segments go round and round", () => {
    const segments = Array.from({ length: 64 }, () => ({ bytes: GRANULE }));
    const image = new Image({ segments });
    const file = write(path("round"), image.bytes);
    const region = open(file);
    const words = new Uint32Array(region.buffer);
    for (let i = 1; i < 200; i++) {
      for (let line = 0; line < 800; line++) words[line * 16] = i;
      region.msyncSync();
    }
    expect(region.stats().checkpoints).to.be.greaterThan(1);
    region.close();
    using again = open(file);
    expect(new Uint32Array(again.buffer)[799 * 16]).to.equal(199);
  });

  it("with blocks as long as its segments", () => {
    const file = write(path("blocks"), new Image({ blockBytes: 65_536 }).bytes);
    const region = open(file);
    const words = new Uint32Array(region.buffer);
    for (let i = 1; i < 10; i++) {
      words[i]++;
      region.msyncSync();
    }
    region.close();
    using again = open(file);
    expect([...new Uint32Array(again.buffer, 0, 11)]).to.deep.equal([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0]);
  });

  for (const gib of [4, 15, 17, 300])
    it(`with its journal ${gib} GiB into the file is read, or refused`, () => {
      const image = new Image();
      const far = gib * 2 ** 30;
      const segment = { ...(image.superblock.segments[0] as (typeof image.superblock.segments)[0]) };
      const near = segment.offset;
      const commit = lines(1, range(0, 3));
      image.commit(commit);
      for (const copy of [0, 1]) image.putSuperblock(copy, { segments: [{ ...segment, offset: far }] });
      const file = write(path("far"), image.bytes.subarray(0, near));
      const fd = openSync(file, "r+");
      writeSync(fd, image.bytes, near, segment.bytes, far);
      ftruncateSync(fd, far + segment.bytes);
      closeSync(fd);
      let contents: Buffer | undefined;
      try {
        using region = open(file, { readOnly: true });
        contents = bytesOf(region);
      } catch (error) {
        expect(error).to.include({ code: "ERR_FAMS_SUPERBLOCK" });
        expect(gib, "a file that is not too long").to.be.above(16);
      }
      if (contents !== undefined)
        expect(contents.equals(statesOf(GRANULE, [commit])[1] as Buffer)).to.equal(true);
    });
});
