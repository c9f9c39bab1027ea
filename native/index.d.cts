/** The addon's surface: what `fams` is built on. Programs use `fams`. */

export interface OpenArguments {
  /** Bytes, a multiple of 64 KiB. Without it nothing is created. */
  size?: number | undefined;
  readOnly: boolean;
  /** Flush at each commit. */
  durable: boolean;
  acceptDamage: boolean;
  /** Journal whole blocks of 4 KiB at their first change. */
  blockImages: boolean;
  /** Do not allocate the data. */
  sparse: boolean;
  /** Bytes that the journal may grow to. */
  maxJournal?: number | undefined;
  /** Bytes that stored-to pages may keep. */
  maxResident?: number | undefined;
  storage: "auto" | "file" | "dax" | "cxl-ssd-emulated";
  cxlSsd?: CxlSsdArguments | undefined;
}

/** The emulated device; what is left out has its default. */
export interface CxlSsdArguments {
  cacheBytes?: number | undefined;
  pageBytes?: number | undefined;
  hitNs?: number | undefined;
  missNs?: number | undefined;
  writeBackNs?: number | undefined;
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
  /** What the file turned out to be on: memory, a device, or an emulation of one. */
  storage: "file" | "dax" | "pmem-emulated" | "cxl-ssd-emulated";
  /** Commits that are as durable as `durability` says, and their lines of 64 bytes. */
  commits: number;
  lines: number;
  /** Bytes written to the journal, with headers and padding, and how many it can hold. */
  journalBytes: number;
  journalCapacity: number;
  /** Writes that carried the commits, and the most commits that one of them carried. */
  groups: number;
  largestGroup: number;
  /** How often a commit waited for the medium. */
  flushes: number;
  /** Checkpoints, the bytes they wrote to the backing copy, and the time they took in the background. */
  checkpoints: number;
  checkpointBytes: number;
  checkpointMs: number;
  /** Commits that were held back because the journal was nearly full, and for how long in all. */
  delays: number;
  delayMs: number;
  /** Time in which `msync()` kept the program's thread, in all and at most. */
  captureMs: number;
  longestCaptureMs: number;
  /** With `maxResident`: pages in memory that were stored to, and how many were given back. */
  residentPages: number;
  pagesGivenBack: number;
  /** Microseconds from the start of a write to its commits being durable. */
  writeUs: { count: number; p50: number; p90: number; p99: number; p999: number; max: number };
  /** Pages that an emulated device found and did not find in its cache, and wrote out. */
  device: { hits: number; misses: number; writeBacks: number };
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

/** A ticket up to which commits are settled, how (null: well), and so on; then whether lines were marked again. */
export type Settled = (number | Error | null | boolean)[];

export class RegionHandle {
  constructor(path: string, options: OpenArguments);
  readonly buffer: ArrayBuffer;
  /**
   * @param marks one byte a line @param list marked lines, counted from `firstLine` on
   * @param onSettled called when there is something for `takeSettled`
   */
  attach(marks: Uint8Array, list: Uint32Array, firstLine: number, onSettled?: () => void): void;
  /** @param flags 1: line 0 is suspect, 2: every line is, 4: verify */
  commit(listUsed: number, flags: number): void;
  /** As `commit`, without waiting: a ticket, or 0 if it is settled already. */
  commitLater(listUsed: number, flags: number): number;
  flushLater(): number;
  /** No more captures come for now: they may be written. */
  kick(): void;
  /** So much is captured and not written that the next capture should wait. */
  isFull(): boolean;
  takeSettled(): Settled;
  rollback(listUsed: number, flags: number): void;
  flush(): void;
  /** The last commit as a file of its own. Rejects with a `ToolFailure`. */
  backup(path: string, replace: boolean, onProgress?: OnProgress): Promise<null>;
  /** Adds to `settled` what `takeSettled` would say. */
  close(settled?: Settled): void;
  stats(): RegionStats;
  report(): RecoveryReport;
}

/** As the constructor, with recovery on another thread. */
export function openRegion(path: string, options: OpenArguments): Promise<RegionHandle>;

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
