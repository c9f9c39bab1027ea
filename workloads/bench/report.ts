/** Prints a result as a table and says which bars it reaches. */

import type { Result, Spread } from "./harness.ts";
import type { Machine } from "./machine.ts";

interface Bar {
  atMost?: number;
  atLeast?: number;
}

/** What fams promises, ratio by ratio. */
const BARS: Record<string, Bar> = {
  "stores.random_f64_first_touch_over_plain": { atMost: 3.6 },
  "stores.random_f64_dirty_over_plain": { atMost: 2.2 },
  "stores.random_untracked_view_over_plain": { atMost: 1.7 },
  "stores.plain_array_over_plain": { atMost: 1.3 },
  "stores.generic_helper_over_plain": { atMost: 8 },
  "stores.short_lived_vec3_over_plain": { atMost: 2.5 },
  "stores.short_lived_vec3_opaque_over_plain": { atMost: 2.5 },
  "transform.sequential_loop_over_plain": { atMost: 1.15 },
  "transform.untracked_loop_over_plain": { atMost: 1.3 },
  "transform.kv_typed_over_plain": { atMost: 1.06 },
  "transform.kv_untyped_over_plain": { atMost: 1.12 },
  "transform.short_lived_vec3_over_plain": { atMost: 2 },
  "transform.short_lived_vec3_opaque_over_plain": { atMost: 2 },
  "transform.cold_store_over_plain": { atMost: 4.5 },
  "transform.swc_instrument_over_parse": { atMost: 1.8 },
  "transform.emitted_bytes_over_source": { atMost: 1.15 },
  "transform.startup_added_ms": { atMost: 120 },
  "commit.1_line_over_bare_flush": { atMost: 1.05 },
  "commit.100_lines_over_bare_flush": { atMost: 1.15 },
  "commit.msync2_64_pages_over_fams_64_lines": { atLeast: 30 },
  "commit.bytes_written_over_dirty_bytes": { atMost: 1.2 },
  "commit.process_1_line_us": { atMost: 0.6 },
  "commit.pmem_1_line_us": { atMost: 0.45 },
  "commit.p999_with_checkpoint_over_without": { atMost: 3 },
  "commit.event_loop_blocked_us_per_async_msync_100_lines": { atMost: 30 },
  "commit.group_8_in_one_turn_over_one": { atMost: 1.5 },
  "open.clean_4gib_over_1mib": { atMost: 2 },
  "recover.journal_gb_per_s": { atLeast: 1 },
};

/** Prints everything; returns the names of the ratios that miss their bar. */
export function report(name: string, machine: Machine, { ratios, rows }: Result): string[] {
  const missed = missedBars(ratios);
  console.log(
    `${name}: ${machine.cpu}, ${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}`,
  );
  console.log(`file system of the benchmark's files: ${machine.fileSystem} (${machine.directory})\n`);
  print(
    ["figure", "unit", "min", "median", "p95", "p99", "p999", "max"],
    rows.map((row) => [
      row.name,
      row.unit,
      ...figures(row.min, row.median, row.p95, row.p99, row.p999, row.max),
    ]),
  );
  print(
    ["ratio", "min", "median", "max", "bar", ""],
    Object.entries(ratios).map(([ratio, value]) => {
      const bar = BARS[ratio];
      const mark = bar === undefined ? "" : missed.includes(ratio) ? "MISSED" : "ok";
      return [ratio, ...figures(value.min, value.median, value.max), describe(bar), mark];
    }),
  );
  return missed;
}

export function missedBars(ratios: Record<string, Spread>): string[] {
  return Object.entries(ratios)
    .filter(([ratio, { median }]) => !reaches(BARS[ratio], median))
    .map(([ratio]) => ratio);
}

function reaches(bar: Bar | undefined, value: number): boolean {
  return value <= (bar?.atMost ?? Number.POSITIVE_INFINITY) && value >= (bar?.atLeast ?? 0);
}

function describe(bar: Bar | undefined): string {
  if (bar?.atMost !== undefined) return `<= ${bar.atMost}`;
  if (bar?.atLeast !== undefined) return `>= ${bar.atLeast}`;
  return "";
}

function figures(...values: (number | undefined)[]): string[] {
  return values.map((value) => value?.toPrecision(value >= 1000 ? 5 : 3) ?? "");
}

function print(head: string[], lines: string[][]): void {
  const columns = head.flatMap((title, column) => {
    const cells = [title, ...lines.map((line) => line[column] as string)];
    const width = Math.max(...cells.map((cell) => cell.length));
    const isEmpty = cells.slice(1).every((cell) => cell === "");
    return isEmpty ? [] : [cells.map((cell) => (column === 0 ? cell.padEnd(width) : cell.padStart(width)))];
  });
  for (let line = 0; line <= lines.length; line++)
    console.log(
      columns
        .map((cells) => cells[line])
        .join("  ")
        .trimEnd(),
    );
  console.log();
}
