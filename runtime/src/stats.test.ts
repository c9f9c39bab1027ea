/** stats: what is counted adds up, whatever a program did; and the messages for those who monitor. */

import { channel } from "node:diagnostics_channel";
import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Durability, Region, RegionOptions } from "fams";
import { codeOf, openRegion } from "./test-scratch.ts";

const doubles = (region: Region) => new Float64Array(region.buffer);

/** Makes `msyncs` commits in turns of eight, one in ten of them large, and tells how many lines they were. */
async function work(region: Region, msyncs: number): Promise<number> {
  const view = doubles(region);
  let lines = 0;
  let all: Promise<void>[] = [];
  for (let i = 1; i <= msyncs; i++) {
    const length = i % 10 === 0 ? 16_000 : 8;
    const from = 8 * ((i * 977) % 14_000);
    view.fill(i, from, from + length);
    lines += length / 8;
    all.push(region.msync());
    if (i % 8 !== 0) continue;
    await Promise.all(all);
    all = [];
  }
  await Promise.all(all);
  return lines;
}

describe("stats", () => {
  const CASES: [name: string, options: RegionOptions, storage: string][] = [
    ["a file", {}, "file"],
    ["a file at the level of the process", { durability: "process" }, "file"],
    [
      "an emulated CXL SSD",
      { storage: "cxl-ssd-emulated", cxlSsd: { missNs: 0, writeBackNs: 0 } },
      "cxl-ssd-emulated",
    ],
  ];
  for (const [name, options, storage] of CASES)
    it(`add up: ${name}`, async () => {
      const region = openRegion({ size: "1 MiB", maxJournal: "1 MiB", verify: false, ...options });
      const empty = region.stats();
      expect(empty).to.include({
        storage,
        commits: 0,
        lines: 0,
        journalBytes: 0,
        groups: 0,
        flushes: 0,
        checkpoints: 0,
      });
      const lines = await work(region, 200);
      const stats = region.stats();
      expect(stats).to.include({ storage, commits: 200, lines });
      expect(stats.groups).to.be.within(25, 200);
      expect(stats.largestGroup).to.be.within(1, 8);
      expect(stats.groups * stats.largestGroup).to.be.at.least(200);
      if (options.durability === "process") expect(stats.flushes).to.equal(0);
      else expect(stats.flushes).to.equal(stats.groups);
      expect(stats.journalBytes, "lines and headers, and padding up to a block for each write")
        .to.be.at.least(64 * lines + 64 * 200)
        .and.at.most(64 * lines + 256 * 200 + 8192 * stats.groups);
      expect(stats.journalCapacity).to.be.within(2 ** 20, 3 * 2 ** 20);
      expect(stats.checkpoints).to.be.above(0);
      expect(stats.checkpointBytes).to.be.within(64, stats.checkpoints * 2 ** 20);
      expect(stats.checkpointMs).to.be.above(0);
      expect(stats.captureMs).to.be.at.least(stats.longestCaptureMs).and.above(0);
      expect(stats.delayMs > 0).to.equal(stats.delays > 0);
      const { count, p50, p90, p99, p999, max } = stats.writeUs;
      expect(count).to.be.within(1, stats.groups);
      expect([p50, p90, p99, p999, max]).to.deep.equal([p50, p90, p99, p999, max].sort((a, b) => a - b));
      expect(max).to.be.above(0);
      expect(empty.commits, "a copy").to.equal(0);
      if (storage === "file") expect(stats.device).to.deep.equal({ hits: 0, misses: 0, writeBacks: 0 });
      else expect(stats.device.hits).to.be.above(0);
    });

  it("time every write where the medium is waited for", () => {
    const region = openRegion();
    for (let i = 0; i < 20; i++) {
      doubles(region)[0] = i;
      region.msyncSync();
    }
    expect(region.stats().writeUs.count).to.equal(20);
  });

  it("start over with each opening", async () => {
    const region = openRegion({ verify: false });
    await work(region, 3);
    region.close();
    expect(openRegion({}, region.path).stats()).to.include({ commits: 0, groups: 0, checkpoints: 0 });
    expect(codeOf(() => region.stats())).to.equal("ERR_FAMS_CLOSED");
  });
});

interface Message {
  region: Region;
  milliseconds?: number;
  error?: { code: string };
  checkpoints?: number;
}

