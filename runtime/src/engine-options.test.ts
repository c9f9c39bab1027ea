/** The options of the commit engine: what is refused, with which code, and that nothing is created then; and what opening without waiting does. */

import { existsSync, statSync } from "node:fs";
import { expect } from "chai";
import { FamsError, Region, type RegionOptions } from "fams";
import { newPath, openRegion, reopen, thrownBy } from "./test-scratch.ts";
import { requireTestBuild, withStorage } from "./test-storage.ts";

const MIB = 2 ** 20;
const doubles = (region: Region) => new Float64Array(region.buffer);

describe("an option of the commit engine", () => {
  const WRONG: [code: string, options: Record<string, unknown>[]][] = [
    [
      "ERR_FAMS_INVALID_SIZE",
      ["maxJournal", "maxResident"].flatMap((name) =>
        [
          0,
          -1,
          Number.NaN,
          Number.POSITIVE_INFINITY,
          0.5,
          "",
          "1 MB",
          "x",
          null,
          {},
          [],
          true,
          2 ** 33,
          "5 GiB",
          1n,
          () => MIB,
        ].map((value) => ({ [name]: value })),
      ),
    ],
    [
      "ERR_FAMS_INVALID_ARGUMENT",
      [
        ...["maxJournal", "maxResident"].flatMap((name) => [
          { [name]: 1 },
          { [name]: MIB / 2 },
          { [name]: "64 KiB" },
        ]),
        ...["blockImages", "sparse"].flatMap((name) => [{ [name]: 1 }, { [name]: "yes" }, { [name]: null }]),
        ...["", "disk", "pmem-emulated", null, 5, {}].map((storage) => ({ storage })),
        ...["fast", "", null, 1, ["power"]].map((durability) => ({ durability })),
        ...[5, null, "fast", true].map((cxlSsd) => ({ cxlSsd })),
        ...[0, 63, 100, 131_072, 4096.5, "4096", Number.NaN, -64].map((pageSize) => ({
          cxlSsd: { pageSize },
        })),
        ...["hitNs", "missNs", "writeBackNs"].flatMap((name) =>
          [-1, 0.5, 10_000_001, "1", Number.NaN, null].map((value) => ({ cxlSsd: { [name]: value } })),
        ),
      ],
    ],
  ];
  for (const [code, table] of WRONG)
    it(`out of its range is ${code}, in words, and no file is created: ${table.length} of them`, async () => {
      for (const options of table) {
        const path = newPath();
        const given = { size: MIB, ...options } as RegionOptions;
        const error = thrownBy(() => Region.openSync(path, given)) as FamsError;
        const shown = Object.keys(options).join();
        expect(error, shown).to.be.an.instanceof(FamsError);
        expect(error.code, `${shown}: ${error.message}`).to.equal(code);
        const rejection = await Region.open(path, given).catch((reason) => reason);
        expect(rejection, shown).to.have.property("code", code);
        expect(existsSync(path), shown).to.equal(false);
      }
    });

  it("at the ends of its range is taken", () => {
    const table: RegionOptions[] = [
      { maxJournal: MIB },
      { maxJournal: "4 GiB" },
      { maxResident: MIB, maxJournal: "1MiB" },
      { maxResident: "4 GiB" },
      { storage: "cxl-ssd-emulated", cxlSsd: {} },
      {
        storage: "cxl-ssd-emulated",
        cxlSsd: { pageSize: 64, hitNs: 0, missNs: 0, writeBackNs: 0, cacheSize: "64 KiB" },
      },
      { storage: "cxl-ssd-emulated", cxlSsd: { pageSize: 65_536, cacheSize: "4 GiB" } },
      { cxlSsd: { missNs: 10_000_000 } },
      { blockImages: true, sparse: true, durability: "process" },
      { maxJournal: undefined, maxResident: undefined, cxlSsd: undefined, sparse: undefined } as never,
    ];
    for (const options of table) {
      const region = openRegion(options);
      doubles(region)[5] = 5;
      region.msyncSync();
      expect(doubles(reopen(region, options))[5], JSON.stringify(options)).to.equal(5);
    }
  });

  it("belongs to the opening, not to the file", async () => {
    const region = openRegion({ blockImages: true, maxJournal: MIB, durability: "process" });
    doubles(region)[0] = 1;
    await region.msync();
    expect(region.stats().lines).to.be.at.least(64);
    const again = reopen(region);
    expect(again.durability).to.equal("power");
    doubles(again)[0] = 2;
    await again.msync();
    expect(again.stats().lines).to.equal(1);
  });
});

