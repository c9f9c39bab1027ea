/**
 * Batches: stores into one receiver that are marked together, those of a loop or of a few statements in a row.
 *
 *     n = open(a, a?.[S]); last = -(2 ** 31); try { for (i = f; ...; i++) a[last = i] = x; } finally { close(n, f, last); }
 *
 * Between `open` and `close` the stores have no barriers. User code can still run there (a getter, a `valueOf`), and msync with it: for
 * every msync the whole view of an open batch is dirty. At the end the elements from the lowest key to the highest are marked, or the
 * whole view if the keys are no numbers. (`last` begins as a small integer because compiled code then never boxes it.)
 *
 * Batches are closed in the order of a stack. One whose `close` never ran, because the stack overflowed in it or the script was
 * terminated, stays open until a batch below it is closed, or an msync has seen it and the job has ended: no batch outlives its job.
 */

import { find, isSmallView, linesOfView, markBetween, settle } from "./mark.cjs";
import { anyRegion, FRESH, Track } from "./registry.cjs";

const nextMicrotask = queueMicrotask;
const { isOf } = Track;
const fresh = FRESH;

const NONE = -1;
const targets: unknown[] = [];
const tracks: unknown[] = [];
let depth = 0;
let sweeping = false;

/** Opens a batch on `target`, whose `track` is what `target[S]` gave; returns its number, negative if there is nothing to mark. */
export function open(target: unknown, track: unknown): number {
  if (track === undefined || !anyRegion()) return NONE;
  // A view is given its track before it is stored to: the stores then see one shape.
  const known = track === fresh ? settle(target) : track;
  if (known === undefined) return NONE;
  const n = depth;
  targets[n] = target;
  tracks[n] = known;
  depth = n + 1;
  return n;
}

/** Marks elements `low` to `high` of the batch's target; nothing was stored if they are the wrong way round. */
export function markOf(n: number, low: unknown, high: unknown): void {
  if (n < 0) return;
  if (typeof low === "number" && typeof high === "number") {
    if (low > high) return;
    const track = tracks[n];
    if (low <= high && isOf(track, targets[n])) {
      markBetween(track, low, high);
      return;
    }
  }
  markWhole(n);
}

/** As `markOf`, and ends the batch. */
export function close(n: number, low: unknown, high: unknown): void {
  if (n < 0) return;
  markOf(n, low, high);
  while (depth > n + 1) dropWhole();
  targets[n] = undefined;
  depth = n;
}

/** As `close`, for elements `key + low` to `key + high`. */
export function closeAround(n: number, key: unknown, low: number, high: number): void {
  if (typeof key === "number") close(n, key + low, key + high);
  else close(n, key, key);
}

/** Marks whatever open batches may have stored; called before a region looks at its tracker. */
export function markOpenBatches(): void {
  for (let n = 0; n < depth; n++) markWhole(n);
  if (depth === 0 || sweeping) return;
  sweeping = true;
  nextMicrotask(sweep);
}

/** What is open between two jobs was never closed. */
function sweep(): void {
  sweeping = false;
  while (depth > 0) dropWhole();
}

function dropWhole(): void {
  markWhole(depth - 1);
  targets[--depth] = undefined;
}

function markWhole(n: number): void {
  const target = targets[n];
  const track = tracks[n];
  if (track === fresh && isSmallView(target)) return;
  const found = find(target, track);
  if (found === undefined) return;
  const { first, last } = linesOfView(found);
  found.tracker.pushRange(first, last);
}
