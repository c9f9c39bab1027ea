/** What the programs of the tests commit, so that program and test agree on it. */

import type { RegionOptions } from "fams";
import { range } from "./files.ts";

const KIB = 1024;
const LINES_A_MIB = 16 * KIB;

export interface Shape {
  dataBytes: number;
  durability: NonNullable<RegionOptions["durability"]>;
  /** The lines of each commit; "flush" flushes what went before. */
  commits: (readonly number[] | "flush")[];
}

const shape = (durability: Shape["durability"], dataBytes: number, commits: Shape["commits"]): Shape => ({
  durability,
  dataBytes,
  commits,
});

const everyOther = (count: number): number[] => range(0, count).map((i) => 2 * i);

export const SHAPES: Record<string, Shape> = {
  nothing: shape("power", 64 * KIB, []),
  "one line": shape("power", 64 * KIB, [[5]]),
  "the first and the last line": shape("power", 64 * KIB, [[0, 1023]]),
  "one run": shape("power", 64 * KIB, [range(100, 50)]),
  "several runs": shape("power", 64 * KIB, [[0, 1, 2, 7, 9, 10, 500]]),
  "eight runs, a full line of the table": shape("power", 64 * KIB, [everyOther(8)]),
  "nine runs": shape("power", 64 * KIB, [everyOther(9)]),
  "the whole region": shape("power", 64 * KIB, [range(0, 1024)]),
  "records that fill their blocks": shape("power", 64 * KIB, [range(0, 62), [1], range(5, 62), range(0, 63)]),
  "many commits": shape(
    "power",
    64 * KIB,
    range(0, 60).map((i) => range(i, 1 + i)),
  ),
  packed: shape("process", 64 * KIB, [[1], [2, 3], range(10, 100), [1], [4, 6, 8]]),
  "packed, then flushed, then packed": shape("process", 64 * KIB, [
    [1],
    [2],
    "flush",
    [3],
    [4],
    "flush",
    [5],
  ]),
  "packed up to a block boundary": shape("process", 64 * KIB, [range(0, 62), [1], range(5, 60), [2]]),
  "more than the journal holds": shape(
    "power",
    64 * KIB,
    range(0, 50).map((i) => range(i, 700)),
  ),
  "more than the journal holds, packed": shape(
    "process",
    64 * KIB,
    range(0, 50).map((i) => range(i, 700)),
  ),
  "across segments": shape(
    "power",
    4096 * KIB,
    range(0, 24).map((i) => range(i, 5000)),
  ),
  "across segments, packed": shape(
    "process",
    4096 * KIB,
    range(0, 24).map((i) => range(i, 5000)),
  ),
  "a journal filled block by block": shape(
    "power",
    64 * KIB,
    range(0, 300).map((i) => [i]),
  ),
  "a journal filled line by line": shape(
    "process",
    64 * KIB,
    range(0, 5000).map((i) => [i % 1024]),
  ),
  "across segments, block by block": shape("power", 2048 * KIB, [
    ...range(0, 4).map((i) => range(i, 5000)),
    ...range(0, 300).map((i) => [i]),
  ]),
  "one larger than the journal": shape("power", 2048 * KIB, [[1], range(0, 2 * LINES_A_MIB)]),
  "larger than the journal, packed": shape("process", 2048 * KIB, [[1], range(0, 2 * LINES_A_MIB), [7]]),
  "larger than the journal, then small": shape("power", 2048 * KIB, [
    [1],
    everyOther(LINES_A_MIB),
    [3, 4],
    range(9, 2000),
  ]),
  "larger than any buffer": shape("power", 16384 * KIB, [range(0, 10 * LINES_A_MIB), [1, 3]]),
};
