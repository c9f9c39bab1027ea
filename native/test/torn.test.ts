/** A write that was under way, cut off, mixed up or spoilt at every byte: a whole commit or none, and damage is never silent. */

import { closeSync, openSync, writeSync } from "node:fs";
import { expect } from "chai";
import {
  bytesOf,
  codeOf,
  LONG,
  lines,
  open,
  range,
  scratch,
  stateOf,
  statesOf,
  TIMEOUT,
  write,
} from "./files.ts";
import { alignUp, GRANULE, type Lines, SUPERBLOCK_OFFSETS } from "./format.ts";
import { Image, type Place } from "./image.ts";
import { makeRandom } from "./random.ts";

const path = scratch("memory");
const random = makeRandom();
const STEP = 2 ** 32;
const SECTOR = 512;
const COMMITS: Lines[] = [
  lines(1, [0, 1, 2, 3, 64]),
  lines(2, [1, 2, 900]),
  lines(3, [...range(2, 4), 1023]),
];
const STATES = statesOf(GRANULE, COMMITS);

/** A journal that has been used before: records of the generation before fill it. */
function used(): Image {
  const old = new Image();
  for (let i = 0; old.position < GRANULE - 2 * 4096; i++)
    old.commit(lines(1000 + i, range(i, 1 + (i % 40))), { flushed: i % 3 !== 0 });
  const image = new Image({
    segments: [{ bytes: GRANULE, start: GRANULE }],
    superblock: { generation: 2, nextRecord: STEP + 1, chain: old.chain, uuid: old.superblock.uuid },
  });
  const journal = image.offsetOf(GRANULE);
  image.bytes.set(old.bytes.subarray(journal), journal);
  return image;
}

/** Appends as the writer does: zeros follow up to the block boundary, or where the next header would stand. */
function append(image: Image, commit: Lines, flushed: boolean): Place {
  const place = image.commit(commit, { flushed });
  const end = place.offset + place.bytes;
  const block = alignUp(end, 4096);
  image.bytes.fill(0, end, flushed ? block : Math.min(end + 64, block));
  return place;
}

interface Outcome {
  /** Number of commits, or the code of the error. */
  result: number | string;
  discarded: boolean;
}

/** One file that is spoilt, looked at, and mended again. */
class Patient {
  readonly #file: string;
  readonly #fd: number;

