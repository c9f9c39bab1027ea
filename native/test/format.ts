/**
 * File format, version 1, a second time: written from docs/FORMAT.md and from nothing else, so that the page and the durable core can
 * be held against each other. Here are the codecs; image.ts builds whole files from them.
 */

export const LINE = 64;
export const GRANULE = 64 * 1024;
export const DATA_OFFSET = 64 * 1024;
export const SUPERBLOCK_BYTES = 4096;
/** Bytes of the file at which the copies A and B stand. */
export const SUPERBLOCK_OFFSETS = [0, 32 * 1024] as const;
export const HEADER_BYTES = 64;
export const COMMIT = 1;
export const LINK = 2;

const MAGIC = Buffer.from("FAMSRGN\n");
const RECORD_MAGIC = Buffer.from("FREC");
const BYTE_ORDER = 0x01020304;
const SEGMENTS_AT = 208;
const SEGMENT_ENTRY = 32;

export const alignUp = (n: number, unit: number): number => Math.ceil(n / unit) * unit;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  return crc >>> 0;
});

/** CRC-32C of the parts, one after the other. */
export function crc32c(...parts: Uint8Array[]): number {
  let crc = ~0;
  for (const part of parts)
    for (let i = 0; i < part.length; i++)
      crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (part[i] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

export interface Segment {
  /** Byte of the file. */
  offset: number;
  bytes: number;
  /** First logical position. */
  start: number;
  temporary: boolean;
}

export interface Superblock {
  version: number;
  byteOrder: number;
  lineBytes: number;
  requiredFeatures: bigint;
  optionalFeatures: bigint;
  uuid: Buffer;
  generation: number;
  salt: bigint;
  sequence: number;
  dataOffset: number;
  dataBytes: number;
  replayPosition: number;
  nextRecord: number;
  chain: number;
  blockBytes: number;
  segments: Segment[];
  clean: boolean;
}

/** A superblock with what every one of version 1 has in common. */
export const superblock = (of: Omit<Superblock, "version" | "byteOrder" | "lineBytes" | "dataOffset">) => ({
  version: 1,
  byteOrder: BYTE_ORDER,
  lineBytes: LINE,
  dataOffset: DATA_OFFSET,
  ...of,
});

/** Gives bytes 4092 to 4095 the checksum of those before them. */
export function sealSuperblock(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32c(bytes.subarray(0, 4092)), 4092);
  return bytes;
}

const putU64 = (bytes: Buffer, value: number | bigint, at: number) =>
  bytes.writeBigUInt64LE(BigInt(value), at);
const getU64 = (bytes: Buffer, at: number) => Number(bytes.readBigUInt64LE(at));

export function encodeSuperblock(s: Superblock, copy: number): Buffer {
  const bytes = Buffer.alloc(SUPERBLOCK_BYTES);
  bytes.set(MAGIC, 0);
  bytes.writeUInt32LE(s.version, 8);
  bytes.writeUInt32LE(s.byteOrder, 12);
  bytes.writeUInt32LE(copy, 16);
  bytes.writeUInt32LE(s.lineBytes, 20);
  putU64(bytes, s.requiredFeatures, 24);
  putU64(bytes, s.optionalFeatures, 32);
  bytes.set(s.uuid, 40);
  putU64(bytes, s.generation, 56);
  putU64(bytes, s.salt, 64);
  putU64(bytes, s.sequence, 72);
  putU64(bytes, s.dataOffset, 80);
  putU64(bytes, s.dataBytes, 88);
  putU64(bytes, s.replayPosition, 96);
  putU64(bytes, s.nextRecord, 104);
  bytes.writeUInt32LE(s.chain, 112);
  bytes.writeUInt32LE(s.blockBytes, 116);
  bytes.writeUInt32LE(s.segments.length, 120);
  bytes.writeUInt32LE(s.clean ? 1 : 0, 124);
  for (const [i, segment] of s.segments.entries()) {
    const at = SEGMENTS_AT + i * SEGMENT_ENTRY;
    putU64(bytes, segment.offset, at);
    putU64(bytes, segment.bytes, at + 8);
    putU64(bytes, segment.start, at + 16);
    bytes.writeUInt32LE(segment.temporary ? 1 : 0, at + 24);
  }
  return sealSuperblock(bytes);
}

/** The superblock in these 4096 bytes; undefined if it is not a valid copy `copy` of version 1. */
export function decodeSuperblock(bytes: Buffer, copy: number): Superblock | undefined {
  const version = bytes.readUInt32LE(8);
  const sound =
    bytes.subarray(0, 8).equals(MAGIC) &&
    version === 1 &&
    bytes.readUInt32LE(16) === copy &&
    bytes.readUInt32LE(4092) === crc32c(bytes.subarray(0, 4092));
  if (!sound) return undefined;
  const segments = Array.from({ length: bytes.readUInt32LE(120) }, (_, i) => {
    const at = SEGMENTS_AT + i * SEGMENT_ENTRY;
    return {
      offset: getU64(bytes, at),
      bytes: getU64(bytes, at + 8),
      start: getU64(bytes, at + 16),
      temporary: bytes.readUInt32LE(at + 24) === 1,
    };
  });
  return {
    version,
    byteOrder: bytes.readUInt32LE(12),
    lineBytes: bytes.readUInt32LE(20),
    requiredFeatures: bytes.readBigUInt64LE(24),
    optionalFeatures: bytes.readBigUInt64LE(32),
    uuid: Buffer.from(bytes.subarray(40, 56)),
    generation: getU64(bytes, 56),
    salt: bytes.readBigUInt64LE(64),
    sequence: getU64(bytes, 72),
    dataOffset: getU64(bytes, 80),
    dataBytes: getU64(bytes, 88),
    replayPosition: getU64(bytes, 96),
    nextRecord: getU64(bytes, 104),
    chain: bytes.readUInt32LE(112),
    blockBytes: bytes.readUInt32LE(116),
    segments,
    clean: bytes.readUInt32LE(124) === 1,
  };
}

/** The bytes of some lines, by line number. */
export type Lines = ReadonlyMap<number, Uint8Array>;

export interface Run {
  line: number;
  count: number;
}

/** The lines of a commit, ascending, as few runs as there can be. */
export function toRuns(lines: Lines): Run[] {
  const runs: Run[] = [];
  for (const line of [...lines.keys()].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last.line + last.count === line) last.count++;
    else runs.push({ line, count: 1 });
  }
  return runs;
}

