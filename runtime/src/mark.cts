/** Marking the line that a store is about to touch: the code behind the barrier. */

import {
  anyRegion,
  classify,
  FRESH,
  isSmall,
  isView,
  renewSuspicions,
  suspectEverything,
  suspectEverythingInThisJob,
  suspectFirstLines,
  Track,
} from "./registry.cjs";
import { type LineRange, MARKS, type Tracker } from "./tracker.cjs";

const nextMicrotask = queueMicrotask;
// Constants of this module, which compiled code takes for constants.
const marks = MARKS;
const fresh = FRESH;
const { isOf } = Track;

let smallViewStored = false;
/** The last small view that was stored to: its next stores need no look at it. */
let lastSmallView: unknown;

/** Is this a view that only leaves a suspicion behind? Then remembers that it was stored to. */
export function isSmallView(view: unknown): boolean {
  if (!isView(view) || !isSmall(view)) return false;
  lastSmallView = view;
  smallViewStored = true;
  return true;
}

/** A small view was stored to, whichever. */
export function noteSmallView(): void {
  smallViewStored = true;
}

/** Hands what small views left behind to every region; called before a region looks at its tracker. */
export function settleSuspicions(): void {
  renewSuspicions();
  if (!smallViewStored) return;
  smallViewStored = false;
  lastSmallView = undefined;
  suspectFirstLines();
}

/**
 * The value barrier: marks the line of `target[key]` before `stored` is stored there, and returns that unchanged. `track` is what
 * `target[S]` gave: the target's own track, the prototypes' FRESH, or anything at all if the target is a proxy or a mock.
 */
export function value<T>(target: unknown, key: unknown, track: unknown, stored: T): T {
  if (track === undefined) return stored;
  if (
    isOf(track, target) &&
    typeof key === "number" &&
    (typeof stored === "number" || typeof stored === "bigint")
  ) {
    const line = (track.base + key) >>> track.shift;
    if (marks[line] === 0) track.tracker.push(line);
  } else if (target === lastSmallView && typeof key === "number" && typeof stored === "number") {
    smallViewStored = true;
  } else {
    markSlowly(target, key, track, stored);
  }
  return stored;
}

/** The key barrier, for updates: marks, and returns the key unchanged. */
export function key<K>(target: unknown, used: K, track: unknown): K {
  value(target, used, track, 0);
  return used;
}

/**
 * The track of a view never seen, for a loop that keeps it: it is classified now, and not again at each store. A view's track never
 * changes, and a region opened later can have no view that exists already.
 */
export function settle(target: unknown): unknown {
  return anyRegion() && isView(target) && !isSmall(target) ? classify(target) : fresh;
}

function markSlowly(target: unknown, key: unknown, track: unknown, value: unknown): void {
  if (!anyRegion()) return;
  const inert = isInert(key) && isInert(value);
  if (track === fresh && inert && isSmallView(target)) return;
  const found = find(target, track);
  if (found === undefined) {
    if (!inert && track === fresh && !isView(target)) suspectEverythingInThisJob();
    return;
  }
  if (!inert && found.length === 0) return;
  if (!isInert(key)) {
    keepOpen(found.tracker, linesOfView(found));
    return;
  }
  const index = canonicalIndex(key);
  if (index === undefined) return;
  const line = (found.base + index) >>> found.shift;
  if (inert) found.tracker.pushRange(line, line);
  else keepOpen(found.tracker, { first: line, last: line });
}

/** The track to mark by, whatever stands in the way between the target and its view. */
export function find(target: unknown, track: unknown): Track | undefined {
  if (isView(target)) {
    return isOf(track, target) ? track : classify(target);
  }
  // A proxy without traps forwards the read of S, and the store, to its view.
  if (Track.is(track) && track !== FRESH) return track;
  if (track === fresh) suspectEverything();
  return undefined;
}

/** Can this key or value be used without running user code? */
export function isInert(x: unknown): boolean {
  return (typeof x !== "object" && typeof x !== "function") || x === null;
}

/** The element index that a primitive property key names, or undefined if it names none. */
export function canonicalIndex(key: unknown): number | undefined {
  if (typeof key === "number") return key;
  if (typeof key === "bigint") return Number(key);
  if (typeof key !== "string") return undefined;
  const index = Number(key);
  return String(index) === key ? index : undefined;
}

/** The lines of the elements `from` to `to` of a view, without `to`. */
export function linesOf(track: Track, from: number, to: number): LineRange {
  return { first: (track.base + from) >>> track.shift, last: (track.base + to - 1) >>> track.shift };
}

/** Lines whose marks are looked at one by one before their range goes into the list. */
const FEW = 64;

/** Marks elements `first` to `last` of a view, as far as its region reaches. */
export function markBetween({ tracker, base, shift }: Track, first: number, last: number): void {
  const from = base + Math.max(first, 0);
  // A sum that goes beyond the map would come back as another line.
  const to = Math.min(base + last, (tracker.last + 1) * (1 << shift) - 1);
  if (from > to) return;
  const firstLine = from >>> shift;
  const lastLine = to >>> shift;
  let line = firstLine;
  const looked = Math.min(lastLine, firstLine + FEW);
  while (line <= looked && marks[line] !== 0) line++;
  if (line <= lastLine) tracker.pushRange(line, lastLine);
}

/** An empty view has no line: the range then ends before it begins. */
export function linesOfView(track: Track): LineRange {
  const { length } = track;
  return length === 0 ? { first: 1, last: 0 } : linesOf(track, 0, length);
}

/**
 * The store converts its key or value by calling user code, which may call msync: a mark set now would be gone when the element
 * is written. So the lines stay dirty for every msync until the current job, and with it the store, has ended.
 */
function keepOpen(tracker: Tracker, { first, last }: LineRange): void {
  const range = tracker.openRange(first, last);
  nextMicrotask(() => tracker.closeRange(range));
}
