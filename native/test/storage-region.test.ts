/** A region keeps its promises on every storage, and its file goes from one storage to another. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { bytesOf, open, run, scratch, TIMEOUT } from "./files.ts";
import { makeRandom } from "./random.ts";

const path = scratch("memory");
const random = makeRandom();
const SIZE = 1024 * 1024;
const CXL = "cxl-ssd-emulated";
/** Each storage after each. */
const WAY = ["file", "file", "dax", "dax", CXL, CXL, "file", CXL, "dax", "file"] as const;

/** Small latencies: how long it takes is not what is asked here. */
const on = (storage: (typeof WAY)[number]) => ({
  storage,
  ...(storage === CXL && { cxlSsd: { hitNs: 10, missNs: 100, writeBackNs: 50 } }),
});

describe(`a region on each storage (seed ${random.seed})`, function () {
  this.timeout(TIMEOUT);

  for (const durability of ["power", "process"] as const)
    it(`killed on each at durability ${durability}, is whole on each`, () => {
      const file = path(durability);
      for (const [step, opened] of WAY.slice(1).entries()) {
        const killed = WAY[step] ?? opened;
        const options = JSON.stringify({ size: SIZE, durability, ...on(killed) });
        const { signal, stderr } = run("storage-killed.ts", [file, options, String(random(2 ** 31))]);
        expect({ signal, stderr }).to.deep.equal({ signal: "SIGKILL", stderr: "" });
        const region = open(file, on(opened));
        const whole = bytesOf(region).equals(readFileSync(`${file}.committed`));
        expect(whole, `killed on ${killed}, opened on ${opened}`).to.equal(true);
        new Uint32Array(region.buffer).fill(step);
        region.msyncSync();
        region.close();
        using again = open(file, on(killed));
        expect(new Set(new Uint32Array(again.buffer))).to.deep.equal(new Set([step]));
      }
    });
});
