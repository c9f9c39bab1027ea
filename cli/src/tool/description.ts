/** What was seen of a file, in words. */

import type { CopySeen, InspectionSeen, PlanSeen, RecordSeen, SuperblockSeen } from "@fams/native";
import { count, table } from "./layout.js";

const VERSION = 1;
const BYTE_ORDER = 0x01020304;

/**
 * `clean`: nothing to do. `recoverable`: opening or `fams recover` brings it to its last commit. `damaged`: acknowledged commits are lost.
 * `open`: in use elsewhere, which leaves the question open. `unreadable`: nothing can be said beyond the superblocks.
 */
export type VerdictSeen = "clean" | "recoverable" | "damaged" | "open" | "unreadable";

export function verdictOf({ problem, plan, locked }: InspectionSeen): VerdictSeen {
  if (problem !== undefined || plan === undefined) return "unreadable";
  if (locked) return "open";
  return plan.verdict === "recovered" ? "recoverable" : plan.verdict;
}

/** Why a copy of the superblock does not count; undefined if it does. */
export function faultOf({ readable, magic, valid, superblock }: CopySeen): string | undefined {
  if (valid) return undefined;
  if (!readable) return "cannot be read";
  if (!magic || superblock === null) return "does not begin as a superblock does";
  if (superblock.version !== VERSION) return `is of version ${superblock.version}`;
  if (superblock.byteOrder !== BYTE_ORDER) return "is of another byte order";
  return "does not match its checksum";
}

export function describe(path: string, seen: InspectionSeen): string {
  const rows = seen.copies.map((copy, i) => [
    `superblock ${i === 0 ? "A" : "B"}`,
    faultOf(copy) ?? `valid, sequence ${copy.superblock?.sequence}`,
  ]);
  if (seen.superblock !== undefined && seen.plan !== undefined)
    rows.push(
      ...superblockRows(seen.superblock),
      ...journalRows(seen.superblock, seen.plan, seen.links ?? 0),
    );
  const parts = [`${path}, ${seen.fileBytes} bytes`, table(rows)];
  if (seen.records !== undefined && seen.records.length > 0) parts.push(describeRecords(seen.records));
  return [...parts, describeVerdict(seen)].join("\n");
}

const superblockRows = (superblock: SuperblockSeen): string[][] => [
  ["data", `${superblock.dataBytes} bytes at ${superblock.dataOffset}`],
  ["uuid", superblock.uuid],
  ["generation", `${superblock.generation}, salt ${superblock.salt}`],
  ["blocks", `${superblock.blockBytes} bytes`],
  ["features", `required ${superblock.requiredFeatures}, optional ${superblock.optionalFeatures}`],
  ...superblock.segments.map(({ offset, bytes, start, temporary }, i) => [
    `segment ${i}`,
    `${bytes} bytes at ${offset}, from position ${start}${temporary ? ", temporary" : ""}`,
  ]),
];

const journalRows = (superblock: SuperblockSeen, plan: PlanSeen, links: number): string[][] => [
  [
    "journal",
    `${count(plan.commits, "commit")} (${count(plan.lines, "line")}) and ${count(links, "link")} from position ${superblock.replayPosition}`,
  ],
  ["behind it", `${plan.ending}, at position ${plan.end}, where record ${plan.nextRecord} would begin`],
];

const describeRecords = (records: readonly RecordSeen[]): string =>
  table([
    ["record", "position", "at byte", "bytes", ""],
    ...records.map((record) => [
      String(record.sequence),
      String(record.position),
      String(record.offset),
      String(record.bytes),
      record.type === "link"
        ? `link to position ${record.target}`
        : `${count(record.lines ?? 0, "line")} in ${count(record.runs ?? 0, "run")}`,
    ]),
  ]);

function describeVerdict(seen: InspectionSeen): string {
  switch (verdictOf(seen)) {
    case "unreadable":
      return `unreadable: ${seen.problem?.detail} [${seen.problem?.code}]`;
    case "open":
      return "open elsewhere: the records above are those of one moment; damage cannot be told from what is being written";
    case "clean":
      return "clean";
    case "recoverable":
      return "recoverable: opening it, or fams recover, brings it to its last commit";
    case "damaged":
      return `damaged: the acknowledged commits from record ${seen.plan?.nextRecord} on are lost; restore a backup, or go on from the last commit that can be read with fams recover --accept-damage`;
  }
}
