/** What the tests of the truth table share: files in a given state, and the ways in which they must open or not. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { RecoveryReport, RegionOptions } from "fams";
import { decode, readSuperblocks } from "./decode.ts";
import { bytesOf, codeOf, crashed, lines, open, scratch, statesOf, unchanged, write } from "./files.ts";
import { GRANULE, type Lines, type Superblock } from "./format.ts";
import { type Geometry, Image, type Place } from "./image.ts";

export const path = scratch("memory");
export const COMMITS: Lines[] = [lines(1, [0, 1, 2, 700]), lines(2, [1, 5]), lines(3, [2, 3, 1023])];
/** The contents after each of them, the first before any. */
export const STATES = statesOf(GRANULE, COMMITS);
/** Sequences of a generation start one above a multiple of this. */
export const STEP = 2 ** 32;

export interface Made {
  image: Image;
  places: Place[];
}

/** A region with some commits, or all three, in its journal. */
export function make(
  commits = COMMITS.length,
  { flushed = true, ...geometry }: Geometry & { flushed?: boolean } = {},
): Made {
  const image = new Image(geometry);
  return { image, places: COMMITS.slice(0, commits).map((commit) => image.commit(commit, { flushed })) };
}

interface Expected extends Partial<Omit<RecoveryReport, "discarded">> {
  /** State of the region by the number of its commits. */
  state: number;
  discarded?: string;
}

function expectReport(actual: RecoveryReport, { state, discarded, ...expected }: Expected): void {
  expect(actual).to.include({ verdict: "recovered", commits: state, ...without(expected) });
  expect(actual.brokenSuperblocks).to.deep.equal(expected.brokenSuperblocks ?? []);
  expect(actual.discarded?.reason).to.equal(discarded);
}

const without = ({ brokenSuperblocks, ...rest }: Partial<RecoveryReport>) => rest;

/** Opens the file for reading, for writing, after a crash, and once more: each time with the same contents. */
export function opens({ image }: Made, expected: Expected, options: RegionOptions = {}): void {
  const file = write(path("opens"), image.bytes);
  const contents = STATES[expected.state] as Buffer;
  const isRight = (bytes: Buffer) => expect(bytes.equals(contents), "the contents are right").to.equal(true);

  unchanged(file, () => {
    using region = open(file, { ...options, readOnly: true });
    expectReport(region.recovery, expected);
    isRight(bytesOf(region));
  });

  const before = Math.max(...readSuperblocks(image.bytes).map((copy) => copy?.generation ?? 0));
  const region = open(file, options);
  expectReport(region.recovery, expected);
  expect(region.recovery.generation).to.equal(before + 1);
  isRight(bytesOf(region));
  const after = decode(readFileSync(file));
  expectNextGeneration(image, after.copies as Superblock[]);
  expect(after.records).to.have.length(0);
  isRight(after.contents);
  crashed(file, (again) => {
    expectReport(again.recovery, { state: 0, verdict: "clean" });
    isRight(bytesOf(again));
  });
  region.close();

  expect(readSuperblocks(readFileSync(file)).map((copy) => copy?.clean)).to.deep.equal([true, true]);
  using again = open(file);
  expectReport(again.recovery, { state: 0, verdict: "clean" });
  isRight(bytesOf(again));
}

export function expectNextGeneration(image: Image, [a, b]: Superblock[]): void {
  expect(a, "superblock A is valid and as B").to.deep.equal(b);
  const { generation, salt, replayPosition, nextRecord } = image.superblock;
  expect(a?.generation).to.equal(generation + 1);
  expect(a?.salt).not.to.equal(salt);
  expect(a?.replayPosition).to.be.at.least(replayPosition);
  expect(a?.nextRecord).to.be.greaterThan(nextRecord);
  expect((a?.nextRecord as number) % STEP).to.equal(1);
}

/** Both ways of opening fail with the code, and leave the file alone. */
export function fails(bytes: Uint8Array, code: string, options: RegionOptions = {}): void {
  const file = write(path("fails"), bytes);
  for (const readOnly of [true, false])
    expect(unchanged(file, () => codeOf(() => open(file, { ...options, readOnly }).close()))).to.equal(code);
}

export const spoil = (image: Image, offset: number): void => {
  image.bytes[offset] = ~(image.bytes[offset] as number);
};
