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
