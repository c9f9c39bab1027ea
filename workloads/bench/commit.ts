/** What one durable commit costs over the cheapest flush of the same bytes, and over msync(2). */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../support/random.ts";
import { BareJournal, SharedMapping, WAYS } from "./bare.ts";
import {
  distinctPages,
  JOURNAL_BYTES,
  microseconds,
  openRegion,
  REGION_BYTES,
  recordBytes,
  Writer,
} from "./commit-support.ts";
import { median, percentiles, permutation, type Result, ratioInStretches, spread } from "./harness.ts";
import { journalBytes, tails } from "./journal.ts";
import { eventLoop, grouped, memoryLevels } from "./levels.ts";
import { cleanOpening, recovering } from "./opening.ts";

export interface CommitOptions {
  quick: boolean;
  /** Directory on the file system to measure; the benchmark's files are made in a directory below it and removed. */
  directory: string;
}

export async function commit({ quick, directory }: CommitOptions): Promise<Result> {
  const work = mkdtempSync(join(directory, ".fams-bench-"));
  const result: Result = { ratios: {}, rows: [] };
  const random = new Random(1);
  try {
    for (const lines of [1, 100]) overBareFlush(work, lines, quick ? 300 : 3000, random, result);
    await overMsync(work, quick, random, result);
    await memoryLevels(work, quick, random, result);
    await grouped(work, quick, random, result);
    await eventLoop(work, quick, random, result);
    journalBytes(work, quick, random, result);
    await tails(work, quick, random, result);
    cleanOpening(work, quick, result);
    recovering(quick, random, result);
    return result;
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Operation by operation in turn: the medium drifts by more than the difference that is to be shown. */
function overBareFlush(work: string, lines: number, rounds: number, random: Random, result: Result): void {
  const region = openRegion(join(work, `power-${lines}.fams`), {});
  const journals = WAYS.map((way) => new BareJournal(join(work, `bare-${way}-${lines}`), JOURNAL_BYTES, way));
  const writer = new Writer(region, random);
  const bytes = recordBytes(lines);
  const operations = [() => region.msyncSync(), ...journals.map((journal) => () => journal.append(bytes))];
  const times: number[][] = operations.map(() => []);
  for (let round = 0; round < rounds; round++) {
    writer.store(lines);
    // In random order: what the disk charges for a flush depends on the one before it.
    for (const index of permutation(operations.length, random)) {
      times[index]?.push(microseconds(operations[index] as () => void));
    }
  }
  const { commits, journalBytes } = region.stats();
  region.close();
  for (const journal of journals) journal.close();

  const name = lines === 1 ? "1_line" : `${lines}_lines`;
  const [fams, ...bare] = times as [number[], ...number[][]];
  const fastest = bare.reduce((best, candidate) => (median(candidate) < median(best) ? candidate : best));
  result.ratios[`commit.${name}_over_bare_flush`] = ratioInStretches(fams, fastest);
  result.rows.push({ name: `${name}: msyncSync`, unit: "us", ...percentiles(fams) });
  const perCommit = journalBytes / commits;
  result.rows.push({ name: `${name}: journalled`, unit: "bytes/commit", ...spread([perCommit]) });
  for (const [i, way] of WAYS.entries())
    result.rows.push({
      name: `${name}: bare ${way}, ${bytes} bytes`,
      unit: "us",
      ...percentiles(bare[i] ?? []),
    });
}

/**
 * In blocks apart, fams first, with a rest between them: msync(2) leaves the medium so busy that operations mixed
 * with it would be charged for it.
 */
async function overMsync(work: string, quick: boolean, random: Random, result: Result): Promise<void> {
  const region = openRegion(join(work, "blocks.fams"), {});
  const mapping = new SharedMapping(join(work, "shared"), REGION_BYTES);
  const writer = new Writer(region, random);
  const rest = quick ? 1000 : 5000;
  const fams: number[] = [];
  const msync: number[] = [];
  for (let block = 0; block < 5; block++) {
    await sleep(rest);
    fams.push(
      blockMedian(
        quick ? 50 : 200,
        () => writer.store(64),
        () => region.msyncSync(),
      ),
    );
    await sleep(rest);
    msync.push(
      blockMedian(
        quick ? 20 : 100,
        () => mapping.dirty(distinctPages(64, random, REGION_BYTES)),
        () => mapping.sync(),
      ),
    );
  }
  region.close();
  mapping.close();
  const ratios = spread(msync.map((time, block) => time / (fams[block] as number)));
  result.ratios["commit.msync2_64_pages_over_fams_64_lines"] = ratios;
  result.rows.push({ name: "64 lines in blocks: msyncSync, block medians", unit: "us", ...spread(fams) });
  result.rows.push({ name: "64 pages in blocks: msync(2), block medians", unit: "us", ...spread(msync) });
}

function blockMedian(operations: number, prepare: () => void, operation: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < operations; i++) {
    prepare();
    times.push(microseconds(operation));
  }
  return median(times);
}
