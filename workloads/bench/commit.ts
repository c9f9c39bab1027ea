/** What one durable commit costs over the cheapest flush of the same bytes, and over msync(2). */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Region } from "fams";
import { Random } from "../support/random.ts";
import { BareJournal, SharedMapping, type Way } from "./bare.ts";
import { median, percentiles, permutation, type Result, ratioInStretches, spread } from "./harness.ts";

export interface CommitOptions {
  quick: boolean;
  /** Directory on the file system to measure; the benchmark's files are made in a directory below it and removed. */
  directory: string;
}

const REGION_BYTES = 64 * 2 ** 20;
const LINE_BYTES = 64;
const PAGE_BYTES = 4096;
/** As long as the first segment of fams' journal. */
const JOURNAL_BYTES = 2 ** 20;
const WAYS: readonly Way[] = ["fdatasync", "dsync", "direct"];

export async function commit({ quick, directory }: CommitOptions): Promise<Result> {
  const work = mkdtempSync(join(directory, ".fams-bench-"));
  const result: Result = { ratios: {}, rows: [] };
  const random = new Random(1);
  try {
    for (const lines of [1, 100]) overBareFlush(work, lines, quick ? 300 : 3000, random, result);
    await overMsync(work, quick, random, result);
    for (const lines of [1, 100]) processLevel(work, lines, quick ? 3000 : 30_000, random, result);
    return result;
  } finally {
    rmSync(work, { recursive: true });
  }
}

function openRegion(path: string, durability: "power" | "process"): Region {
  return Region.openSync(path, { size: REGION_BYTES, durability, verify: false });
}

/** Bytes of the journal record of `lines` lines that are not neighbours, padded: header, run table, lines. */
function recordBytes(lines: number): number {
  const runTable = Math.ceil((lines * 8) / LINE_BYTES) * LINE_BYTES;
  return Math.ceil((LINE_BYTES + runTable + lines * LINE_BYTES) / PAGE_BYTES) * PAGE_BYTES;
}

/** Stores a new value into `lines` random lines, each in a page of its own when there are pages enough. */
class Writer {
  readonly #words: Float64Array;
  readonly #random: Random;
  #value = 0;

  constructor(region: Region, random: Random) {
    this.#words = new Float64Array(region.buffer);
    this.#random = random;
  }

  store(lines: number): void {
    for (const page of distinctPages(lines, this.#random)) {
      const line = this.#random.below(PAGE_BYTES / LINE_BYTES);
      this.#words[(page * PAGE_BYTES + line * LINE_BYTES) / 8] = ++this.#value;
    }
  }
}

function distinctPages(count: number, random: Random): Uint32Array {
  const pages = new Set<number>();
  while (pages.size < count) pages.add(random.below(REGION_BYTES / PAGE_BYTES));
  return Uint32Array.from(pages);
}

function microseconds(operation: () => void): number {
  const start = performance.now();
  operation();
  return (performance.now() - start) * 1e3;
}

/** Operation by operation in turn: the medium drifts by more than the difference that is to be shown. */
function overBareFlush(work: string, lines: number, rounds: number, random: Random, result: Result): void {
  const region = openRegion(join(work, `power-${lines}.fams`), "power");
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

/** Commits that survive the process and leave flushing to later. */
function processLevel(work: string, lines: number, commits: number, random: Random, result: Result): void {
  const region = openRegion(join(work, `process-${lines}.fams`), "process");
  const writer = new Writer(region, random);
  const times: number[] = [];
  for (let i = 0; i < commits; i++) {
    writer.store(lines);
    times.push(microseconds(() => region.msyncSync()));
  }
  region.close();
  const name = `${lines} ${lines === 1 ? "line" : "lines"}, durability "process": msyncSync`;
  result.rows.push({ name, unit: "us", ...percentiles(times) });
}

/**
 * In blocks apart, fams first, with a rest between them: msync(2) leaves the medium so busy that operations mixed
 * with it would be charged for it.
 */
async function overMsync(work: string, quick: boolean, random: Random, result: Result): Promise<void> {
  const region = openRegion(join(work, "blocks.fams"), "power");
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
        () => mapping.dirty(distinctPages(64, random)),
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
