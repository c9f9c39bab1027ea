/** The addon's surface: what `fams` is built on. Programs use `fams`. */

export interface OpenArguments {
  /** Bytes, a multiple of 64 KiB. Without it nothing is created. */
  size?: number | undefined;
  readOnly: boolean;
  /** Flush at each commit. */
  durable: boolean;
  acceptDamage: boolean;
}

export interface RecoveryReport {
  /** What opening found: a new file, nothing to do, something repaired, or acknowledged commits lost. */
  verdict: "created" | "clean" | "recovered" | "damaged";
  /** Commits that were still in the journal alone. */
  commits: number;
  /** Lines in those commits. */
  lines: number;
  /** How often the region has been opened for writing. */
  generation: number;
  brokenSuperblocks: ("A" | "B")[];
  /** What stands behind the last commit, if it is not provably nothing. */
  discarded: { position: number; reason: string } | null;
}

export interface RegionStats {
  commits: number;
  lines: number;
  journalBytes: number;
  checkpoints: number;
  checkpointBytes: number;
}

/** A range of bytes that changed without a mark. */
export interface UntrackedRange {
  offset: number;
  before: Uint8Array;
  after: Uint8Array;
}

/** What is known of a failure beside its code and its cause in words. */
export interface FailureDetails {
  path: string;
  errno?: number;
  offset?: number;
  lines?: number;
  ranges?: UntrackedRange[];
}

export class RegionHandle {
  constructor(path: string, options: OpenArguments);
  readonly buffer: ArrayBuffer;
  /** @param marks one byte a line @param list marked lines, counted from `firstLine` on */
  attach(marks: Uint8Array, list: Uint32Array, firstLine: number): void;
  /** @param flags 1: line 0 is suspect, 2: every line is, 4: verify */
  commit(listUsed: number, flags: number): void;
  rollback(listUsed: number, flags: number): void;
  flush(): void;
  close(): void;
  stats(): RegionStats;
  report(): RecoveryReport;
}

export function setErrorFactory(make: (code: string, detail: string, more: FailureDetails) => Error): void;

// What the `fams` tool calls. Each works on a thread of the pool and rejects with a `FileFailure`.

export interface FileFailure {
  code: string;
  detail: string;
  path: string;
  errno?: number;
  /** Byte of the file. */
  offset?: number;
}

export interface SegmentSeen {
  /** Byte of the file. */
  offset: number;
  bytes: number;
  /** First logical position. */
  start: number;
  temporary: boolean;
}

/** Features, uuid and salt are bytes in hexadecimal, in the order of the file. */
export interface SuperblockSeen {
  version: number;
  byteOrder: number;
  requiredFeatures: string;
  optionalFeatures: string;
  uuid: string;
  generation: number;
  salt: string;
  sequence: number;
  dataOffset: number;
  dataBytes: number;
  replayPosition: number;
  nextRecord: number;
  blockBytes: number;
  clean: boolean;
  segments: SegmentSeen[];
}

export interface CopySeen {
  readable: boolean;
  /** Begins as a superblock does, of whatever version. */
  magic: boolean;
  valid: boolean;
  superblock: SuperblockSeen | null;
}

export interface RecordSeen {
  type: "commit" | "link";
  sequence: number;
  position: number;
  /** Byte of the file. */
  offset: number;
  bytes: number;
  durableThrough: number;
  runs?: number;
  lines?: number;
  /** Of a link: the position of the next record. */
  target?: number;
}

export interface PlanSeen {
  verdict: "clean" | "recovered" | "damaged";
  /** In the journal alone. */
  commits: number;
  lines: number;
  /** Position at which the next record would have begun. */
  end: number;
  nextRecord: number;
  /** What stands there: "nothing", or why it is not a record. */
  ending: string;
}

export interface InspectionSeen {
  fileBytes: number;
  /** Open elsewhere: then the verdict says nothing, and damage was not looked for. */
  locked: boolean;
  /** A, then B. */
  copies: CopySeen[];
  /** Why there is nothing of what follows. */
  problem?: Omit<FileFailure, "path">;
  superblock?: SuperblockSeen;
  plan?: PlanSeen;
  links?: number;
  /** The newest. */
  records?: RecordSeen[];
  /** With `readData`: parts of the data that cannot be read; the first of them, and how much in all. */
  gapBytes?: number;
  gaps?: { offset: number; bytes: number }[];
}

export interface Repaired {
  plan: PlanSeen;
  superblock: SuperblockSeen;
  /** Of the file. */
  bytesBefore: number;
  bytesAfter: number;
}

/** Bytes done, and bytes in all. */
type OnProgress = ((done: number, total: number) => void) | undefined;

/** Changes no byte. */
export function inspectFile(
  path: string,
  options: { records: number; readData: boolean },
  onProgress?: OnProgress,
): Promise<InspectionSeen>;

/** Recovers and closes; with `compact` the journal gets the size that it has in a new region. */
export function repairFile(
  path: string,
  options: { acceptDamage: boolean; compact: boolean },
): Promise<Repaired>;

/** Writes the last commit of the region at `from` to a new file. Resolves to the superblock of `from`. */
export function backupFile(
  from: string,
  to: string,
  replace: boolean,
  onProgress?: OnProgress,
): Promise<SuperblockSeen>;
