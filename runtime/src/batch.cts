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

import { find, linesOfView, markBetween, noteSmallView } from "./mark.cjs";
import { anyRegion, classify, FRESH, isSmall, isView, suspectEverything, Track } from "./registry.cjs";

const nextMicrotask = queueMicrotask;
const { isOf } = Track;
const fresh = FRESH;

const NONE = -1;

/** What is known about the target of an open batch, beside its track. It is not kept: vectors made by the million would be written down. */
const Target = {
  /** The view of the track. */
  View: 0,
  /** Something that passes stores on to it. */
  Other: 1,
  /** A view that only leaves a suspicion behind. The track says nothing. */
  Small: 2,
  /** An heir of a view never seen. */
  Unknown: 3,
} as const;

const targets: number[] = [];
const tracks: Track[] = [];
let depth = 0;
let sweeping = false;

/** Opens a batch on `target`, whose `track` is what `target[S]` gave; returns its number, negative if there is nothing to mark. */
export function open(target: unknown, track: unknown): number {
  if (track === undefined || !anyRegion()) return NONE;
  if (isOf(track, target)) return push(Target.View, track);
  if (track !== fresh) {
    const found = find(target, track);
    return found === undefined ? NONE : push(isView(target) ? Target.View : Target.Other, found);
  }
  if (!isView(target)) return push(Target.Unknown, fresh);
  if (isSmall(target)) return push(Target.Small, fresh);
  // A view is given its track before it is stored to: the stores then see one shape.
  const found = classify(target);
  return found === undefined ? NONE : push(Target.View, found);
}

function push(target: number, track: Track): number {
  const n = depth;
  targets[n] = target;
  tracks[n] = track;
  depth = n + 1;
  return n;
}

/** Marks elements `low` to `high` of the batch's target; nothing was stored if they are the wrong way round. */
export function markOf(n: number, low: unknown, high: unknown): void {
  if (n < 0) return;
  if (typeof low === "number" && typeof high === "number") {
    if (low > high) return;
    if (low <= high && targets[n] === Target.View) {
      markBetween(tracks[n] as Track, low, high);
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
  depth = n;
  tracks[n] = fresh;
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
  tracks[--depth] = fresh;
}

function markWhole(n: number): void {
  switch (targets[n]) {
    case Target.Small:
      noteSmallView();
      break;
    case Target.Unknown:
      suspectEverything();
      break;
    default: {
      const track = tracks[n] as Track;
      const { first, last } = linesOfView(track);
      track.tracker.pushRange(first, last);
    }
  }
}