describe("a sparse region", () => {
  const blocks = (region: Region) => statSync(region.path).blocks * 512;

  it("takes no space for what was never stored, and holds what was", async () => {
    const dense = openRegion({ size: "16 MiB" });
    let region = openRegion({ size: "16 MiB", sparse: true, maxJournal: MIB });
    expect(blocks(dense)).to.be.at.least(16 * MIB);
    expect(blocks(region)).to.be.below(6 * MIB);
    for (let i = 1; i <= 3; i++) {
      doubles(region).fill(i, 1_000_000, 1_100_000);
      doubles(region)[2 ** 21 - 1] = i;
      await region.msync();
    }
    region = reopen(region, { size: "16 MiB", sparse: true });
    expect(blocks(region)).to.be.below(10 * MIB);
    expect([
      doubles(region)[999_999],
      doubles(region)[1_000_000],
      doubles(region)[2 ** 21 - 1],
    ]).to.deep.equal([0, 3, 3]);
  });
});

describe("open without waiting", () => {
  before(requireTestBuild);

  it("gives what openSync gives", async () => {
    const path = newPath();
    const made = await Region.open(path, { size: MIB, durability: "process" });
    expect(made).to.be.an.instanceof(Region);
    expect(made.recovery.verdict).to.equal("created");
    expect([made.size, made.durability, made.readOnly, made.path]).to.deep.equal([
      MIB,
      "process",
      false,
      path,
    ]);
    doubles(made)[9] = 9;
    await made.msync();
    made.close();
    const view = await Region.open(path, { readOnly: true });
    expect([view.readOnly, doubles(view)[9], view.recovery.verdict]).to.deep.equal([true, 9, "clean"]);
    view.close();
  });

  it("of one file many times opens it once", async () => {
    const path = newPath();
    const results = await Promise.all(
      Array.from({ length: 8 }, () =>
        Region.open(path, { size: MIB }).then(
          (region) => region,
          (error) => error.code as string,
        ),
      ),
    );
    const [region] = results.filter((result) => result instanceof Region);
    expect(results.filter((result) => result === "ERR_FAMS_LOCKED")).to.have.length(7);
    doubles(region as Region)[0] = 1;
    await (region as Region).msync();
    (region as Region).close();
  });

  it("of many files opens them all", async () => {
    const regions = await Promise.all(
      Array.from({ length: 20 }, (_, i) => Region.open(newPath(), { size: (i + 1) * 65_536 })),
    );
    for (const [i, region] of regions.entries()) {
      expect(region.size).to.equal((i + 1) * 65_536);
      doubles(region)[0] = i;
    }
    await Promise.all(regions.map((region) => region.msync()));
    for (const region of regions) region.close();
  });

  it("recovers on another thread, while the program goes on", () => {
    const crashed = newPath();
    withStorage(
      "nothing:1:EIO",
      "put(7, 0, 5000); await region.msync(); console.log('[]'); process.kill(process.pid, 'SIGKILL');",
      { path: crashed, killed: true },
    );
    const [ticks, verdict, value] = withStorage(
      "flushAll:1+:delay-60,writeDurable:1+:delay-60",
      `
      let ticks = 0;
      const timer = setInterval(() => ticks++, 2);
      const recovered = await Region.open(${JSON.stringify(crashed)});
      clearInterval(timer);
      out.push(ticks, recovered.recovery.verdict, new Float64Array(recovered.buffer)[4999]);`,
    ) as [number, string, number];
    expect(ticks).to.be.above(15);
    expect([verdict, value]).to.deep.equal(["recovered", 7]);
  });
});
