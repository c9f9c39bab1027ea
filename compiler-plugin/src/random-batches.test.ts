/* @fams-ignore-file: what stores here is the programs. */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Region } from "fams";
import { randomBatches } from "../testing/random-batches.ts";
import { seededRandom } from "../testing/random-programs.ts";
import {
  compareTwins,
  createWorld,
  expectAgreement,
  makeTwins,
  VARIANTS,
  type World,
} from "../testing/twins.ts";

const barrier = createRequire(import.meta.url)("fams/barrier");

const PROGRAMS = Number(process.env.FAMS_PROGRAMS ?? 1000);
const SEED = Number(process.env.FAMS_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** The operands of a program: `hook` runs `sync` in the middle of its stores. */
function inputs(world: World, sync: () => void): unknown[] {
  const { log } = world;
  let assign = () => {};
  const hook = {
    get sync() {
      log("sync");
      sync();
      return 6;
    },
    get value() {
      world.storeAgain();
      return 7;
    },
    get fail() {
      throw new RangeError("fails");
    },
    get assign() {
      assign();
      return 8;
    },
    assignWith(change: () => void) {
      assign = change;
    },
    object: {
      valueOf() {
        log("valueOf");
        sync();
        return 2;
      },
    },
  };
  return [undefined, undefined, () => hook];
}

describe(`${PROGRAMS} random programs of loops that count and stores in a row, seed ${SEED}`, () => {
  let directory: string;
  let region: Region;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "fams-batches-"));
    const options = { size: "64 KiB", durability: "process", verify: true } as const;
    region = Region.openSync(join(directory, "batches.fams"), options);
  });

  after(() => {
    region.close();
    rmSync(directory, { recursive: true });
  });

  /** Elements across several lines, and bytes that no line's border divides evenly. */
  const createRegionWorld = () =>
    createWorld({
      f64: new Float64Array(region.buffer, 4096 + 56, 12),
      u8: new Uint8Array(region.buffer, 8190, 20),
      i64: new BigInt64Array(region.buffer, 16384 + 48, 6),
    });

  it("do the same plain and instrumented, and mark every byte that they change for every msync", async () => {
    const random = seededRandom(SEED);
    let batches = 0;
    let committed = 0;
    for (let program = 0; program < PROGRAMS; program++) {
      const body = randomBatches(random);
      const variant = VARIANTS[program % VARIANTS.length] as (typeof VARIANTS)[number];
      const twins = makeTwins(body, variant);
      const text = () => `program ${program} of seed ${SEED}\n${twins.text}`;
      const run = await compareTwins(twins, (world) => inputs(world, () => {}));
      expectAgreement(run, text);
      batches += run.batches;

      const world = createRegionWorld();
      // The program would catch it.
      let missed: unknown;
      const sync = () => {
        try {
          region.msyncSync();
        } catch (error) {
          missed ??= error;
        }
      };
      const before = region.stats().lines;
      try {
        twins.instrumented(barrier, world, inputs(world, sync));
        region.msyncSync();
        if (missed !== undefined) throw missed;
      } catch (error) {
        expect.fail(`${error}, ${text()}`);
      }
      committed += region.stats().lines - before;
      await null;
      region.msyncSync();
    }
    expect(batches).to.be.greaterThan(PROGRAMS / 2);
    expect(committed).to.be.greaterThan(PROGRAMS / 2);
  }).timeout(600_000);
});
