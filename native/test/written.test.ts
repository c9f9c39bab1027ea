/** What the durable core wrote, in the eyes of the second implementation. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Decoded, decode } from "./decode.ts";
import { apply, bytesOf, open, run, scratch, TIMEOUT } from "./files.ts";
import { alignUp, COMMIT, HEADER_BYTES, LINE, LINK, type Lines, type Superblock } from "./format.ts";
import { Image } from "./image.ts";
import { SHAPES, type Shape } from "./shapes.ts";

const path = scratch("disk");

/** The line that commit-shape.ts stores in its commit `version`. */
function storedLine(version: number): Uint8Array {
  return new Uint8Array(Uint32Array.from({ length: 16 }, (_, word) => version + (word << 16)).buffer);
}

function commitsOf({ commits }: Shape): Lines[] {
  return commits.flatMap((commit, i) =>
    commit === "flush" ? [] : [new Map(commit.map((line) => [line, storedLine(i + 1)]))],
  );
}

/** The same commits by the page, as far as they fit in the first segment. */
function rebuilt(shape: Shape, as: Superblock): Image {
  const image = new Image({
    dataBytes: shape.dataBytes,
    segments: [{ bytes: 2 ** 19 }, { bytes: 2 ** 19 }],
    blockBytes: as.blockBytes,
    superblock: { uuid: as.uuid, salt: as.salt },
  });
  const commits = commitsOf(shape);
  for (const step of shape.commits)
    if (step === "flush") image.flush();
    else image.commit(commits.shift() as Lines, { flushed: shape.durability === "power" });
  return image;
}

/** What every journal owes the page, whatever is in it. */
function expectOrderly(file: Buffer, { chosen, records, end }: Decoded, flushed: boolean): void {
  const holding = (position: number) =>
    chosen.segments.find((s) => position >= s.start && position < s.start + s.bytes);
  let sequence = chosen.nextRecord;
  let behind = chosen.replayPosition;
  for (const [i, { header, offset, runs }] of records.entries()) {
    expect(header.sequence).to.equal(sequence++);
    if (flushed) {
      expect(header.position % chosen.blockBytes).to.equal(0);
      expect(header.durableThrough).to.equal(header.sequence - 1);
    }
    expect(header.durableThrough).to.be.below(header.sequence);
    expect([behind, alignUp(behind, chosen.blockBytes)]).to.include(header.position);
    const segment = holding(header.position) as Decoded["chosen"]["segments"][0];
    const last = segment.start + segment.bytes - chosen.blockBytes;
    if (header.type === LINK) {
      expect(chosen.segments.map(({ start }) => start)).to.include(header.payloadBytes);
      expect(runs).to.deep.equal([]);
      behind = header.payloadBytes;
      continue;
    }
    behind = header.position + HEADER_BYTES + header.payloadBytes;
    expect(behind, "the last block of a segment is kept for a link").to.be.at.most(last);
    const next = offset + HEADER_BYTES + header.payloadBytes;
    const block = alignUp(next, chosen.blockBytes);
    const zeros = file.subarray(next, flushed ? block : Math.min(next + LINE, block));
    const successor = records[i + 1]?.header.position === behind && !flushed;
    if (!successor) expect(zeros.every((byte) => byte === 0)).to.equal(true);
  }
  expect(end).to.equal(behind);
}

function expectSuperblocks({ copies: [a, b], chosen }: Decoded, shape: Shape, file: Buffer): void {
  // A checkpoint may have been at it.
  expect(Math.abs((a?.sequence ?? 0) - (b?.sequence ?? 0))).to.be.at.most(1);
  expect(chosen).to.include({
    generation: 1,
    byteOrder: 0x01020304,
    lineBytes: 64,
    dataOffset: 65536,
    dataBytes: shape.dataBytes,
    clean: false,
    requiredFeatures: 0n,
    optionalFeatures: 0n,
  });
  const inFile = chosen.segments.toSorted((one, other) => one.offset - other.offset);
  let end = 65536 + shape.dataBytes;
  for (const { offset, bytes } of inFile) {
    expect(offset).to.be.at.least(end);
    end = offset + bytes;
  }
  expect(file.length).to.be.at.least(end);
  let position = 0;
  for (const { start, bytes } of chosen.segments) {
    expect(start).to.be.at.least(position);
    position = start + bytes;
  }
  for (const { offset, bytes, start } of chosen.segments)
    expect([offset % 65536, bytes % 65536, start % 65536]).to.deep.equal([0, 0, 0]);
  expect(
    file.subarray(4096, 32768).every((byte) => byte === 0),
    "the control area is zero",
  ).to.equal(true);
  expect(
    file.subarray(36864, 65536).every((byte) => byte === 0),
    "zero up to the data",
  ).to.equal(true);
}

const seen = { packed: 0, linked: 0, checkpointed: 0, grown: 0, temporary: 0 };

function note({ chosen, records }: Decoded): void {
  seen.packed += Number(records.some(({ header }) => header.position % chosen.blockBytes > 0));
  seen.linked += Number(records.some(({ header }) => header.type === LINK));
  seen.checkpointed += Number(chosen.replayPosition > 0);
  seen.grown += Number(chosen.segments.filter(({ temporary }) => !temporary).length > 2);
  seen.temporary += Number(chosen.segments.some(({ temporary }) => temporary));
}

describe("bytes that a killed program left behind", function () {
  this.timeout(TIMEOUT);

  for (const [name, shape] of Object.entries(SHAPES))
    it(`${name}, at durability "${shape.durability}"`, () => {
      const file = path(name.replaceAll(" ", "-"));
      const { signal, stderr } = run("commit-shape.ts", [file, name]);
      expect(signal, stderr).to.equal("SIGKILL");
      const bytes = readFileSync(file);
      const decoded = decode(bytes);
      note(decoded);
      const contents = commitsOf(shape).reduce(apply, Buffer.alloc(shape.dataBytes));
      expectSuperblocks(decoded, shape, bytes);
      expectOrderly(bytes, decoded, shape.durability === "power");
      expect(decoded.contents.equals(contents), "the page finds the last commit").to.equal(true);
      if (decoded.chosen.sequence === 1) {
        const image = rebuilt(shape, decoded.chosen);
        expect(bytes.equals(image.bytes), "byte for byte as the page says").to.equal(true);
      }
      const commits = decoded.records.filter(({ header }) => header.type === COMMIT).length;
      using region = open(file);
      expect(region.recovery).to.include({ verdict: commits > 0 ? "recovered" : "clean", commits });
      expect(bytesOf(region).equals(contents), "opening finds it as well").to.equal(true);
    });

  it("were of every kind: packed, linked, checkpointed, in grown journals and temporary segments", () => {
    expect(Object.entries(seen).filter(([, files]) => files === 0)).to.deep.equal([]);
  });
});
