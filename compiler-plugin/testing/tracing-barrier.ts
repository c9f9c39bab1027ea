/** A barrier that announces nothing to anyone but a test: it knows which bytes may change, and sees which did. */

import { types } from "node:util";

type Bytes = Uint8Array;

/** What a loop keeps: whose track it is. */
class Settled {
  readonly target: unknown;

  constructor(target: unknown) {
    this.target = target;
  }
}

interface Watched {
  readonly view: ArrayBufferView;
  readonly bytes: Bytes;
  readonly shadow: Bytes;
  /** Element indices whose bytes may change; undefined means any. */
  announced: Set<number> | undefined;
  /** Batches that are open on it, and the elements that were changed in them and not marked yet. */
  batches: number;
  readonly pending: Set<number>;
}

export interface TracingBarrier {
  readonly S: symbol;
  v(target: unknown, key: unknown, tracker: unknown, value: unknown): unknown;
  k(target: unknown, key: unknown, tracker: unknown): unknown;
  /** What an unknown view answers; here every view does. */
  readonly F: unknown;
  t(target: unknown): unknown;
  r(
    target: unknown,
    key: unknown,
    store: (target: unknown, key: unknown, value: unknown) => void,
  ): { set v(value: unknown) };
  o(target: unknown, tracker: unknown): number;
  m(batch: number, low: unknown, high: unknown): void;
  c(batch: number, low: unknown, high: unknown): void;
  w(batch: number, key: unknown, low: number, high: number): void;
  /** How many batches were closed. */
  readonly batches: () => number;
  /** How many stores were announced. */
  readonly announcements: () => number;
  /** How many tracks were settled. */
  readonly settled: () => number;
  /** Describes every byte that changed without having been announced first, and every track of another receiver. */
  readonly missed: () => string[];
}

export function createTracingBarrier(views: readonly ArrayBufferView[]): TracingBarrier {
  const watched = views.map(watch);
  const missed: string[] = [];
  let announcements = 0;
  let settled = 0;
  let batches = 0;
  const open: unknown[] = [];

  function announce(target: unknown, key: unknown, tracker: unknown): void {
    compare();
    if (tracker instanceof Settled && tracker.target !== target) missed.push("the track of another receiver");
    announcements++;
    for (const record of watched) {
      if (record.view === target) announceElement(record, key);
      // What a proxy or an heir stands for, only it knows.
      else if (types.isProxy(target) || isHeir(target, record.view)) record.announced = undefined;
    }
  }

  function announceElement(record: Watched, key: unknown): void {
    if (isObject(key)) record.announced = undefined;
    else if (isElementKey(key)) record.announced?.add(Number(key));
  }

  function compare(): void {
    for (const record of watched) {
      const { view, bytes, shadow, announced } = record;
      const width = (view as Uint8Array).BYTES_PER_ELEMENT ?? 1;
      for (let at = 0; at < bytes.length; at++) {
        if (bytes[at] === shadow[at]) continue;
        const element = Math.floor(at / width);
        if (announced?.has(element) === false) {
          if (record.batches > 0) record.pending.add(element);
          else missed.push(`element ${element} of a ${view.constructor.name}`);
        }
        shadow[at] = bytes[at] as number;
      }
    }
  }

  function markBatch(batch: number, low: unknown, high: unknown): void {
    compare();
    const numbers = typeof low === "number" && typeof high === "number";
    for (const { view, pending } of watched) {
      if (view !== open[batch]) continue;
      for (const element of pending) {
        if (!numbers || (element >= low && element <= high)) pending.delete(element);
      }
    }
  }

  function closeBatch(batch: number, low: unknown, high: unknown): void {
    markBatch(batch, low, high);
    if (batch !== open.length - 1) missed.push("a batch that was not closed in its turn");
    const target = open.pop();
    batches++;
    for (const record of watched) {
      if (record.view !== target || --record.batches > 0) continue;
      for (const element of record.pending)
        missed.push(`element ${element} of a ${record.view.constructor.name} in a batch`);
      record.pending.clear();
    }
  }

  return {
    o(target, tracker) {
      compare();
      if (tracker instanceof Settled && tracker.target !== target)
        missed.push("the track of another receiver");
      for (const record of watched) {
        if (record.view === target) record.batches++;
        else if (types.isProxy(target) || isHeir(target, record.view)) record.announced = undefined;
      }
      return open.push(target) - 1;
    },
    m: markBatch,
    c: closeBatch,
    w(batch, key, low, high) {
      if (typeof key === "number") closeBatch(batch, key + low, key + high);
      else closeBatch(batch, key, key);
    },
    batches: () => batches,
    S: Symbol("tracker"),
    F: undefined,
    v(target, key, tracker, value) {
      announce(target, key, tracker);
      return value;
    },
    k(target, key, tracker) {
      announce(target, key, tracker);
      return key;
    },
    t(target) {
      settled++;
      return new Settled(target);
    },
    r(target, key, store) {
      return {
        set v(value: unknown) {
          store(target, key, value);
        },
      };
    },
    announcements: () => announcements,
    settled: () => settled,
    missed() {
      compare();
      if (open.length > 0) missed.push("a batch that was never closed");
      return missed;
    },
  };
}

function watch(view: ArrayBufferView): Watched {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return { view, bytes, shadow: bytes.slice(), announced: new Set(), batches: 0, pending: new Set() };
}

function isElementKey(key: unknown): boolean {
  return typeof key !== "symbol" && String(Number(key)) === String(key) && Number.isInteger(Number(key));
}

function isHeir(value: unknown, view: object): boolean {
  return isObject(value) && Object.prototype.isPrototypeOf.call(view, value as object);
}

function isObject(value: unknown): boolean {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
