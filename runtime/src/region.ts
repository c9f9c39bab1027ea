/** A region: the memory of one file, and the commits that make it durable. */

import { channel } from "node:diagnostics_channel";
import native, {
  type FileFailure,
  type RecoveryReport,
  type RegionHandle,
  type RegionStats,
  type Settled,
} from "@fams/native";
import { tracking } from "./barrier.cjs";
import { FamsError, type FamsErrorCode } from "./errors.js";
import {
  type Durability,
  type ParsedOptions,
  parseOptions,
  parsePath,
  type RegionOptions,
} from "./options.js";
import { parseTouch } from "./touch.js";
import type { Tracker } from "./tracker.cjs";
import { watchForUnmarked } from "./unmarked.js";
import { Waiters } from "./waiters.js";

const LINE_ZERO = 1;
const EVERYTHING = 2;
const VERIFY = 4;

native.setErrorFactory((code, detail, more) => new FamsError(code as FamsErrorCode, detail, more));

/** What monitoring may listen to; docs/GUARANTEES.md lists the messages. */
const opened = channel("fams:open");
const committed = channel("fams:msync");
const checkpointed = channel("fams:checkpoint");
const closed = channel("fams:close");

/** A region that is dropped without being closed must not be tracked for ever. */
const dropped = new FinalizationRegistry<Tracker>((tracker) => tracking.unregister(tracker));

/** Holds nothing of the region. */
const refusalOf = (path: string) => () =>
  new FamsError("ERR_FAMS_TRANSFER", "region.buffer cannot be transferred", { path });

export interface BackupOptions {
  /** Replaces a file that is there, which no program may have open. Default false. */
  overwrite?: boolean;
  /** Told now and then how many bytes of how many are written. */
  progress?: (done: number, total: number) => void;
}

const isThenable = (value: unknown): boolean =>
  (typeof value === "object" || typeof value === "function") &&
  value !== null &&
  typeof (value as { then?: unknown }).then === "function";

const tooMuch = (path: string): FamsError =>
  new FamsError("ERR_FAMS_OUT_OF_MEMORY", "the regions of one thread may have 4 GiB in all", { path });

/** Checks the arguments, before a file is created that cannot be used. */
function prepare(path: string | URL, options: RegionOptions): [string, ParsedOptions] {
  const file = parsePath(path);
  const parsed = parseOptions(options);
  if (!tracking.Tracker.hasRoom(parsed.native.size ?? 0)) throw tooMuch(file);
  return [file, parsed];
}

/**
 * Memory over a file. Store into typed arrays over `buffer` as into any array; `msync` makes everything stored since the last one
 * durable, all or nothing. After a crash at any instant the file holds the state of the last msync that returned, or of the one that
 * was under way.
 *
 * ```ts
 * const region = await Region.open("counter.fams", { size: "1 MiB" });
 * const hits = new Float64Array(region.buffer);
 * hits[0]++;
 * await region.msync();
 * ```
 */
export class Region implements Disposable {
  /** Absolute path of the file. */
  readonly path: string;
  readonly durability: Durability;
  readonly readOnly: boolean;
  /** What opening the file found and did. */
  readonly recovery: RecoveryReport;
  /** Bytes. */
  readonly size: number;

  readonly #handle: RegionHandle;
  readonly #buffer: ArrayBuffer;
  readonly #tracker: Tracker;
  readonly #verify: boolean;
  /** Are bytes under way, which built-ins are still writing, part of each commit? */
  readonly #takesArriving: boolean;
  readonly #waiters = new Waiters(this);
  readonly #kick: () => void;
  #kicked = false;
  #checkpoints = 0;
  #closed = false;
  #inTransaction = false;

  /**
   * Opens the region at `path`, recovering it if it was not closed, or creates it if there is none and a size is given.
   * Rejects with a `FamsError`.
   */
  static async open(path: string | URL, options: RegionOptions = {}): Promise<Region> {
    const [file, parsed] = prepare(path, options);
    return new Region(file, parsed, await native.openRegion(file, parsed.native));
  }

  /** As `open`, on the calling thread. */
  static openSync(path: string | URL, options: RegionOptions = {}): Region {
    const [file, parsed] = prepare(path, options);
    return new Region(file, parsed, new native.RegionHandle(file, parsed.native));
  }