  constructor(
    readonly image: Buffer,
    name: string,
  ) {
    this.#file = write(path(name), image);
    this.#fd = openSync(this.#file, "r+");
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** What a reader finds with these bytes at `offset` instead. */
  withBytes(bytes: Uint8Array, offset: number): Outcome {
    writeSync(this.#fd, bytes, 0, bytes.length, offset);
    const outcome = look(this.#file, true);
    writeSync(this.#fd, this.image, offset, bytes.length, offset);
    return outcome;
  }

  /** The same for a writer, who repairs the file. */
  repaired(bytes: Uint8Array, offset: number): Outcome {
    const file = write(`${this.#file}.repaired`, this.image);
    const fd = openSync(file, "r+");
    writeSync(fd, bytes, 0, bytes.length, offset);
    closeSync(fd);
    const outcome = look(file, false);
    if (typeof outcome.result === "number")
      expect(look(file, false)).to.deep.equal({ result: outcome.result, discarded: false });
    return outcome;
  }
}

function look(file: string, readOnly: boolean): Outcome {
  let outcome: Outcome | undefined;
  const code = codeOf(() => {
    using region = open(file, { readOnly });
    outcome = { result: stateOf(STATES, bytesOf(region)), discarded: region.recovery.discarded !== null };
  });
  return outcome ?? { result: code, discarded: false };
}

/** `length` bytes, `kept` of the new ones and then others. */
const REMAINDERS: Record<string, (before: Buffer, after: Buffer, kept: number) => Buffer> = {
  "zeros behind it": (_, after, kept) => Buffer.concat([after.subarray(0, kept)], after.length),
  "garbage behind it": (_, after, kept) => {
    const bytes = Buffer.from(after);
    for (let i = kept; i < bytes.length; i++) bytes[i] = random(256);
    return bytes;
  },
  "old bytes behind it": (before, after, kept) =>
    Buffer.concat([after.subarray(0, kept), before.subarray(kept)]),
  "old bytes before it": (before, after, kept) =>
    Buffer.concat([before.subarray(0, kept), after.subarray(kept)]),
};

describe(`torn writes (seed ${random.seed})`, function () {
  this.timeout(TIMEOUT);

  for (const flushed of [true, false])
    for (const [how, tear] of Object.entries(REMAINDERS))
      it(`the last of ${flushed ? "flushed" : "packed"} commits, cut at every byte, with ${how}`, () => {
        const image = used();
        for (const commit of COMMITS.slice(0, 2)) append(image, commit, flushed);
        const before = Buffer.from(image.bytes);
        const { offset, bytes } = append(image, COMMITS[2] as Lines, flushed);
        const whole = image.bytes.subarray(offset, offset + bytes);
        const extent = (file: Buffer) => file.subarray(offset, alignUp(offset + bytes + 64, 64));
        const patient = new Patient(before, "cut");
        for (let kept = 0; kept <= bytes + 64; kept++) {
          const torn = tear(extent(before), extent(image.bytes), kept);
          const expected = torn.subarray(0, bytes).equals(whole) ? 3 : 2;
          expect(patient.withBytes(torn, offset).result, `cut at byte ${kept}`).to.equal(expected);
          if (LONG || kept % 29 === 0)
            expect(patient.repaired(torn, offset).result, `repaired at byte ${kept}`).to.equal(expected);
        }
        patient.close();
      });

  it("a file cut off at any byte is refused as too short, or is no region", () => {
    const image = used();
    for (const commit of COMMITS) append(image, commit, true);
    const step = LONG ? 61 : 1999;
    for (let bytes = 0; bytes < image.bytes.length; bytes += step)
      expect(look(write(path("short"), image.bytes.subarray(0, bytes)), true).result).to.equal(
        bytes < 4096 ? "ERR_FAMS_NOT_A_REGION" : "ERR_FAMS_TRUNCATED",
      );
  });

  it("of a flushed commit any sectors may reach the medium", () => {
    const image = used();
    for (const commit of COMMITS.slice(0, 2)) append(image, commit, true);
    const before = Buffer.from(image.bytes);
    const long = new Map([...lines(4, range(0, 300)), ...(COMMITS[2] as Lines)]);
    const { offset, bytes } = append(image, long, true);
    const whole = image.bytes.subarray(offset, offset + bytes);
    const states = statesOf(GRANULE, [...COMMITS.slice(0, 2), long]);
    sweepSectors(before, image.bytes, offset, (region, torn) => {
      expect(stateOf(states, region)).to.equal(torn.subarray(0, bytes).equals(whole) ? 3 : 2);
    });
  });

  it("of unflushed commits any sectors may reach the medium: some first commits are there, whole", () => {
    const image = used();
    append(image, COMMITS[0] as Lines, true);
    const before = Buffer.from(image.bytes);
    const start = image.position;
    const commits = range(0, 12).map((i) => lines(10 + i, range(7 * i, 10 * (1 + random(6)) + i)));
    const places = commits.map((commit) => append(image, commit, false));
    const states = statesOf(GRANULE, [COMMITS[0] as Lines, ...commits]);
    const offset = image.offsetOf(start);
    sweepSectors(before, image.bytes, offset, (region, torn) => {
      const broken = places.findIndex((place) => {
        const at = place.offset - offset;
        const record = image.bytes.subarray(place.offset, place.offset + place.bytes);
        return !torn.subarray(at, at + place.bytes).equals(record);
      });
      expect(stateOf(states, region)).to.equal(1 + (broken < 0 ? commits.length : broken));
    });
  });
});

/** Random sectors of the bytes from `offset` to the last difference are new, the others old. */
function sweepSectors(
  before: Buffer,
  after: Buffer,
  offset: number,
  check: (region: Buffer, torn: Buffer) => void,
): void {
  let end = after.length;
  while (end > offset && before[end - 1] === after[end - 1]) end--;
  const file = path("sectors");
  for (let round = 0; round < (LONG ? 5000 : 300); round++) {
    const bytes = Buffer.from(before);
    const density = 1 + random(19);
    for (let at = offset; at < end; at += SECTOR)
      if (random(20) < density) bytes.set(after.subarray(at, Math.min(at + SECTOR, end)), at);
    using region = open(write(file, bytes), { readOnly: true });
    check(bytesOf(region), bytes.subarray(offset));
  }
}

describe(`single flipped bytes (seed ${random.seed})`, function () {
  this.timeout(TIMEOUT);

  function* touched(image: Buffer, places: readonly Place[]): Generator<number> {
    const step = LONG ? 1 : 53;
    const spans: [number, number][] = [
      ...SUPERBLOCK_OFFSETS.flatMap((at): [number, number][] => [
        [at, at + 248],
        [at + 4088, at + 4096],
      ]),
      ...places.map(({ offset, bytes }): [number, number] => [offset, offset + bytes]),
    ];
    const near = (at: number) => spans.some(([from, to]) => at >= from && at < to);
    for (let at = 0; at < image.length; at++) {
      const data = at >= GRANULE && at < 2 * GRANULE;
      if (!data && (at % step === 0 || near(at))) yield at;
    }
  }

  /** What must come of a flip at byte `at`. */
  function expectedOf(at: number, places: readonly Place[], flushed: boolean): (outcome: Outcome) => boolean {
    const hit = places.findIndex(({ offset, bytes }) => at >= offset && at < offset + bytes);
    const last = hit === places.length - 1;
    if (hit < 0) return ({ result }) => result === places.length;
    if (flushed && !last) return ({ result }) => result === "ERR_FAMS_DAMAGED";
    return ({ result, discarded }) => result === hit && discarded;
  }

  for (const flushed of [true, false])
    for (const fresh of [true, false])
      it(`in ${flushed ? "flushed" : "packed"} commits of a ${fresh ? "fresh" : "used"} journal are found, mended or harmless`, () => {
        const image = fresh ? new Image() : used();
        const places = COMMITS.map((commit) => append(image, commit, flushed));
        const patient = new Patient(image.bytes, "flip");
        for (const at of touched(image.bytes, places)) {
          const flipped = Buffer.of((image.bytes[at] as number) ^ (1 << random(8)));
          const isRight = expectedOf(at, places, flushed);
          const found = patient.withBytes(flipped, at);
          expect(isRight(found), `byte ${at}: ${JSON.stringify(found)}`).to.equal(true);
          if (at % (LONG ? 11 : 199) > 0) continue;
          const repaired = patient.repaired(flipped, at);
          expect(isRight(repaired), `repaired byte ${at}: ${JSON.stringify(repaired)}`).to.equal(true);
        }
        patient.close();
      });

  it("in a closed region are mended or harmless", () => {
    const image = new Image({ superblock: { clean: true, generation: 5, nextRecord: STEP + 1 } });
    image.bytes.set(STATES[3] as Buffer, GRANULE);
    const patient = new Patient(image.bytes, "flip");
    for (const at of touched(image.bytes, []))
      expect(
        patient.withBytes(Buffer.of((image.bytes[at] as number) ^ (1 << random(8))), at).result,
      ).to.equal(3);
    patient.close();
  });
});
