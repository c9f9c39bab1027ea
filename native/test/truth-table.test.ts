/** Every row of the truth table of docs/FORMAT.md, on files made by the second implementation. */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { RecoveryReport, RegionOptions } from "fams";
import { decode, readSuperblocks } from "./decode.ts";
import { bytesOf, codeOf, crashed, lines, open, scratch, statesOf, unchanged, write } from "./files.ts";
import {
  GRANULE,
  HEADER_BYTES,
  type Lines,
  SUPERBLOCK_OFFSETS,
  type Superblock,
  sealSuperblock,
} from "./format.ts";
import { type Geometry, Image, type Place } from "./image.ts";

const path = scratch("memory");
const COMMITS: Lines[] = [lines(1, [0, 1, 2, 700]), lines(2, [1, 5]), lines(3, [2, 3, 1023])];
const STATES = statesOf(GRANULE, COMMITS);
const STEP = 2 ** 40;
const [A, B] = SUPERBLOCK_OFFSETS;

interface Made {
  image: Image;
  places: Place[];
}

/** A region with some commits, or all three, in its journal. */
function make(
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
function opens({ image }: Made, expected: Expected, options: RegionOptions = {}): void {
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

function expectNextGeneration(image: Image, [a, b]: Superblock[]): void {
  expect(a, "superblock A is valid and as B").to.deep.equal(b);
  const { generation, salt, replayPosition, nextRecord } = image.superblock;
  expect(a?.generation).to.equal(generation + 1);
  expect(a?.salt).not.to.equal(salt);
  expect(a?.replayPosition).to.be.at.least(replayPosition);
  expect(a?.nextRecord).to.be.greaterThan(nextRecord);
  expect((a?.nextRecord as number) % STEP).to.equal(1);
}

/** Both ways of opening fail with the code, and leave the file alone. */
function fails(bytes: Uint8Array, code: string, options: RegionOptions = {}): void {
  const file = write(path("fails"), bytes);
  for (const readOnly of [true, false])
    expect(unchanged(file, () => codeOf(() => open(file, { ...options, readOnly }).close()))).to.equal(code);
}

const spoil = (image: Image, offset: number): void => {
  image.bytes[offset] = ~(image.bytes[offset] as number);
};
const edit = (image: Image, copies: readonly number[], change: (bytes: Buffer) => void): Buffer => {
  for (const at of copies) {
    const copy = image.bytes.subarray(at, at + 4096);
    change(copy);
    sealSuperblock(copy);
  }
  return image.bytes;
};

describe("truth table of recovery", () => {
  it("row 1: both superblocks clean: clean, and the journal is not read", () => {
    opens(make(3, { superblock: { clean: true } }), { state: 0, verdict: "clean" });
  });

  it("row 2: nothing in the journal: clean", () => opens(make(0), { state: 0, verdict: "clean" }));

  for (const flushed of [true, false])
    for (const commits of [1, 2, 3])
      it(`row 2: ${commits} ${flushed ? "flushed" : "packed"} commits, then nothing: recovered`, () =>
        opens(make(commits, { flushed }), { state: commits }));

  it("row 2: a header of an earlier time is nothing", () => {
    const { image } = make(0, { superblock: { nextRecord: STEP + 1, generation: 2 } });
    image.commit(COMMITS[0] as Lines, { header: { sequence: 5, salt: 7n } });
    opens({ image, places: [] }, { state: 0, verdict: "clean" });
  });

  it("row 2: commits in several segments, joined by links", () => {
    const image = new Image({ segments: [GRANULE, GRANULE, 2 * GRANULE].map((bytes) => ({ bytes })) });
    image.commit(COMMITS[0] as Lines);
    image.link(1);
    image.commit(COMMITS[1] as Lines, { flushed: false });
    image.link(2);
    image.commit(COMMITS[2] as Lines);
    opens({ image, places: [] }, { state: 3 });
  });

  it("row 2: a link may leave out a segment", () => {
    const image = new Image({ segments: [GRANULE, GRANULE, GRANULE].map((bytes) => ({ bytes })) });
    image.commit(COMMITS[0] as Lines);
    image.link(2);
    image.commit(COMMITS[1] as Lines);
    opens({ image, places: [] }, { state: 2 });
  });

  it("row 2: the journal begins in the middle of a later segment, at a high position", () => {
    const image = new Image({
      segments: [
        { bytes: GRANULE, start: 2 ** 41 },
        { bytes: GRANULE, start: 2 ** 42 },
      ],
      superblock: {
        replayPosition: 2 ** 42 + 4096,
        nextRecord: 7 * STEP + 3,
        chain: 0xdeadbeef,
        generation: 8,
      },
    });
    image.commit(COMMITS[0] as Lines);
    opens({ image, places: [] }, { state: 1 });
  });

  it("row 2: a large commit in a temporary segment, which is dropped", () => {
    const image = new Image({ segments: [{ bytes: GRANULE }, { bytes: 4 * GRANULE, temporary: true }] });
    image.link(1);
    image.commit(COMMITS[0] as Lines);
    opens({ image, places: [] }, { state: 1 });
    expect(readFileSync(path("opens")).length).to.equal(64 * 1024 + 2 * GRANULE);
  });

  for (const blockBytes of [4096, 16384, 65536])
    it(`row 2: blocks of ${blockBytes} bytes`, () =>
      opens(make(3, { blockBytes, segments: [{ bytes: 4 * GRANULE }] }), { state: 3 }));

  for (const [row, newer] of [
    [3, 0],
    [4, 1],
  ] as const)
    it(`row ${row}: ${"AB"[newer]} is newer and counts`, () => {
      const made = make();
      made.image.putSuperblock(newer, { sequence: 2 });
      made.image.putSuperblock(1 - newer, { replayPosition: 4096, nextRecord: 77 });
      made.image.superblock.sequence = 2;
      opens(made, { state: 3 });
    });

  for (const [row, broken] of [
    [5, 0],
    [6, 1],
  ] as const)
    for (const commits of [0, 3])
      it(`row ${row}: ${"AB"[broken]} broken, ${commits} commits`, () => {
        const made = make(commits);
        spoil(made.image, (SUPERBLOCK_OFFSETS[broken] as number) + 60);
        opens(made, { state: commits, brokenSuperblocks: ["AB"[broken] as "A" | "B"] });
      });

  it("rows 5 and 6: a copy that stands in the other's place is broken", () => {
    const made = make();
    made.image.bytes.copyWithin(B, A, A + 4096);
    opens(made, { state: 3, brokenSuperblocks: ["B"] });
  });

  it("row 7: both superblocks broken", () => {
    const { image } = make();
    for (const at of SUPERBLOCK_OFFSETS) spoil(image, at + 200);
    fails(image.bytes, "ERR_FAMS_SUPERBLOCK");
  });

  it("row 8: no magic", () => {
    fails(randomBytes(300_000), "ERR_FAMS_NOT_A_REGION");
    fails(Buffer.alloc(0), "ERR_FAMS_NOT_A_REGION");
    fails(Buffer.from("short"), "ERR_FAMS_NOT_A_REGION");
    fails(Buffer.alloc(300_000), "ERR_FAMS_NOT_A_REGION");
  });

  it("row 9: a later version, sealed in another way or not at all", () => {
    for (const broken of [[], [A], [B]]) {
      const { image } = make();
      for (const at of SUPERBLOCK_OFFSETS) image.bytes.writeUInt32LE(2, at + 8);
      for (const at of broken) image.bytes.writeUInt32LE(0, at + 8);
      fails(image.bytes, "ERR_FAMS_VERSION");
    }
  });

  it("row 10: another byte order", () => {
    for (const copies of [[A], [B], [A, B]]) {
      const { image } = make();
      for (const at of SUPERBLOCK_OFFSETS) spoil(image, at + 4092);
      for (const at of copies) image.bytes.subarray(at + 8, at + 16).swap32();
      fails(image.bytes, "ERR_FAMS_BYTE_ORDER");
    }
  });

  it("row 11: an unknown required feature", () => {
    for (const bit of [0n, 17n, 63n])
      fails(make(3, { superblock: { requiredFeatures: 1n << bit } }).image.bytes, "ERR_FAMS_FEATURE");
  });

  it("an unknown optional feature is ignored", () =>
    opens(make(3, { superblock: { optionalFeatures: 5n } }), { state: 3 }));

  const senseless: Record<string, (bytes: Buffer) => void> = {
    "lines of 128 bytes": (s) => s.writeUInt32LE(128, 20),
    "byte order 0": (s) => s.writeUInt32LE(0, 12),
    "another data offset": (s) => s.writeBigUInt64LE(131072n, 80),
    "no data": (s) => s.writeBigUInt64LE(0n, 88),
    "data not a multiple of 64 KiB": (s) => s.writeBigUInt64LE(65537n, 88),
    "data beyond 4 GiB": (s) => s.writeBigUInt64LE(2n ** 32n + 65536n, 88),
    "enormous data": (s) => s.writeBigUInt64LE(2n ** 64n - 65536n, 88),
    "a replay position in no segment": (s) => s.writeBigUInt64LE(65536n, 96),
    "a replay position between lines": (s) => s.writeBigUInt64LE(32n, 96),
    "a block of 2 KiB": (s) => s.writeUInt32LE(2048, 116),
    "a block of 12 KiB": (s) => s.writeUInt32LE(12288, 116),
    "a block of 128 KiB": (s) => s.writeUInt32LE(131072, 116),
    "no segment": (s) => s.writeUInt32LE(0, 120),
    "65 segments": (s) => s.writeUInt32LE(65, 120),
    "an empty segment": (s) => s.writeBigUInt64LE(0n, 216),
    "a segment inside the data": (s) => s.writeBigUInt64LE(65536n, 208),
    "an enormous segment": (s) => s.writeBigUInt64LE(2n ** 64n - 65536n, 216),
    "a segment that starts between granules": (s) => s.writeBigUInt64LE(64n, 224),
    "only a temporary segment": (s) => s.writeUInt32LE(1, 232),
  };
  for (const [what, change] of Object.entries(senseless))
    it(`row 12: verifies and makes no sense: ${what}`, () =>
      fails(edit(make(0).image, SUPERBLOCK_OFFSETS, change), "ERR_FAMS_SUPERBLOCK"));

  it("row 12: segments that overlap, in the file or in position", () => {
    for (const at of [208 + 32, 208 + 48]) {
      const { image } = make(0, { segments: [{ bytes: GRANULE }, { bytes: GRANULE }] });
      const first = image.bytes.readBigUInt64LE(at - 32);
      fails(
        edit(image, SUPERBLOCK_OFFSETS, (s) => s.writeBigUInt64LE(first, at)),
        "ERR_FAMS_SUPERBLOCK",
      );
    }
  });

  it("row 12: the newer copy makes no sense, the older one would", () => {
    const { image } = make(3);
    image.putSuperblock(1, { sequence: 9, blockBytes: 100 });
    fails(image.bytes, "ERR_FAMS_SUPERBLOCK");
  });

  it("row 13: shorter than the superblock says", () => {
    const { image } = make();
    for (const bytes of [4096, 40_000, 65_536, 131_072, image.bytes.length - 1])
      fails(image.bytes.subarray(0, bytes), "ERR_FAMS_TRUNCATED");
    fails(image.bytes.subarray(0, 4095), "ERR_FAMS_NOT_A_REGION");
  });

  it("a longer file is no harm", () => {
    const made = make();
    const longer = Object.assign(Object.create(made.image) as Image, {
      bytes: Buffer.concat([made.image.bytes, randomBytes(5000)]),
    });
    opens({ ...made, image: longer }, { state: 3 });
  });

  const torn: [row: number, reason: string, what: string, tear: (image: Image, last: Place) => void][] = [
    [14, "torn header", "checksum", (image, { offset }) => spoil(image, offset + 60)],
    [14, "torn header", "length", (image, { offset }) => image.bytes.fill(0xff, offset + 40, offset + 48)],
    [15, "torn payload", "first byte", (image, { offset }) => spoil(image, offset + HEADER_BYTES)],
    [15, "torn payload", "last byte", (image, { offset, bytes }) => spoil(image, offset + bytes - 1)],
    [
      15,
      "torn payload",
      "all zero",
      (image, { offset, bytes }) => image.bytes.fill(0, offset + 64, offset + bytes),
    ],
    [16, "unrecognised bytes", "magic", (image, { offset }) => spoil(image, offset)],
    [16, "unrecognised bytes", "garbage", (image, { offset }) => image.bytes.fill(0xa5, offset, offset + 64)],
  ];
  for (const [row, discarded, what, tear] of torn)
    for (const flushed of [true, false])
      it(`row ${row}: last of ${flushed ? "flushed" : "packed"} commits torn (${what})`, () => {
        const made = make(3, { flushed });
        tear(made.image, made.places[2] as Place);
        opens(made, { state: 2, discarded });
      });

  const senselessRecords: [string, Lines, object][] = [
    ["a type that is none", COMMITS[2] as Lines, { type: 3 }],
    ["a link to nowhere", COMMITS[2] as Lines, { type: 2, payloadBytes: 12345 }],
    ["a link backwards", COMMITS[2] as Lines, { type: 2, payloadBytes: 0 }],
    ["longer than its segment", COMMITS[2] as Lines, { payloadBytes: 2 ** 50 }],
    ["more runs than it has room for", COMMITS[2] as Lines, { runs: 0xffffffff }],
    ["fewer runs than lines", COMMITS[2] as Lines, { runs: 1 }],
    ["lines outside the data", lines(3, [1023, 1024]), {}],
    ["a line far outside the data", lines(3, [2 ** 31]), {}],
  ];
  for (const [what, commit, header] of senselessRecords)
    it(`row 15: the last record verifies and makes no sense: ${what}`, () => {
      const made = make(2);
      made.image.commit(commit, { header });
      opens(made, { state: 2, discarded: "torn payload" });
    });

  for (const [what, header] of [
    ["the chain of another record", { chain: 5 }],
    ["the salt of another generation", { salt: 5n, sequence: 2 }],
  ] as const)
    it(`row 20: a record that verifies, with ${what}, is not the next one`, () => {
      const made = make(2);
      made.image.commit(COMMITS[2] as Lines, { header });
      opens(made, { state: 2 });
    });

  it("row 17: an earlier record broken, a later one knows that it was durable", () => {
    for (const at of [0, 60, 64, 70]) {
      const { image, places } = make();
      spoil(image, (places[1] as Place).offset + at);
      fails(image.bytes, "ERR_FAMS_DAMAGED");
    }
  });

  it("row 17: the missing record was zeroed", () => {
    const { image, places } = make();
    const { offset, bytes } = places[1] as Place;
    image.bytes.fill(0, offset, offset + bytes);
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 17: the record that knows stands in another segment", () => {
    const image = new Image({ segments: [{ bytes: GRANULE }, { bytes: GRANULE }] });
    const first = image.commit(COMMITS[0] as Lines);
    const link = image.link(1);
    image.commit(COMMITS[1] as Lines);
    for (const { offset } of [first, link]) spoil(image, offset + 30);
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 18: an old superblock, whose journal has been used again", () => {
    const { image } = make(0, { superblock: { nextRecord: 3 } });
    image.commit(COMMITS[0] as Lines, { header: { sequence: 10, position: 65536 } });
    spoil(image, A + 70);
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 18: a later generation's record in the place of the next", () => {
    const { image } = make(1);
    image.commit(COMMITS[1] as Lines, { header: { sequence: STEP + 1, salt: 99n, position: 65536 } });
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 18: the next sequence in the next place, by another generation", () => {
    const { image } = make(1);
    image.commit(COMMITS[1] as Lines, { header: { salt: 99n } });
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 18: a later record behind packed ones, and garbage at the block behind it", () => {
    const { image } = make(2, { flushed: false });
    const { offset } = image.commit(COMMITS[2] as Lines, { header: { sequence: STEP + 9, salt: 99n } });
    image.bytes.fill(0xa5, Math.ceil(offset / 4096) * 4096, Math.ceil(offset / 4096) * 4096 + 64);
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 19: a later record at another's place, somewhere behind", () => {
    const { image } = make(1);
    image.position = 3 * 4096;
    image.commit(COMMITS[1] as Lines, { header: { sequence: 10, position: 65536 } });
    fails(image.bytes, "ERR_FAMS_DAMAGED");
  });

  it("row 20: a later unflushed record, further behind, is dropped with the torn one", () => {
    const { image, places } = make(1);
    const torn = image.commit(
      lines(
        2,
        Array.from({ length: 200 }, (_, i) => i),
      ),
      { flushed: false },
    );
    image.position = Math.ceil(image.position / 4096) * 4096;
    image.commit(COMMITS[1] as Lines, { flushed: false });
    spoil(image, torn.offset + 5000);
    opens({ image, places }, { state: 1, discarded: "torn payload" });
  });

  for (const lost of ["zero", "torn"])
    it(`row 20: an unflushed record is ${lost}, its unflushed successor stands at the next block boundary`, () => {
      const { image, places } = make(1, { flushed: false });
      const room = 4096 - (image.position % 4096);
      const second = image.commit(
        lines(
          2,
          Array.from({ length: (room - 128) / 64 }, (_, i) => i),
        ),
        {
          flushed: false,
        },
      );
      expect(image.position % 4096).to.equal(0);
      image.commit(COMMITS[2] as Lines, { flushed: false });
      if (lost === "zero") image.bytes.fill(0, second.offset, second.offset + second.bytes);
      else spoil(image, second.offset + 100);
      opens({ image, places }, { state: 1, ...(lost === "torn" && { discarded: "torn payload" }) });
    });

  for (const [what, damage] of [
    [
      "17: a broken record",
      (image: Image, places: Place[]) => spoil(image, (places[1] as Place).offset + 64),
    ],
    [
      "18: a record of a later time",
      (image: Image, places: Place[]) => {
        image.position = (places[1] as Place).position;
        image.commit(COMMITS[2] as Lines, { header: { sequence: STEP + 1, salt: 99n } });
      },
    ],
  ] as const)
    it(`row ${what}, with acceptDamage: recovered to the commit before it`, () => {
      const made = make();
      damage(made.image, made.places);
      const file = write(path("accepted"), made.image.bytes);
      const contents = STATES[1] as Buffer;
      unchanged(file, () => {
        using region = open(file, { readOnly: true, acceptDamage: true });
        expect(region.recovery).to.include({ verdict: "damaged", commits: 1 });
        expect(bytesOf(region).equals(contents)).to.equal(true);
      });
      const region = open(file, { acceptDamage: true });
      expect(region.recovery).to.include({ verdict: "damaged", commits: 1 });
      expectNextGeneration(made.image, readSuperblocks(readFileSync(file)) as Superblock[]);
      crashed(file, (again) => {
        expect(again.recovery).to.include({ verdict: "clean", commits: 0 });
        expect(bytesOf(again).equals(contents)).to.equal(true);
      });
      region.close();
    });
});
