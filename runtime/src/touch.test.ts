/** region.touch marks by hand what no barrier and no wrapper has seen. */

import { expect } from "chai";
import { codeOf, linesCommitted, openRegion, thrownBy } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: arguments of every kind
type Any = any;

const hiddenStore = new Function("view", "key", "value", "view[key] = value");

describe("region.touch", () => {
  it("lets a store be committed that nobody saw, before it or after it", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    hiddenStore(view, 100, 5);
    region.touch(view.subarray(100, 101));
    region.touch(808, 8);
    hiddenStore(view, 101, 6);
    hiddenStore(view, 200, 7);
    region.touch(1600, 1);
    expect(linesCommitted(region, () => {})).to.equal(0);
    expect(region.stats().lines).to.equal(2);
  });

  it("marks exactly the lines of a view, of whatever kind", () => {
    const region = openRegion();
    const { buffer } = region;
    const views: [ArrayBufferView, number][] = [
      [new Uint8Array(buffer), 1024],
      [new Uint8Array(buffer, 63, 2), 2],
      [new Float64Array(buffer, 64, 8), 1],
      [new DataView(buffer, 60, 8), 2],
      [Buffer.from(buffer, 65_535, 1), 1],
      [new BigInt64Array(buffer, 8, 0), 0],
      [new Uint8Array(buffer, 65_536), 0],
      [new (class extends Float32Array {})(buffer, 128, 17), 2],
    ];
    for (const [view, lines] of views)
      expect(linesCommitted(region, () => region.touch(view))).to.equal(lines);
  });

  it("marks exactly the lines of a range of bytes", () => {
    const region = openRegion();
    const ranges = [
      [0, 65_536, 1024],
      [0, 0, 0],
      [65_536, 0, 0],
      [63, 1, 1],
      [63, 2, 2],
      [64, 64, 1],
      [65_535, 1, 1],
      [1, 4096, 65],
    ] as const;
    for (const [offset, length, lines] of ranges)
      expect(
        linesCommitted(region, () => region.touch(offset, length)),
        `${offset}, ${length}`,
      ).to.equal(lines);
  });

  it("refuses what is not of the region, and marks nothing then", () => {
    const region = openRegion();
    const other = openRegion();
    const view = new Uint8Array(region.buffer);
    const wrong: Any[][] = [
      [],
      [null],
      ["3", 4],
      [{}],
      [region.buffer],
      [new Proxy(view, {})],
      [new Uint8Array(10)],
      [new Uint8Array(other.buffer)],
      [view, 8],
      [3],
      [3, "4"],
      [-1, 4],
      [1.5, 4],
      [0, -1],
      [0, Number.NaN],
      [0, 65_537],
      [65_536, 1],
      [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
      [2 ** 32, 1],
      [0n, 1n],
    ];
    for (const args of wrong)
      expect(
        codeOf(() => (region.touch as Any)(...args)),
        args.map((arg) => typeof arg).join(),
      ).to.equal("ERR_FAMS_INVALID_ARGUMENT");
    expect(linesCommitted(region, () => {})).to.equal(0);
    region.close();
    expect(thrownBy(() => region.touch(0, 1))).to.have.property("code", "ERR_FAMS_CLOSED");
    expect(thrownBy(() => region.touch(view))).to.have.property("code", "ERR_FAMS_CLOSED");
  });

  it("takes no notice of properties that hide those of the view", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer, 64, 8);
    for (const name of ["buffer", "byteOffset", "byteLength", "length"])
      Object.defineProperty(view, name, { value: 5 });
    expect(linesCommitted(region, () => region.touch(view))).to.equal(1);
  });
});
