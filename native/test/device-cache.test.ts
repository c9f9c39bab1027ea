/** The emulated CXL SSD takes the time that its model says, and the model gives the latencies that the paper's emulator was measured with. */

import { closeSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { codeOf, scratch, TIMEOUT } from "./files.ts";
import { makeRandom } from "./random.ts";
import { native, type Storage, type StorageOptions } from "./storages.ts";

const path = scratch("memory");
const random = makeRandom();
const PAGE = 4096;
const MIB = 1024 * 1024;
/** The defaults. */
const MODEL = { hitNs: 250, missNs: 13_440, writeBackNs: 7_400 };

let files = 0;
function openDevice(bytes: number, options: StorageOptions = {}): Storage {
  const file = path(`device-${files++}`);
  const fd = openSync(file, "w");
  ftruncateSync(fd, bytes);
  closeSync(fd);
  return new native.Storage(file, { storage: "cxl-ssd-emulated", ...options });
}

const modelled = ({ hits, misses, writeBacks }: ReturnType<Storage["counters"]>): number =>
  hits * MODEL.hitNs + misses * MODEL.missNs + writeBacks * MODEL.writeBackNs;

const seconds = (body: () => void): number => {
  const begin = process.hrtime.bigint();
  body();
  return Number(process.hrtime.bigint() - begin) / 1e9;
};

describe(`the emulated CXL SSD (seed ${random.seed})`, function () {
  this.timeout(TIMEOUT);

  for (const { workingSet, misses, microseconds } of [
    { workingSet: 1024 * MIB, misses: 91.8, microseconds: 14.3 },
    { workingSet: 32 * MIB, misses: 16.3, microseconds: 2.4 },
  ])
    it(`takes ${microseconds} us for one of 50,000 random accesses to ${workingSet / MIB} MiB, ${misses} % of them misses`, () => {
      const accesses = 50_000;
      const storage = openDevice(workingSet);
      const took = seconds(() => {
        for (let i = 0; i < accesses; i++) storage.read(random(workingSet / 64) * 64, 64);
      });
      const counters = storage.counters();
      storage.close();
      expect(counters.hits + counters.misses).to.equal(accesses);
      expect((counters.misses / accesses) * 100).to.be.closeTo(misses, 0.4);
      expect(modelled(counters) / accesses / 1000).to.be.closeTo(microseconds, 0.1);
      expect(took, "the time is really spent").to.be.at.least(modelled(counters) / 1e9);
    });

  it("reaches each page that an access touches, hit or missed, read or written", () => {
    const storage = openDevice(MIB);
    storage.write("journal", PAGE - 1, new Uint8Array(PAGE + 2));
    expect(storage.counters()).to.deep.equal({ hits: 0, misses: 3, writeBacks: 0 });
    storage.read(0, 3 * PAGE);
    storage.writeDurable("data", 2 * PAGE, new Uint8Array(64));
    expect(storage.counters()).to.deep.equal({ hits: 4, misses: 3, writeBacks: 0 });
    storage.flushAll("journal");
    storage.flushAll("data");
    expect(storage.counters(), "its cache need not be flushed").to.deep.equal({
      hits: 4,
      misses: 3,
      writeBacks: 0,
    });
    storage.close();
  });

  it("lets the page go that was not reached for longest, but for those reached since the hand came by", () => {
    const storage = openDevice(MIB, { cacheBytes: 4 * PAGE, hitNs: 0, missNs: 0, writeBackNs: 0 });
    const reach = (...pages: number[]) => {
      const before = storage.counters().misses;
      for (const page of pages) storage.read(page * PAGE, 1);
      return storage.counters().misses - before;
    };
    expect(reach(0, 1, 2, 3)).to.equal(4);
    expect(reach(4), "takes the place of 0, and the hand has come by all others").to.equal(1);
    expect(reach(1, 4)).to.equal(0);
    expect(reach(5), "passes 1, takes the place of 2").to.equal(1);
    expect(reach(1, 3, 4, 5)).to.equal(0);
    expect(reach(0, 2)).to.equal(2);
    expect(storage.counters().writeBacks).to.equal(4);
    storage.close();
  });

  it("has latencies, pages and a cache as it is told", () => {
    const options = {
      cacheBytes: 65_536,
      pageBytes: 65_536,
      hitNs: 1_000_000,
      missNs: 2_000_000,
      writeBackNs: 3_000_000,
    };
    const storage = openDevice(MIB, options);
    const miss = seconds(() => storage.read(0, 64));
    const hit = seconds(() => storage.read(65_536 - 64, 64));
    const evicting = seconds(() => storage.read(65_536, 64));
    expect([miss >= 0.002, hit >= 0.001, evicting >= 0.005]).to.deep.equal([true, true, true]);
    expect(storage.counters()).to.deep.equal({ hits: 1, misses: 2, writeBacks: 1 });
    storage.close();
  });

  it("refuses what no device is", () => {
    const file = path("refused");
    writeFileSync(file, Buffer.alloc(65_536));
    for (const options of [
      { pageBytes: 0 },
      { pageBytes: 3000 },
      { pageBytes: 32 },
      { pageBytes: 4 * MIB },
      { cacheBytes: 0 },
      { cacheBytes: PAGE - 1 },
      { cacheBytes: 2 ** 40 },
    ])
      expect(
        codeOf(() => new native.Storage(file, { storage: "cxl-ssd-emulated", ...options })),
        JSON.stringify(options),
      ).to.equal("ERR_FAMS_INVALID_ARGUMENT");
  });
});
