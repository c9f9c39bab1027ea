/** A region of the largest size: the last line of 4 GiB is a line like any other. */

import { statfsSync, unlinkSync } from "node:fs";
import { expect } from "chai";
import { Region } from "fams";
import { codeOf, folder, newPath, openRegion } from "./test-scratch.ts";

const GIB = 2 ** 30;

describe("a region of 4 GiB", () => {
  it("is stored to at both ends and in between", function () {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < 6 * GIB) {
      console.log(`        skipped: ${folder} has less than 6 GiB free`);
      return this.skip();
    }
    const path = newPath();
    // Not verified: comparing 4 GiB at each msync would take longer than all other tests.
    let region = Region.openSync(path, { size: "4 GiB", verify: false });
    const bytes = new Uint8Array(region.buffer);
    const doubles = new Float64Array(region.buffer);
    const words = new BigUint64Array(region.buffer, 2 * GIB, 8);
    const ends = () => [
      bytes[0],
      bytes[4 * GIB - 1],
      doubles[GIB / 4],
      words[7],
      new DataView(region.buffer).getInt16(4 * GIB - 66),
    ];
    bytes[4 * GIB - 1] = 1;
    doubles[GIB / 4] = 2;
    words[7] = 3n;
    bytes[4 * GIB] = 9;
    new DataView(region.buffer).setInt16(4 * GIB - 66, 5);
    region.msyncSync();
    expect(region.stats().lines).to.equal(4);
    const stored = ends();
    bytes[4 * GIB - 1] = 7;
    bytes.fill(7, 4 * GIB - 200);
    doubles[GIB / 4] = 7;
    bytes[0] = 7;
    region.rollback();
    expect(ends()).to.deep.equal(stored).and.to.deep.equal([0, 1, 2, 3n, 5]);
    expect(codeOf(() => openRegion())).to.equal("ERR_FAMS_OUT_OF_MEMORY");
    region.close();
    openRegion().close();
    region = Region.openSync(path, { verify: false });
    const again = new Uint8Array(region.buffer);
    expect([again.length, again[4 * GIB - 1], new BigUint64Array(region.buffer)[GIB / 4 + 7]]).to.deep.equal([
      4 * GIB,
      1,
      3n,
    ]);
    region.close();
    unlinkSync(path);
    return undefined;
  }).timeout(60_000);
});