export function encodePayload(lines: Lines, runs = toRuns(lines)): Buffer {
  const table = Buffer.alloc(alignUp(runs.length * 8, LINE));
  for (const [i, run] of runs.entries()) putU64(table, BigInt(run.line) | (BigInt(run.count) << 40n), i * 8);
  const bodies = runs.flatMap((run) =>
    Array.from({ length: run.count }, (_, i) => lines.get(run.line + i) as Uint8Array),
  );
  return Buffer.concat([table, ...bodies]);
}

export interface Header {
  type: number;
  salt: bigint;
  position: number;
  sequence: number;
  durableThrough: number;
  /** In a link: the position of the next record. */
  payloadBytes: number;
  payloadChecksum: number;
  chain: number;
  runs: number;
}

export function encodeHeader(header: Header, uuid: Uint8Array): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.set(RECORD_MAGIC, 0);
  bytes.writeUInt32LE(header.type, 4);
  putU64(bytes, header.salt, 8);
  putU64(bytes, header.position, 16);
  putU64(bytes, header.sequence, 24);
  putU64(bytes, header.durableThrough, 32);
  putU64(bytes, header.payloadBytes, 40);
  bytes.writeUInt32LE(header.payloadChecksum, 48);
  bytes.writeUInt32LE(header.chain, 52);
  bytes.writeUInt32LE(header.runs, 56);
  bytes.writeUInt32LE(crc32c(uuid, bytes.subarray(0, 60)), 60);
  return bytes;
}

/** The header in these 64 bytes, with its checksum; undefined if it does not verify. */
export function decodeHeader(bytes: Buffer, uuid: Uint8Array): (Header & { checksum: number }) | undefined {
  const checksum = bytes.readUInt32LE(60);
  if (!bytes.subarray(0, 4).equals(RECORD_MAGIC)) return undefined;
  if (checksum !== crc32c(uuid, bytes.subarray(0, 60))) return undefined;
  return {
    type: bytes.readUInt32LE(4),
    salt: bytes.readBigUInt64LE(8),
    position: getU64(bytes, 16),
    sequence: getU64(bytes, 24),
    durableThrough: getU64(bytes, 32),
    payloadBytes: getU64(bytes, 40),
    payloadChecksum: bytes.readUInt32LE(48),
    chain: bytes.readUInt32LE(52),
    runs: bytes.readUInt32LE(56),
    checksum,
  };
}

/** The runs of a payload that verifies; undefined if they are out of order, outside the data, or do not fill it. */
export function decodePayload(payload: Buffer, header: Header, dataBytes: number): Run[] | undefined {
  if (crc32c(payload) !== header.payloadChecksum || header.runs * 8 > payload.length) return undefined;
  const runs: Run[] = [];
  let next = 0;
  let lines = 0;
  for (let i = 0; i < header.runs; i++) {
    const packed = payload.readBigUInt64LE(i * 8);
    const run = { line: Number(packed & ((1n << 40n) - 1n)), count: Number(packed >> 40n) };
    if (run.count === 0 || run.line < next || (run.line + run.count) * LINE > dataBytes) return undefined;
    next = run.line + run.count;
    lines += run.count;
    runs.push(run);
  }
  return alignUp(header.runs * 8, LINE) + lines * LINE === payload.length ? runs : undefined;
}
