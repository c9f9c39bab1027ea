/**
 * A checkpoint leaves out what a later commit has overwritten, so the data is complete only with that commit: should its record rot, the
 * region is damaged, not one commit older.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { decode } from "./decode.ts";
import { codeOf, open, scratch, TIMEOUT } from "./files.ts";

const path = scratch("disk");
const LINES = 1024;

describe("the last record before a checkpoint ended", function () {
  this.timeout(TIMEOUT);

  it("is needed: without it the region is damaged", () => {
    const file = path("needed");
    using region = open(file, { size: 64 * LINES });
    const words = new Float64Array(region.buffer);
    let round = 0;
    // Slowly, so that a checkpoint ends before the next commit: then it goes by what the last one overwrote.
    for (; region.stats().checkpoints === 0; round++) {
      for (let line = 0; line < LINES; line += 2) words[line * 8] = round;
      region.msyncSync();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);
    }
    const crashed = path("crashed");
    const bytes = readFileSync(file);
    const { records } = decode(bytes);
    const needed = Number(bytes.readBigUInt64LE(128));
    const last = records.at(-1);
    if (last === undefined) throw new Error("no record behind the checkpoint");
    expect(last.header.sequence).to.equal(needed);
    const rotten = Buffer.from(bytes);
    rotten.fill(0xa5, last.offset + 128, last.offset + 192);
    writeFileSync(crashed, rotten);
    const code = codeOf(() => open(crashed, { readOnly: true }).close());
    expect(code).to.equal("ERR_FAMS_DAMAGED");
    writeFileSync(crashed, bytes);
    expect(codeOf(() => open(crashed).close())).to.equal("none");
  });
});
