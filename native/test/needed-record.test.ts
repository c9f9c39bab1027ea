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
    // Until a checkpoint has let go of records whose lines are overwritten in what is left.
    for (let seen = 0; seen < 3; round++) {
      for (let line = 0; line < LINES; line += 2) words[line * 8] = round;
      region.msyncSync();
      seen = region.stats().checkpoints;
    }
    const crashed = path("crashed");
    let bytes = readFileSync(file);
    // A checkpoint that is still at it would have let the file change.
    for (let last = Buffer.alloc(0); !bytes.equals(last); bytes = readFileSync(file)) last = bytes;
    const { records, chosen } = decode(bytes);
    const needed = Number(bytes.readBigUInt64LE(128));
    const last = records.at(-1);
    if (last === undefined) return expect(records.length).to.equal(0);
    expect(needed).to.be.at.least(1);
    const rotten = Buffer.from(bytes);
    rotten.fill(0xa5, last.offset + 128, last.offset + 192);
    writeFileSync(crashed, rotten);
    const code = codeOf(() => open(crashed, { readOnly: true }).close());
    expect(code).to.equal(last.header.sequence <= needed ? "ERR_FAMS_DAMAGED" : "none");
    writeFileSync(crashed, bytes);
    expect(codeOf(() => open(crashed).close())).to.equal("none");
  });
});
