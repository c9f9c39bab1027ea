/** Reads whole region files in memory by the rules of docs/FORMAT.md. */

import {
  alignUp,
  COMMIT,
  DATA_OFFSET,
  decodeHeader,
  decodePayload,
  decodeSuperblock,
  HEADER_BYTES,
  type Header,
  LINE,
  LINK,
  type Run,
  SUPERBLOCK_BYTES,
  SUPERBLOCK_OFFSETS,
  type Superblock,
} from "./format.ts";

export interface DecodedRecord {
  header: Header;
  /** First byte of the header in the file. */
  offset: number;
  runs: Run[];
}

export interface Decoded {
  copies: (Superblock | undefined)[];
  chosen: Superblock;
  records: DecodedRecord[];
  /** The data with every commit of the journal in it. */
  contents: Buffer;
  /** Position at which the next record would have begun. */
  end: number;
}

export function readSuperblocks(file: Buffer): (Superblock | undefined)[] {
  return SUPERBLOCK_OFFSETS.map((at, copy) =>
    decodeSuperblock(file.subarray(at, at + SUPERBLOCK_BYTES), copy),
  );
}

/** The state of a region whose journal has no damage. */
export function decode(file: Buffer): Decoded {
  const copies = readSuperblocks(file);
  const valid = copies.filter((copy) => copy !== undefined);
  const chosen = valid.reduce((a, b) => (b.sequence > a.sequence ? b : a));
  const contents = Buffer.from(file.subarray(DATA_OFFSET, DATA_OFFSET + chosen.dataBytes));
  const records: DecodedRecord[] = [];
  let end = chosen.replayPosition;
  let sequence = chosen.nextRecord;
  let chain = chosen.chain;

  const recordAt = (position: number): DecodedRecord | undefined => {
    const segment = chosen.segments.find((s) => position >= s.start && position < s.start + s.bytes);
    if (segment === undefined) return undefined;
    const offset = segment.offset + position - segment.start;
    const header = decodeHeader(file.subarray(offset, offset + HEADER_BYTES), chosen.uuid);
    if (header === undefined || header.salt !== chosen.salt || header.position !== position) return undefined;
    if (header.sequence !== sequence || header.chain !== chain) return undefined;
    const payloadBytes = header.type === LINK ? 0 : header.payloadBytes;
    if (position + HEADER_BYTES + payloadBytes > segment.start + segment.bytes) return undefined;
    const payload = file.subarray(offset + HEADER_BYTES, offset + HEADER_BYTES + payloadBytes);
    const runs = decodePayload(payload, header, chosen.dataBytes);
    if (runs === undefined) return undefined;
    chain = header.checksum;
    end = header.type === LINK ? header.payloadBytes : position + HEADER_BYTES + payloadBytes;
    return { header, offset, runs };
  };

  for (;;) {
    const record = recordAt(end) ?? recordAt(alignUp(end, chosen.blockBytes));
    if (record === undefined) break;
    sequence++;
    records.push(record);
    if (record.header.type === COMMIT) apply(file, record, contents);
  }
  return { copies, chosen, records, contents, end };
}

function apply(file: Buffer, { offset, runs }: DecodedRecord, contents: Buffer): void {
  let from = offset + HEADER_BYTES + alignUp(runs.length * 8, LINE);
  for (const { line, count } of runs) {
    contents.set(file.subarray(from, from + count * LINE), line * LINE);
    from += count * LINE;
  }
}
