/** What a commit costs where no disk is waited for, and what an asynchronous one costs the program. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Region } from "fams";
import type { Random } from "../support/random.ts";
import { microseconds, openRegion, Writer } from "./commit-support.ts";
import { percentiles, type Result, ratioInStretches, spread } from "./harness.ts";

/** Commits timed together: the clock itself costs a part of what is measured. */
const BLOCK = 200;

/** The lines stored to in turn: few, so that it is commits that are timed and not checkpoints beside them. */
const HOT_LINES = 4096;

function perCommit(region: Region, blocks: number): number[] {
  const words = new Float64Array(region.buffer);
  let value = 0;
  const times: number[] = [];
  for (let block = 0; block < blocks; block++)
    times.push(
      microseconds(() => {
        for (let i = 0; i < BLOCK; i++) {
          value++;
          words[(value % HOT_LINES) * 8] = value;
          region.msyncSync();
        }
      }) / BLOCK,
    );
  return times;
}

/** Commits that leave flushing to later, and commits into memory. */
export async function memoryLevels(
  work: string,
  quick: boolean,
  random: Random,
  result: Result,
): Promise<void> {
  const process = openRegion(join(work, "process.fams"), { durability: "process" });
  const path = `/dev/shm/.fams-bench-${globalThis.process.pid}`;
  const memory = openRegion(path, { storage: "dax" });
  try {
    const blocks = quick ? 50 : 500;
    for (const [name, region] of [
      ["process", process],
      ["pmem", memory],
    ] as const) {
      // Until the journal has its full length; then what was begun in the background ends.
      perCommit(region, quick ? 1000 : 8000);
      await sleep(1000);
      const times = perCommit(region, blocks);
      result.ratios[`commit.${name}_1_line_us`] = spread(times);
      result.rows.push({ name: `1 line, ${name}: store and msyncSync`, unit: "us", ...percentiles(times) });
      const writer = new Writer(region, random);
      const hundred: number[] = [];
      for (let i = 0; i < (quick ? 300 : 3000); i++) {
        writer.store(100);
        hundred.push(microseconds(() => region.msyncSync()));
      }
      result.rows.push({ name: `100 lines, ${name}: msyncSync`, unit: "us", ...percentiles(hundred) });
    }
  } finally {
    process.close();
    memory.close();
    rmSync(path);
  }
}

/** Eight commits of one turn of the event loop share one flush. */
export async function grouped(work: string, quick: boolean, random: Random, result: Result): Promise<void> {
  const region = openRegion(join(work, "group.fams"), {});
  const writer = new Writer(region, random);
  const times: Record<1 | 8, number[]> = { 1: [], 8: [] };
  const timed = async (commits: 1 | 8) => {
    const start = performance.now();
    const all: Promise<void>[] = [];
    for (let i = 0; i < commits; i++) {
      writer.store(1);
      all.push(region.msync());
    }
    await Promise.all(all);
    times[commits].push((performance.now() - start) * 1e3);
  };
  for (let round = 0; round < (quick ? 200 : 2000); round++) {
    await timed(round % 2 === 0 ? 1 : 8);
    await timed(round % 2 === 0 ? 8 : 1);
  }
  region.close();
  result.ratios["commit.group_8_in_one_turn_over_one"] = ratioInStretches(times[8], times[1]);
  for (const commits of [1, 8] as const)
    result.rows.push({
      name: `${commits} x await msync() in one turn, 1 line each`,
      unit: "us",
      ...percentiles(times[commits]),
    });
}

/** Active time of the event loop for each awaited msync, less that of a turn in which nothing is committed. */
export async function eventLoop(work: string, quick: boolean, random: Random, result: Result): Promise<void> {
  const region = openRegion(join(work, "loop.fams"), {});
  const writer = new Writer(region, random);
  const rounds = quick ? 100 : 500;
  const captures: number[] = [];
  const active = async (commit: boolean) => {
    let stores = 0;
    const before = performance.eventLoopUtilization();
    for (let i = 0; i < rounds; i++) {
      stores += microseconds(() => writer.store(100));
      if (!commit) {
        await new Promise<void>((resolve) => setTimeout(resolve, 1));
        continue;
      }
      let committed: Promise<void> | undefined;
      captures.push(
        microseconds(() => {
          committed = region.msync();
        }),
      );
      await committed;
    }
    const { active: ms } = performance.eventLoopUtilization(before);
    return (ms * 1e3 - stores) / rounds;
  };
  await active(true);
  await active(false);
  const blocked: number[] = [];
  for (let block = 0; block < 5; block++) blocked.push(await active(true));
  region.close();
  result.ratios["commit.event_loop_blocked_us_per_async_msync_100_lines"] = spread(blocked);
  result.rows.push({ name: "100 lines: the call of msync() alone", unit: "us", ...percentiles(captures) });
}
