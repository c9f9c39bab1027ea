/** maxResident: a region several times larger than what its pages may keep in memory is walked through and written, and no store is lost. */

import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Region, RegionOptions } from "fams";
import { FAULTY, LONG, open, run, scratch, TIMEOUT } from "./files.ts";
import { makeRandom } from "./random.ts";

const MIB = 2 ** 20;
const path = scratch("disk");
let files = 0;
const words = (region: Region) => new Uint32Array(region.buffer);

/** A new region, its msync not verified unless the options say so, and how it is opened again. */
function make(options: RegionOptions): { region: Region; again: () => Region } {
  const file = path(String(files++));
  const opening = { verify: false, ...options };
  const region = open(file, opening);
  const again = () => {
    region.close();
    return open(file, opening);
  };
  return { region, again };
}

/** MiB of memory that belongs to the process alone. */
const residentMib = () =>
  Number(/RssAnon:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;

/** Stores a value that tells place and round to every 16th word. */
function storeAt(view: Uint32Array, from: number, to: number, round: number): void {
  for (let i = from; i < to; i += 16) view[i] = i * 7 + round;
}

function expectRounds(region: Region, rounds: number): void {
  const view = words(region);
  for (let i = 0; i < view.length; i += 16)
    if (view[i] !== (i * 7 + rounds) >>> 0) throw new Error(`word ${i} is ${view[i]}, of round ${rounds}`);
}

const CASES: [name: string, options: RegionOptions, wait: boolean][] = [
  ["power, msync", {}, true],
  ["power, msyncSync", {}, false],
  ["process", { durability: "process" }, true],
  ["block images", { blockImages: true }, true],
  ["verified", { verify: true, size: "16 MiB" }, true],
];

describe("a region with maxResident", function () {
  this.timeout(TIMEOUT);

  for (const [name, more, waits] of CASES)
    it(`larger than that is walked through and written, in bounded memory (${name})`, async () => {
      const { region, again } = make({ size: "48 MiB", maxResident: "4 MiB", maxJournal: "4 MiB", ...more });
      const view = words(region);
      const before = residentMib();
      let most = 0;
      const step = MIB / 4 / 4;
      const rounds = LONG ? 6 : 2;
      for (let round = 1; round <= rounds; round++)
        for (let at = 0; at < view.length; at += step) {
          storeAt(view, at, at + step, round);
          if (waits) await region.msync();
          else region.msyncSync();
          most = Math.max(most, residentMib() - before);
        }
      const { residentPages, pagesGivenBack } = region.stats();
      expect(residentPages * 4096, "bytes in pages that were stored to").to.be.at.most(6 * MIB);
      expect(pagesGivenBack).to.be.at.least((rounds * region.size) / 4096 - 2 * 1024);
      if (region.size > 40 * MIB) expect(most, "MiB, of 48").to.be.below(24);
      expectRounds(region, rounds);
      using reopened = again();
      expectRounds(reopened, rounds);
    });

  it("keeps what was stored and not committed, wherever the pages go", async () => {
    const random = makeRandom();
    console.log(`        FAMS_SEED=${random.seed}`);
    const { region, again } = make({ size: "16 MiB", maxResident: "1 MiB", maxJournal: "1 MiB" });
    const view = words(region);
    const model = new Uint32Array(view.length);
    const all: Promise<void>[] = [];
    for (let round = 1; round < (LONG ? 20_000 : 800); round++) {
      for (let i = 0; i < 40; i++) {
        const at = random(view.length);
        view[at] = model[at] = round;
      }
      if (round % 5 === 0) all.push(region.msync());
      if (round % 40 === 0) region.msyncSync();
      // Stores after the msync are in pages that it may want to give back.
      const at = random(view.length);
      view[at] = model[at] = round;
      if (round % 50 === 0) await Promise.all(all.splice(0));
    }
    expect(region.stats().pagesGivenBack).to.be.above(1000);
    expect(Buffer.from(view.buffer).equals(Buffer.from(model.buffer))).to.equal(true);
    region.msyncSync();
    using reopened = again();
    expect(Buffer.from(reopened.buffer).equals(Buffer.from(model.buffer))).to.equal(true);
  });

  it("keeps what is in the journal alone, however long the checkpoint takes", () => {
    const { stdout, stderr } = run("resident-slow.ts", [path("slow")], {
      FAMS_NATIVE_BINDING: FAULTY,
      FAMS_FAULT: "flushAll:1+:delay-40",
    });
    expect(JSON.parse(stdout || "null"), stderr).to.deep.include({ wrong: 0, given: true });
  });

  it("keeps all of it without the option", () => {
    const { region } = make({ size: "16 MiB" });
    const before = residentMib();
    for (let at = 0; at < 4; at++) {
      storeAt(words(region), at * MIB, (at + 1) * MIB, 1);
      region.msyncSync();
    }
    expect(residentMib() - before).to.be.above(12);
    expect(region.stats()).to.include({ residentPages: 0, pagesGivenBack: 0 });
    region.close();
  });

  it("gives its memory back while the program stores only a little", async () => {
    const { region } = make({ size: "64 MiB", maxResident: "2 MiB" });
    const view = words(region);
    view.fill(1);
    region.msyncSync();
    const full = residentMib();
    for (let i = 0; i < 400 && region.stats().residentPages > 600; i++) {
      view[0] = i;
      await region.msync();
      await sleep(2);
    }
    expect(full - residentMib(), "MiB given back").to.be.above(40);
    expect(view.subarray(1).every((x) => x === 1)).to.equal(true);
    region.close();
  });
});
