/**
 * The barrier: what instrumented code calls beside its stores.
 *
 *     a[k] = x     becomes   a[k] = $f.v(a, k, a?.[$f.S], x)
 *     a[k] += x    becomes   a[k] += $f.v(a, k, a?.[$f.S], x)
 *     a[k]++       becomes   a[$f.k(a, k, a?.[$f.S])]++
 *     for (...) a[k] = x   keeps a?.[$f.S] for all its stores, if a cannot change meanwhile
 *     for (...) a[i] = x   opens a batch ($f.o) and marks what it has stored at its end ($f.c), if all of it lies together
 *     [a[k]] = x   becomes   [$f.r(a, k, (a, k, x) => { a[k] = $f.v(a, k, a?.[$f.S], x); }).v] = x
 *
 * The mark precedes the store and nothing stands between them, so an overflowing stack cannot leave a stored, unmarked element.
 * The site holds only a property read, whose inline cache then knows just the site's own receivers, and a call. No barrier
 * throws, converts a value, or changes one.
 *
 * This module is CommonJS so that both module systems of one program share it, and two copies of the package in one process
 * share the first one's state: a view must not be taken for untracked because the other copy opened its region.
 */

import { close, closeAround, markOf, markOpenBatches, open } from "./batch.cjs";
import { key, settle, settleSuspicions, value } from "./mark.cjs";
import { FRESH, register, S as track, unregister } from "./registry.cjs";
import { wrapSinks } from "./sinks.cjs";
import { Tracker } from "./tracker.cjs";
import { refuseTransfersByChannels } from "./transfers.cjs";

/** A target of a destructuring pattern or of a loop head: assigning `v` performs the store. */
class Reference {
  readonly #base: unknown;
  readonly #key: unknown;
  readonly #store: (base: unknown, key: unknown, value: unknown) => void;

  constructor(base: unknown, key: unknown, store: (base: unknown, key: unknown, value: unknown) => void) {
    this.#base = base;
    this.#key = key;
    this.#store = store;
  }

  set v(value: unknown) {
    this.#store(this.#base, this.#key, value);
  }
}

const own = {
  S: track as symbol,
  v: value,
  k: key,
  F: FRESH as unknown,
  t: settle,
  r: (base: unknown, used: unknown, store: (base: unknown, key: unknown, value: unknown) => void) =>
    new Reference(base, used, store),
  o: open,
  m: markOf,
  c: close,
  w: closeAround,
  Tracker,
  register(...region: Parameters<typeof register>) {
    refuseTransfersByChannels();
    register(...region);
  },
  unregister,
  settleSuspicions() {
    markOpenBatches();
    settleSuspicions();
  },
};

const SHARED = Symbol.for("fams.barrier.1");
const realm = globalThis as unknown as Record<symbol, typeof own | undefined>;
if (realm[SHARED] === undefined) {
  wrapSinks();
  Object.defineProperty(realm, SHARED, { value: own });
}
const shared = realm[SHARED] as typeof own;

/** The key under which a view answers with its track. */
export const S = shared.S;
/** Marks the line that storing `stored` at `target[key]` will touch, and returns `stored`. */
export const v = shared.v;
/** Marks the line that an update of `target[key]` will touch, and returns `key`. */
export const k = shared.k;
/** What a view that was never stored to answers. */
export const F = shared.F;
/** The track of such a view, for all stores of a loop. */
export const t = shared.t;
/** A reference to `base[key]` whose `v` is stored by `store`. */
export const r = shared.r;
/** Opens a batch of stores into `target`. */
export const o = shared.o;
/** Marks elements of a batch's target. */
export const m = shared.m;
/** Marks elements of a batch's target and ends it. */
export const c = shared.c;
/** The same for elements around a key. */
export const w = shared.w;
/** For the region, not for instrumented code. */
export const tracking = shared;
