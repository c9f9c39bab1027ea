/** Files that are no regions, or no whole ones: each has its own code and stays byte for byte as it was. */

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { FamsError, type FamsErrorCode, Region, type RegionOptions } from "fams";
import { newPath, openRegion, thrownBy } from "./test-scratch.ts";

const SUPERBLOCKS = [0, 32_768];
const FIELD = { version: 8, byteOrder: 12, required: 24, dataBytes: 88, checksum: 4092 };

/** CRC-32C of the superblock, by its definition. */
function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f6_3b78 : 0);
  }
  return ~crc >>> 0;
}

/** A region in which 7.5 was committed, as the bytes of its closed file. */
function regionBytes(): Buffer {
  const region = openRegion();
  new Float64Array(region.buffer)[3] = 7.5;
  region.msyncSync();
  region.close();
  return readFileSync(region.path);
}

/** The same, but of a process that died: the commit stands in the journal alone. */
function unclosedBytes(): Buffer {
  const region = openRegion();
  new Float64Array(region.buffer)[3] = 7.5;
  region.msyncSync();
  const copy = newPath();
  copyFileSync(region.path, copy);
  return readFileSync(copy);
}

/** Changes superblocks; `sealed` gives them a checksum that verifies again. */
function change(bytes: Buffer, copies: number[], edit: (superblock: Buffer) => void, sealed = false): Buffer {
  for (const at of copies) {
    const superblock = bytes.subarray(at, at + 4096);
    edit(superblock);
    if (sealed) superblock.writeUInt32LE(crc32c(superblock.subarray(0, FIELD.checksum)), FIELD.checksum);
  }
  return bytes;
}

const flip = (at: number) => (superblock: Buffer) => {
  superblock[at] = (superblock[at] as number) ^ 1;
};

function expectRefused(bytes: Uint8Array, code: FamsErrorCode, options: RegionOptions = {}): FamsError {
  const path = newPath();
  writeFileSync(path, bytes);
  for (const given of [options, { ...options, readOnly: true }]) {
    const error = thrownBy(() => Region.openSync(path, given)) as FamsError;
    expect(error).to.be.an.instanceof(FamsError);
    expect(error.code).to.equal(code);
    expect(error.message)
      .to.contain(path)
      .and.to.match(/\. [A-Z][^.]+/);
    expect(readFileSync(path).equals(bytes), "the file is as before").to.equal(true);
  }
  return thrownBy(() => Region.openSync(path, options)) as FamsError;
}

function opened(bytes: Uint8Array): { region: Region; value: number | undefined } {
  const path = newPath();
  writeFileSync(path, bytes);
  const region = openRegion({}, path);
  return { region, value: new Float64Array(region.buffer)[3] };
}

