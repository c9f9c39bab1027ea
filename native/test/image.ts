/** Builds whole region files in memory by the rules of docs/FORMAT.md. */

import { randomBytes } from "node:crypto";
import {
  alignUp,
  COMMIT,
  crc32c,
  DATA_OFFSET,
  encodeHeader,
  encodePayload,
  encodeSuperblock,
  GRANULE,
  type Header,
  LINK,
  type Lines,
  type Segment,
  SUPERBLOCK_OFFSETS,
  type Superblock,
  superblock,
  toRuns,
} from "./format.ts";

/** Where a record stands: its first byte in the file, and its length. */
export interface Place {
  offset: number;
  bytes: number;
  position: number;
  sequence: number;
}

export interface Geometry {
  dataBytes?: number;
  segments?: { bytes: number; temporary?: boolean; start?: number }[];
  blockBytes?: number;
  /** What the superblocks say beyond their geometry. */
  superblock?: Partial<Superblock>;
}

const layOut = (dataBytes: number, given: NonNullable<Geometry["segments"]>): Segment[] => {
  const segments: Segment[] = [];
  for (const { bytes, temporary = false, start } of given) {
    const last = segments.at(-1);
    segments.push({
      offset: last ? last.offset + last.bytes : DATA_OFFSET + dataBytes,
      bytes,
      start: start ?? (last ? last.start + last.bytes : 0),
      temporary,
    });
  }
  return segments;
};

/** A file under construction. Records go behind one another; both superblocks stand in it from the start. */
export class Image {
  readonly bytes: Buffer;
  readonly superblock: Superblock;
  /** Logical position of the next record. */
  position: number;
  sequence: number;
  chain: number;
  durableThrough: number;

  constructor({
    dataBytes = GRANULE,
    segments = [{ bytes: GRANULE }],
    blockBytes = 4096,
    ...given
  }: Geometry = {}) {
    const laidOut = layOut(dataBytes, segments);
    const last = laidOut.at(-1) as Segment;
    this.superblock = superblock({
      requiredFeatures: 0n,
      optionalFeatures: 0n,
      uuid: randomBytes(16),
      generation: 1,
      salt: randomBytes(8).readBigUInt64LE(),
      sequence: 1,
      dataBytes,
      replayPosition: (laidOut[0] as Segment).start,
      nextRecord: 1,
      chain: 0,
      blockBytes,
      segments: laidOut,
      clean: false,
      ...given.superblock,
    });
    this.bytes = Buffer.alloc(last.offset + last.bytes);
    this.position = this.superblock.replayPosition;
    this.sequence = this.superblock.nextRecord;
    this.chain = this.superblock.chain;
    this.durableThrough = this.sequence - 1;
    for (const copy of [0, 1]) this.putSuperblock(copy);
  }

  /** Writes copy 0 (A) or 1 (B), with other fields if some are given. */
  putSuperblock(copy: number, changes: Partial<Superblock> = {}): void {
    this.bytes.set(encodeSuperblock({ ...this.superblock, ...changes }, copy), SUPERBLOCK_OFFSETS[copy]);
  }

  offsetOf(position: number): number {
    const segment = this.superblock.segments.find(
      (s) => position >= s.start && position < s.start + s.bytes,
    ) as Segment;
    return segment.offset + position - segment.start;
  }

  /** Appends a commit. Behind a flushed one the next record starts on a block of its own. */
  commit(lines: Lines, { flushed = true, header = {} as Partial<Header> } = {}): Place {
    const runs = toRuns(lines);
    const payload = encodePayload(lines, runs);
    const place = this.#put(
      { type: COMMIT, payloadBytes: payload.length, runs: runs.length, ...header },
      payload,
    );
    this.position += place.bytes;
    if (flushed) this.flush();
    return place;
  }

  /** Everything before here is durable. */
  flush(): void {
    this.position = alignUp(this.position, this.superblock.blockBytes);
    this.durableThrough = this.sequence - 1;
  }

  /** Goes on at the start of a later segment. */
  link(segment: number): Place {
    const target = (this.superblock.segments[segment] as Segment).start;
    const place = this.#put({ type: LINK, payloadBytes: target, runs: 0 }, Buffer.alloc(0));
    this.position = target;
    return place;
  }

  #put(given: Pick<Header, "type" | "payloadBytes" | "runs"> & Partial<Header>, payload: Buffer): Place {
    const header = encodeHeader(
      {
        salt: this.superblock.salt,
        position: this.position,
        sequence: this.sequence,
        durableThrough: this.durableThrough,
        payloadChecksum: crc32c(payload),
        chain: this.chain,
        ...given,
      },
      this.superblock.uuid,
    );
    const place = {
      offset: this.offsetOf(this.position),
      bytes: header.length + payload.length,
      position: this.position,
      sequence: this.sequence,
    };
    this.bytes.set(header, place.offset);
    this.bytes.set(payload, place.offset + header.length);
    this.sequence++;
    this.chain = header.readUInt32LE(60);
    return place;
  }
}