describe("diagnostics channels", () => {
  const NAMES = ["fams:open", "fams:msync", "fams:checkpoint", "fams:close"];
  const heard: [name: string, message: Message][] = [];
  const listeners = NAMES.map((name) => (message: unknown) => void heard.push([name, message as Message]));

  beforeEach(() => {
    heard.length = 0;
    for (const [i, name] of NAMES.entries()) channel(name).subscribe(listeners[i] as () => void);
  });
  afterEach(() => {
    for (const [i, name] of NAMES.entries()) channel(name).unsubscribe(listeners[i] as () => void);
  });

  const of = (name: string) => heard.filter(([each]) => each === name).map(([, message]) => message);

  it("tell of opening, of every msync with its time, and of closing, with the region", async () => {
    const region = openRegion({ verify: false });
    doubles(region)[0] = 1;
    await region.msync();
    doubles(region)[0] = 2;
    region.msyncSync();
    region.transaction(() => (doubles(region)[0] = 3));
    await region.msync();
    region.close();
    region.close();
    expect(heard.map(([name]) => name)).to.deep.equal([
      "fams:open",
      ...Array(4).fill("fams:msync"),
      "fams:close",
    ]);
    for (const [, message] of heard) expect(message.region).to.equal(region);
    for (const { milliseconds, error } of of("fams:msync")) {
      expect(milliseconds).to.be.within(0, 10_000);
      expect(error).to.equal(undefined);
    }
  });

  it("tell why an msync failed", async () => {
    const region = openRegion({ verify: true });
    // Source that is not instrumented.
    new Function("view", "view[100] = 1")(doubles(region));
    const code = await region.msync().then(
      () => "none",
      (error) => error.code,
    );
    expect(code).to.equal("ERR_FAMS_UNTRACKED");
    expect(codeOf(() => region.msyncSync())).to.equal("ERR_FAMS_UNTRACKED");
    expect(of("fams:msync").map(({ error }) => error?.code)).to.deep.equal([code, code]);
    region.rollback();
  });

  it("tell of checkpoints", async () => {
    const region = openRegion({ size: "1 MiB", maxJournal: "1 MiB", verify: false });
    for (let i = 1; i < 40 && of("fams:checkpoint").length < 2; i++) {
      doubles(region).fill(i, 0, 16_000);
      await region.msync();
      await sleep(5);
    }
    const counts = of("fams:checkpoint").map(({ checkpoints }) => checkpoints as number);
    expect(counts.length).to.be.above(1);
    expect(counts).to.deep.equal([...counts].sort((a, b) => a - b));
    expect(counts.at(-1)).to.be.at.most(region.stats().checkpoints);
    expect(of("fams:checkpoint").every((message) => message.region === region)).to.equal(true);
  });

  it("cost nothing to those who do not listen, and do not keep regions", () => {
    for (const [i, name] of NAMES.entries()) channel(name).unsubscribe(listeners[i] as () => void);
    const region = openRegion();
    doubles(region)[0] = 1;
    region.msyncSync();
    region.close();
    expect(heard).to.deep.equal([]);
  });
});

for (const durability of ["power", "process"] satisfies Durability[])
  describe(`checkpoints in the background (${durability})`, () => {
    it("keep journal and file within bounds while commits of every length go on", async function () {
      this.timeout(60_000);
      const region = openRegion({ size: "8 MiB", maxJournal: "2 MiB", durability, verify: false });
      const view = doubles(region);
      const most = { journal: 0, file: 0 };
      let last = 0;
      for (let i = 1; i <= 400; i++) {
        view.fill(i, (i * 977) % 900_000, ((i * 977) % 900_000) + 4000);
        if (i % 100 === 0) view.fill(i);
        const done = region.msync();
        if (i % 4 === 0) await done;
        most.journal = Math.max(most.journal, region.stats().journalCapacity);
        if (i % 100 > 20) most.file = Math.max(most.file, statSync(region.path).size);
        if (i % 200 === 0) {
          const { checkpoints } = region.stats();
          expect(checkpoints, `after ${i}`).to.be.above(last);
          last = checkpoints;
        }
      }
      expect(most.journal).to.be.at.most(4 * 2 ** 20);
      // What a commit longer than the journal had to itself is given back by the next checkpoint.
      expect(most.file).to.be.at.most((8 + 4 + 9) * 2 ** 20);
      await region.msync();
      region.close();
      expect(statSync(region.path).size).to.be.at.most((8 + 4 + 1) * 2 ** 20);
    });
  });
