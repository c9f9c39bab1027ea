/** Marks by the million cost what they mark, not what was asked for. */

import { expect } from "chai";
import { Region } from "fams";
import { openRegion } from "./test-scratch.ts";

describe("marks of whole views", () => {
  it("made a thousand times are committed once", () => {
    using region = openRegion({ size: "16 MiB", verify: false });
    const bytes = new Uint8Array(region.buffer);
    for (let i = 0; i < 1000; i++) bytes.copyWithin(0, 64 * (i % 2), 64);
    for (let i = 0; i < 1000; i++) bytes.fill(i & 1, 0, i % 2 === 0 ? bytes.length : 128);
    const before = process.memoryUsage().rss;
    region.msyncSync();
    expect(region.stats().lines).to.equal(region.size / 64);
    expect(process.memoryUsage().rss - before, "bytes that msync took").to.be.below(64 * 2 ** 20);
  });

  it("are seen through a proxy of a view that was never stored to, though its value's conversion calls msync", async () => {
    using region = openRegion();
    const proxy = new Proxy(new Float64Array(region.buffer), {});
    const value = {
      valueOf() {
        region.msyncSync();
        return 7;
      },
    };
    proxy[100] = value as never;
    region.msyncSync();
    const { path } = region;
    region.close();
    using again = Region.openSync(path);
    expect(new Float64Array(again.buffer)[100]).to.equal(7);
  });
});