describe("files that cannot be opened", () => {
  const FOREIGN: Record<string, Uint8Array> = {
    empty: Buffer.alloc(0),
    "one byte": Buffer.from("F"),
    text: Buffer.from("To be, or not to be.\n".repeat(9000)),
    zeros: Buffer.alloc(2 ** 20),
    "the magic alone": Buffer.from("FAMSRGN\n"),
    "of other software": Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(70_000, 7)]),
  };
  for (const [name, bytes] of Object.entries(FOREIGN))
    it(`foreign: ${name}`, () => {
      for (const options of [{}, { size: 65_536 }, { acceptDamage: true }])
        expectRefused(bytes, "ERR_FAMS_NOT_A_REGION", options);
    });

  it("of another size than asked for", () => {
    const error = expectRefused(regionBytes(), "ERR_FAMS_SIZE_MISMATCH", { size: 65_537 });
    expect(error.message).to.contain("65536").and.contain("131072");
    expectRefused(unclosedBytes(), "ERR_FAMS_SIZE_MISMATCH", { size: "1 MiB" });
  });

  it("cut short anywhere", () => {
    const whole = regionBytes();
    for (const length of [
      whole.length - 1,
      whole.length - 65_536,
      200_000,
      131_072,
      65_537,
      65_536,
      40_000,
      36_864,
      36_863,
      4096,
    ])
      expectRefused(whole.subarray(0, length), "ERR_FAMS_TRUNCATED");
    for (const length of [4095, 100]) expectRefused(whole.subarray(0, length), "ERR_FAMS_NOT_A_REGION");
  });

  it("of a later version", () => {
    const later = (superblock: Buffer) => superblock.writeUInt32LE(2, FIELD.version);
    for (const sealed of [true, false])
      expectRefused(change(regionBytes(), SUPERBLOCKS, later, sealed), "ERR_FAMS_VERSION");
  });

  it("that need a feature of a later version", () => {
    for (const bit of [0n, 1n, 31n, 63n]) {
      const error = expectRefused(
        change(
          unclosedBytes(),
          SUPERBLOCKS,
          (superblock) => superblock.writeBigUInt64LE(1n << bit, FIELD.required),
          true,
        ),
        "ERR_FAMS_FEATURE",
      );
      expect(error.offset).to.equal(FIELD.required);
    }
  });

  it("of the other byte order", () => {
    expectRefused(
      change(regionBytes(), SUPERBLOCKS, (superblock) =>
        superblock.writeUInt32BE(superblock.readUInt32LE(FIELD.byteOrder), FIELD.byteOrder),
      ),
      "ERR_FAMS_BYTE_ORDER",
    );
  });

  it("with both superblocks broken, or sound in checksum alone", () => {
    for (const at of [20, 100, 2000, 4000, FIELD.checksum])
      expectRefused(change(regionBytes(), SUPERBLOCKS, flip(at)), "ERR_FAMS_SUPERBLOCK");
    for (const bytes of [0n, 1n, 65_535n, 2n ** 33n, 2n ** 64n - 65_536n])
      expectRefused(
        change(
          regionBytes(),
          SUPERBLOCKS,
          (superblock) => superblock.writeBigUInt64LE(bytes, FIELD.dataBytes),
          true,
        ),
        "ERR_FAMS_SUPERBLOCK",
      );
  });

  it("with the journal damaged before commits that were acknowledged", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    for (let i = 1; i < 5; i++) {
      view[3] = i;
      region.msyncSync();
    }
    const bytes = readFileSync(region.path);
    region.close();
    bytes.fill(0x5a, 131_072 + 4096 + 10, 131_072 + 4096 + 20);
    const error = expectRefused(bytes, "ERR_FAMS_DAMAGED");
    expect(error.message)
      .to.match(/backup/)
      .and.to.match(/acceptDamage/);
    const path = newPath();
    writeFileSync(path, bytes);
    const accepted = openRegion({ acceptDamage: true }, path);
    expect(accepted.recovery.verdict).to.equal("damaged");
    expect(new Float64Array(accepted.buffer)[3]).to.equal(1);
    accepted.close();
    expect(openRegion({}, path).recovery.verdict).to.equal("clean");
  });
});

describe("files that are mended by opening", () => {
  for (const [copy, at] of [
    ["A", 0],
    ["B", 32_768],
  ] as const)
    it(`superblock ${copy} broken`, () => {
      for (const damage of [
        flip(100),
        flip(8),
        (superblock: Buffer) => superblock.fill(0),
        (superblock: Buffer) => superblock.fill(255),
      ]) {
        const { region, value } = opened(change(regionBytes(), [at], damage));
        expect(region.recovery).to.deep.include({ verdict: "recovered", brokenSuperblocks: [copy] });
        expect(value).to.equal(7.5);
        region.close();
        expect(openRegion({}, region.path).recovery).to.deep.include({
          verdict: "clean",
          brokenSuperblocks: [],
        });
      }
    });

  it("a commit of a process that died", () => {
    const { region, value } = opened(unclosedBytes());
    expect(region.recovery).to.deep.include({ verdict: "recovered", commits: 1, lines: 1, discarded: null });
    expect(value).to.equal(7.5);
  });

  it("a journal that is torn in its last record", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    view[3] = 1;
    region.msyncSync();
    view.fill(2);
    region.msyncSync();
    const bytes = readFileSync(region.path);
    bytes.fill(0, 131_072 + 4096 + 30_000, 131_072 + 4096 + 70_000);
    const { region: mended, value } = opened(bytes);
    expect(mended.recovery).to.deep.include({ verdict: "recovered", commits: 1, lines: 1 });
    expect(mended.recovery.discarded?.reason).to.equal("torn payload");
    expect(value).to.equal(1);
    expect(new Float64Array(mended.buffer)[4]).to.equal(0);
  });

  it("more bytes behind the end", () => {
    const { value } = opened(Buffer.concat([regionBytes(), Buffer.alloc(1000, 7)]));
    expect(value).to.equal(7.5);
  });

  it("readers recover in private, and change no byte", () => {
    const path = newPath();
    const bytes = unclosedBytes();
    writeFileSync(path, bytes);
    const reader = openRegion({ readOnly: true }, path);
    expect([reader.recovery.verdict, new Float64Array(reader.buffer)[3]]).to.deep.equal(["recovered", 7.5]);
    reader.close();
    expect(readFileSync(path).equals(bytes)).to.equal(true);
  });
});
