/**
 * What runs while faults are injected: each program is one opening of a region, with everything that may go wrong in between. It tells
 * `progress` which commit it tries and which one was acknowledged.
 */

import { copyFileSync } from "node:fs";
import type { Region, RegionOptions } from "fams";
import { lines, open, range, statesOf, write } from "./files.ts";
import type { Lines } from "./format.ts";
import { Image } from "./image.ts";

export const DATA_BYTES = 2 ** 21;

const COMMITS: readonly (readonly number[])[] = [
  [0, 1, 2],
  [5, 7, 8, 9, 30_000],
  range(0, 24_000),
  [3, 4],
  ...range(0, 7).map((i) => range(100 * i, 5_000)),
  [6],
];

const linesOf = (version: number): Lines => lines(version, COMMITS[version - 1] as number[]);

/** The contents after each commit of a program. */
export const STATES = statesOf(
  DATA_BYTES,
  COMMITS.map((_, i) => linesOf(i + 1)),
);

export interface Progress {
  attempt(version: number): void;
  acknowledge(version: number): void;
  /** The region as soon as it is open. */
  opened(region: Region): void;
}

/** Stores the lines of a commit. */
export function store(region: Region, version: number): void {
  const bytes = new Uint8Array(region.buffer);
  for (const [line, stored] of linesOf(version)) bytes.set(stored, line * 64);
}

function commit(region: Region, version: number, progress: Progress): void {
  store(region, version);
  progress.attempt(version);
  region.msyncSync();
  progress.acknowledge(version);
}

export interface FaultProgram {
  /** Opens the file again after a failure. Default: none. */
  options?: RegionOptions;
  /** Makes the file that the program opens, without faults. Returns the state it is in. */
  prepare(file: string): number;
  run(file: string, progress: Progress): void;
}

/** The file as a crash would leave it after `versions`. */
function crash(file: string, versions: readonly number[]): void {
  const living = `${file}.living`;
  const region = open(living, { size: DATA_BYTES });
  for (const version of versions) {
    store(region, version);
    region.msyncSync();
  }
  copyFileSync(living, file);
  region.close();
}

export const PROGRAMS: Record<string, FaultProgram> = {
  "create and commit": {
    prepare: () => 0,
    run(file, progress) {
      const region = open(file, { size: DATA_BYTES });
      progress.opened(region);
      for (const version of [1, 2]) commit(region, version, progress);
      store(region, 4);
      region.rollback();
      for (let version = 3; version <= COMMITS.length; version++) commit(region, version, progress);
      region.close();
    },
  },
  "commit packed and flush": {
    prepare: (file) => {
      open(file, { size: DATA_BYTES }).close();
      return 0;
    },
    run(file, progress) {
      const region = open(file, { durability: "process" });
      progress.opened(region);
      for (const version of [1, 2]) commit(region, version, progress);
      region.flushSync();
      for (let version = 3; version <= COMMITS.length; version++) commit(region, version, progress);
      region.flushSync();
      region.close();
    },
  },
  recover: {
    prepare: (file) => {
      crash(file, [1, 2, 3]);
      return 3;
    },
    run(file, progress) {
      const region = open(file);
      progress.opened(region);
      region.close();
    },
  },
  "recover what one superblock knows": {
    prepare: (file) => {
      const image = new Image({ dataBytes: DATA_BYTES, segments: [{ bytes: 2 ** 20 }] });
      for (const version of [1, 2]) image.commit(linesOf(version));
      image.bytes.fill(0, 0, 4096);
      write(file, image.bytes);
      return 2;
    },
    run(file, progress) {
      const region = open(file);
      progress.opened(region);
      region.close();
    },
  },
  "accept damage": {
    options: { acceptDamage: true },
    prepare: (file) => {
      const image = new Image({ dataBytes: DATA_BYTES, segments: [{ bytes: 2 ** 20 }, { bytes: 2 ** 20 }] });
      image.commit(linesOf(1));
      image.link(1);
      const { offset } = image.commit(linesOf(2));
      image.commit(linesOf(4));
      image.bytes.fill(0xff, offset, offset + 64);
      write(file, image.bytes);
      return 1;
    },
    run(file, progress) {
      const region = open(file, { acceptDamage: true });
      progress.opened(region);
      region.close();
    },
  },
};
