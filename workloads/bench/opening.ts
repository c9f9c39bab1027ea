/** What it takes to open a region that was closed, and one that was not. */
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Region } from "fams";
import type { Random } from "../support/random.ts";
import { microseconds, openRegion, recordBytes, Writer } from "./commit-support.ts";
import { median, percentiles, type Result, ratioInStretches, spread } from "./harness.ts";

/** A clean region is mapped, not read: its size must not show. */
export function cleanOpening(work: string, quick: boolean, result: Result): void {
  const sizes = { "1 MiB": [] as number[], "4 GiB": [] as number[] };
  const path = (size: string) => join(work, `clean-${size.replace(" ", "")}.fams`);
  for (const size of Object.keys(sizes)) openRegion(path(size), { size }).close();
  for (let round = 0; round < (quick ? 30 : 200); round++)
    for (const [size, times] of Object.entries(sizes)) {
      let region: Region | undefined;
      times.push(
        microseconds(() => {
          region = Region.openSync(path(size), { verify: false });
        }),
      );
      region?.close();
    }
  result.ratios["open.clean_4gib_over_1mib"] = ratioInStretches(sizes["4 GiB"], sizes["1 MiB"]);
  for (const [size, times] of Object.entries(sizes))
    result.rows.push({ name: `opening a clean region of ${size}`, unit: "us", ...percentiles(times) });
}

/** Recovers what a crash left of many commits of 1,000 random lines, on a file system in memory. */
export function recovering(quick: boolean, random: Random, result: Result): void {
  const path = `/dev/shm/.fams-bench-${process.pid}`;
  const crashed = `${path}-crashed`;
  const speeds: number[] = [];
  const region = openRegion(path, { maxJournal: "512 MiB", storage: "file" });
  try {
    const writer = new Writer(region, random);
    // While the journal grows it is also emptied; then its second half fills.
    const goal = (quick ? 30 : 100) * 2 ** 20;
    for (let since = 0, seen = -1; since < goal; since += recordBytes(1000)) {
      writer.store(1000);
      region.msyncSync();
      const { checkpoints } = region.stats();
      if (checkpoints !== seen) since = 0;
      seen = checkpoints;
    }
    for (let round = 0; round < (quick ? 3 : 9); round++) {
      copyFileSync(path, crashed);
      let recovered: Region | undefined;
      const us = microseconds(() => {
        recovered = Region.openSync(crashed, { verify: false, storage: "file" });
      });
      speeds.push(((recovered?.recovery.commits ?? 0) * recordBytes(1000)) / us / 1e3);
      recovered?.close();
      rmSync(crashed);
    }
  } finally {
    region.close();
    rmSync(path);
    rmSync(crashed, { force: true });
  }
  result.ratios["recover.journal_gb_per_s"] = spread(speeds);
  result.rows.push({ name: "recovery, of journal", unit: "GB/s", ...spread([median(speeds)]) });
}
