/** How many bytes commits of many random lines cost, and how long their tail is while checkpoints run beside them. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../support/random.ts";
import { BareJournal } from "./bare.ts";
import { LINE_BYTES, microseconds, openRegion, recordBytes, Writer } from "./commit-support.ts";
import { percentiles, quantile, type Result, sorted, spread } from "./harness.ts";

const LINES = 1000;
const REGION_BYTES = 256 * 2 ** 20;
const COMMITS_A_SECOND = 300;

/** Journal bytes over dirty bytes; with everything written, checkpoints included, beside it. */
export function journalBytes(work: string, quick: boolean, random: Random, result: Result): void {
  const region = openRegion(join(work, "bytes.fams"), { size: REGION_BYTES });
  const writer = new Writer(region, random);
  const commits = quick ? 200 : 2000;
  for (let i = 0; i < commits; i++) {
    writer.store(LINES);
    region.msyncSync();
  }
  const stats = region.stats();
  region.close();
  const dirty = stats.lines * LINE_BYTES;
  result.ratios["commit.bytes_written_over_dirty_bytes"] = spread([stats.journalBytes / dirty]);
  result.rows.push({
    name: `${LINES} random lines: bytes written with ${stats.checkpoints} checkpoints, over dirty bytes`,
    unit: "ratio",
    ...spread([(stats.journalBytes + stats.checkpointBytes) / dirty]),
  });
}

/**
 * Commits at a steady rate, in blocks that alternate with bare durable writes of the same length at the same rate:
 * what the medium does by itself to the slowest of a thousand.
 */
export async function tails(work: string, quick: boolean, random: Random, result: Result): Promise<void> {
  const region = openRegion(join(work, "tails.fams"), { size: REGION_BYTES });
  const bare = new BareJournal(join(work, "tails"), 64 * 2 ** 20, "direct");
  const writer = new Writer(region, random);
  const elsewhere = new Writer({ buffer: new ArrayBuffer(REGION_BYTES) }, random);
  const bytes = recordBytes(LINES);
  const commits: number[] = [];
  const writes: number[] = [];
  const commit = () => commits.push(microseconds(() => region.msyncSync()));
  const write = () => writes.push(microseconds(() => bare.append(bytes)));
  // The journal reaches its full length, and the data its blocks, before anything is timed.
  await steadily(quick ? 3 : 10, writer, commit);
  commits.length = 0;
  const before = region.stats();
  for (let block = 0; block < (quick ? 2 : 6); block++) {
    await steadily(5, elsewhere, write);
    await steadily(5, writer, commit);
    await sleep(500);
  }
  const after = region.stats();
  region.close();
  bare.close();
  const p999 = (times: number[]) => quantile(sorted(times), 0.999);
  result.ratios["commit.p999_with_checkpoint_over_without"] = spread([p999(commits) / p999(writes)]);
  const checkpoints = after.checkpoints - before.checkpoints;
  const segments = ((after.journalBytes - before.journalBytes) / (8 * 2 ** 20)).toFixed(0);
  result.rows.push({
    name: `${LINES} lines, ${COMMITS_A_SECOND} a second, ${checkpoints} checkpoints, ${segments} segments: msyncSync`,
    unit: "us",
    ...percentiles(commits),
  });
  result.rows.push({ name: "the same bytes, written bare", unit: "us", ...percentiles(writes) });
}

async function steadily(seconds: number, writer: Writer, operation: () => void): Promise<void> {
  const start = performance.now();
  for (let i = 0; i < seconds * COMMITS_A_SECOND; i++) {
    writer.store(LINES);
    const due = start + (i * 1000) / COMMITS_A_SECOND;
    // A timer comes a millisecond late at best: the last of it is waited for.
    if (due - performance.now() > 1.5) await sleep(due - performance.now() - 1.5);
    while (performance.now() < due);
    operation();
  }
}
