/** Rows 1 and 3 to 13 of the truth table of docs/FORMAT.md, on files made by the second implementation. */

import { randomBytes } from "node:crypto";
import { GRANULE, SUPERBLOCK_OFFSETS, sealSuperblock } from "./format.ts";
import type { Image } from "./image.ts";
import { fails, make, opens, spoil } from "./truth-table.ts";

const [A, B] = SUPERBLOCK_OFFSETS;
const edit = (image: Image, copies: readonly number[], change: (bytes: Buffer) => void): Buffer => {
  for (const at of copies) {
    const copy = image.bytes.subarray(at, at + 4096);
    change(copy);
    sealSuperblock(copy);
  }
  return image.bytes;
};

describe("truth table of recovery: superblocks", () => {
  it("row 1: both superblocks clean: clean, and the journal is not read", () => {
    opens(make(3, { superblock: { clean: true } }), { state: 0, verdict: "clean" });
  });

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
    "a block of 32 bytes": (s) => s.writeUInt32LE(32, 116),
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
});
