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
    for (const { view, bytes, shadow, announced } of watched) {
      const width = (view as Uint8Array).BYTES_PER_ELEMENT ?? 1;
      for (let at = 0; at < bytes.length; at++) {
        if (bytes[at] === shadow[at]) continue;
        const element = Math.floor(at / width);
        if (announced?.has(element) === false)
          missed.push(`element ${element} of a ${view.constructor.name}`);
        shadow[at] = bytes[at] as number;
      }
    }
  }

  return {
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
      return missed;
    },
  };
}

function watch(view: ArrayBufferView): Watched {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return { view, bytes, shadow: bytes.slice(), announced: new Set() };
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