  private constructor(path: string, parsed: ParsedOptions, handle: RegionHandle) {
    this.path = path;
    this.durability = parsed.durability;
    this.readOnly = parsed.native.readOnly;
    this.#verify = parsed.verify;
    // Neither may they be taken for stores that nobody saw, nor their pages be given back.
    this.#takesArriving = parsed.verify || parsed.native.maxResident !== undefined;
    this.#handle = handle;
    this.recovery = handle.report();
    this.#buffer = handle.buffer;
    this.size = this.#buffer.byteLength;
    const tracker = tracking.Tracker.make(this.size);
    if (tracker === undefined) {
      handle.close();
      throw tooMuch(path);
    }
    this.#tracker = tracker;
    this.#kick = () => {
      this.#kicked = false;
      handle.kick();
    };
    handle.attach(tracker.marks, tracker.list, tracker.first, Region.#listener(new WeakRef(this)));
    tracking.register(this.#buffer, tracker, refusalOf(path));
    dropped.register(this, tracker, this);
    if (opened.hasSubscribers) opened.publish({ region: this });
  }

  /** The working copy. Any view may be made over all of it or a part; after `close` every view has length 0. */
  get buffer(): ArrayBuffer {
    this.#requireOpen();
    return this.#buffer;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Makes everything stored since the last msync durable, all or nothing, without keeping the thread: what was stored until the call is
   * captured in it; the promise settles when the commit is as durable as `durability` says. Commits captured in one turn of the event
   * loop, and those captured while a flush is under way, share the next flush; each is atomic by itself, and they happen in order.
   *
   * Rejects as `msyncSync` throws. If one commit fails, so do those captured after it, for the same reason; what they held is part of
   * the next msync.
   */
  async msync(): Promise<void> {
    this.#requireOpen();
    // So much waits that it has to be written before more is captured: here, for what is stored from now on is not part of it.
    if (!this.#waiters.empty && this.#handle.isFull()) return this.msyncSync();
    const start = committed.hasSubscribers ? performance.now() : 0;
    try {
      await this.#settled(this.#capture());
    } catch (error) {
      if (start > 0) this.#publish(start, error);
      throw error;
    }
    if (start > 0) this.#publish(start);
  }

  /**
   * Makes everything stored since the last msync durable, all or nothing.
   *
   * Throws `ERR_FAMS_NO_SPACE` or `ERR_FAMS_UNTRACKED` with nothing committed and nothing lost; after any other failure it is unknown
   * until the region is opened again whether this commit happened, and no later one can.
   */
  msyncSync(): void {
    this.#requireOpen();
    const start = committed.hasSubscribers ? performance.now() : 0;
    const tracker = this.#tracker;
    const used = this.#seal(this.#takesArriving);
    try {
      this.#handle.commit(used, this.#flags());
    } catch (error) {
      tracker.loseList();
      if (start > 0) this.#publish(start, error);
      throw error;
    }
    tracker.reset();
    if (start > 0) this.#publish(start);
  }

  /** Gives everything stored since the last msync its value back. */
  rollback(): void {
    this.#requireOpen();
    const used = this.#seal();
    this.#attempt(() => this.#handle.rollback(used, this.#flags()));
    this.#tracker.reset();
  }

  /**
   * Runs `body`, then msyncs; if it throws, rolls back to the last msync and throws the same. What was stored before belongs to it.
   * Inside another transaction it is a part of that one. An asynchronous body is refused with `ERR_FAMS_ASYNC_TRANSACTION`.
   */
  transaction<T>(body: () => T): T {
    this.#requireOpen();
    if (this.#inTransaction) return this.#refuseAsync(body());
    this.#inTransaction = true;
    try {
      const result = this.#refuseAsync(body());
      this.msyncSync();
      return result;
    } catch (error) {
      if (!this.#closed) this.#undo(error);
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  /**
   * Marks by hand what was stored, or will be before the next msync, by code that fams does not see: the lines of a view of `buffer`, or
   * of `length` bytes from byte `offset` on. Throws `ERR_FAMS_INVALID_ARGUMENT` if they are not all in the region.
   */
  touch(view: ArrayBufferView): void;
  touch(offset: number, length: number): void;
  touch(place: ArrayBufferView | number, length?: number): void {
    this.#requireOpen();
    const { offset, bytes } = parseTouch(this.#buffer, place, length);
    if (bytes > 0) this.#tracker.touch(offset, bytes);
  }

  /** As `flushSync`, without keeping the thread. */
  async flush(): Promise<void> {
    this.#requireOpen();
    const ticket = this.#attempt(() => this.#handle.flushLater());
    this.#kickLater(ticket);
    await this.#settled(ticket);
  }

  /** Makes every commit survive a power cut; with durability "power" each one does already. */
  flushSync(): void {
    this.#requireOpen();
    this.#attempt(() => this.#handle.flush());
  }

  /**
   * Writes the last msync's state to a file of its own, a closed region, while the program goes on: it is there as a whole or not at all.
   * Commits made meanwhile are not in it; should they fill the journal, they wait for the backup to end, as does `close`.
   */
  async backup(path: string | URL, options: BackupOptions = {}): Promise<void> {
    this.#requireOpen();
    const { overwrite = false, progress } = options;
    if (typeof overwrite !== "boolean" || (progress !== undefined && typeof progress !== "function"))
      throw new FamsError(
        "ERR_FAMS_INVALID_ARGUMENT",
        "backup takes { overwrite?: boolean, progress?: function }",
      );
    const file = parsePath(path);
    const settled = this.#attempt(() => this.#handle.backup(file, overwrite, progress));
    await settled.catch(({ code, detail, ...more }: FileFailure) => {
      throw new FamsError(code as FamsErrorCode, detail, more);
    });
  }

  /** Counts since the region was opened. Bytes are bytes written. */
  stats(): RegionStats {
    this.#requireOpen();
    return this.#handle.stats();
  }

  /**
   * Waits for every msync under way, lets go of the file and takes the memory from every view. Stores since the last msync are dropped.
   * Closing again does nothing. If the last checkpoint fails the error is thrown, the region is closed all the same, and no commit is
   * lost.
   */
  close(): void {
    if (this.#closed) return;
    this.#seal();
    this.#closed = true;
    dropped.unregister(this);
    tracking.unregister(this.#tracker);
    const settled: Settled = [];
    try {
      this.#handle.close(settled);
    } finally {
      this.#settle(settled);
      if (closed.hasSubscribers) closed.publish({ region: this });
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #requireOpen(): void {
    if (this.#closed) throw new FamsError("ERR_FAMS_CLOSED", "the region is closed", { path: this.path });
  }

  /** Captures what was stored since the last msync: its ticket, or 0 if it is settled already. */
  #capture(): number {
    const tracker = this.#tracker;
    const used = this.#seal(this.#takesArriving);
    const ticket = this.#attempt(() => this.#handle.commitLater(used, this.#flags()));
    tracker.reset();
    this.#kickLater(ticket);
    return ticket;
  }

  /** If it fails, the addon may have put marks back: they are in the map, and the list does not tell where. */
  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.#tracker.loseList();
      throw error;
    }
  }

  /** The flush starts after the current turn: what else is captured in it takes part. */
  #kickLater(ticket: number): void {
    if (ticket === 0 || this.#kicked) return;
    this.#kicked = true;
    queueMicrotask(this.#kick);
  }

  #settled(ticket: number): Promise<void> | undefined {
    if (ticket !== 0) return this.#waiters.wait(ticket);
    // Settled at once, but not before those that came earlier.
    if (!this.#waiters.empty) this.#settle(this.#handle.takeSettled());
    return undefined;
  }

  /** The addon holds it for as long as it holds the region: nothing in it may hold the region in turn. */
  static #listener(region: WeakRef<Region>): () => void {
    return () => {
      const self = region.deref();
      if (self !== undefined) self.#hear();
    };
  }

  /** The addon has news. */
  #hear(): void {
    if (this.#closed) return;
    this.#settle(this.#handle.takeSettled());
    if (!checkpointed.hasSubscribers) return;
    const { checkpoints } = this.#handle.stats();
    if (checkpoints > this.#checkpoints) checkpointed.publish({ region: this, checkpoints });
    this.#checkpoints = checkpoints;
  }

  #settle(news: Settled): void {
    for (let i = 0; i + 1 < news.length; i += 2)
      this.#waiters.settle(news[i] as number, news[i + 1] as Error | null);
    if (news.length % 2 === 1 && news.at(-1) === true) this.#tracker.loseList();
  }

  #publish(start: number, error?: unknown): void {
    committed.publish({ region: this, milliseconds: performance.now() - start, error });
  }

  /** `arriving`: bytes under way are part of it. */
  #seal(arriving = false): number {
    tracking.settleSuspicions();
    const used = this.#tracker.seal(arriving);
    // What verifies tells by an error.
    if (!this.readOnly && !this.#verify) {
      const marked = used > 0 || this.#suspects() !== 0 || this.#tracker.expects;
      watchForUnmarked(this.path, marked);
    }
    return used;
  }

  #suspects(): number {
    const { lineZeroSuspect, everythingSuspect } = this.#tracker;
    return (lineZeroSuspect ? LINE_ZERO : 0) | (everythingSuspect ? EVERYTHING : 0);
  }

  #flags(): number {
    return this.#suspects() | (this.#verify ? VERIFY : 0);
  }

  #undo(cause: unknown): void {
    try {
      this.rollback();
    } catch (error) {
      throw new FamsError("ERR_FAMS_IO", `the transaction failed and could not be rolled back (${error})`, {
        path: this.path,
        cause,
      });
    }
  }

  #refuseAsync<T>(result: T): T {
    if (!isThenable(result)) return result;
    // Its rejection, if one comes, is the rollback's doing.
    Promise.resolve(result).catch(() => {});
    throw new FamsError("ERR_FAMS_ASYNC_TRANSACTION", "the transaction returned a promise", {
      path: this.path,
    });
  }
}
