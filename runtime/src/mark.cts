/** Marking the line that a store is about to touch: the code behind the barrier. */

import {
  anyRegion,
  classify,
  FRESH,
  isSmall,
  isView,
  suspectEverything,
  suspectLineZero,
  Track,
  type View,
} from "./registry.cjs";
import { LINE_BYTES, type LineRange, type Tracker } from "./tracker.cjs";

const nextMicrotask = queueMicrotask;

/**
 * Marks the line of `target[key]` before `value` is stored there. `track` is what `target[S]` gave: the target's own track, the
 * prototypes' FRESH, or anything at all if the target is a proxy or a mock.
 */
function mark(target: unknown, key: unknown, track: unknown, value: unknown): void {
  const known = track as Track;
  if (
    known.view === target &&
    typeof key === "number" &&
    (typeof value === "number" || typeof value === "bigint")
  ) {
    const line = (known.base + key) >>> known.shift;
    if (known.marks[line] === 0) known.tracker.push(line);
    return;
  }
  markSlowly(target, key, track, value);
}

/** The value barrier: marks, and returns the value unchanged. */
export function value<T>(target: unknown, key: unknown, track: unknown, stored: T): T {
  if (track !== undefined) mark(target, key, track, stored);
  return stored;
}

/** The key barrier, for updates: marks, and returns the key unchanged. */
export function key<K>(target: unknown, used: K, track: unknown): K {
  if (track !== undefined) mark(target, used, track, 0);
  return used;
}

function markSlowly(target: unknown, key: unknown, track: unknown, value: unknown): void {
  if (!anyRegion()) return;
  const inert = isInert(key) && isInert(value);
  const found = find(target, track, inert);
  if (found === undefined) return;
  if (!isInert(key)) {
    keepOpen(found.tracker, linesOfView(found));
    return;
  }
  const index = canonicalIndex(key);
  if (index === undefined) return;
  const line = (found.base + index) >>> found.shift;
  if (line >= found.marks.length) return;
  if (inert) found.tracker.pushRange(line, line);
  else keepOpen(found.tracker, { first: line, last: line });
}

/** The track to mark by, whatever stands in the way between the target and its view. */
export function find(target: unknown, track: unknown, inert: boolean): Track | undefined {
  if (isView(target)) {
    if (Track.is(track) && track.view === target) return track;
    if (track === FRESH && inert && isSmall(target)) {
      suspectLineZero();
      return undefined;
    }
    return classify(target);
  }
  // A proxy without traps forwards the read of S, and the store, to its view.
  if (Track.is(track) && track !== FRESH) return track;
  if (track === FRESH) suspectEverything();
  return undefined;
}

/** Can this key or value be used without running user code? */
export function isInert(x: unknown): boolean {
  return (typeof x !== "object" && typeof x !== "function") || x === null;
}

/** The element index that a primitive property key names, or undefined if it names none. */
function canonicalIndex(key: unknown): number | undefined {
  if (typeof key === "number") return key;
  if (typeof key === "bigint") return Number(key);
  if (typeof key !== "string") return undefined;
  const index = Number(key);
  return String(index) === key ? index : undefined;
}

export function linesOfView(track: Track): LineRange {
  const { byteOffset, byteLength } = track.view as View;
  return linesOfBytes(byteOffset, byteLength);
}

/** The lines of a range of bytes of the region; an empty range gives an empty one (`last` before `first`). */
export function linesOfBytes(offset: number, length: number): LineRange {
  return { first: Math.floor(offset / LINE_BYTES), last: Math.ceil((offset + length) / LINE_BYTES) - 1 };
}

/**
 * The store converts its key or value by calling user code, which may call msync: a mark set now would be gone when the element
 * is written. So the lines stay dirty for every msync until the current job, and with it the store, has ended.
 */
function keepOpen(tracker: Tracker, { first, last }: LineRange): void {
  if (last < first) return;
  const range = tracker.openRange(first, last);
  nextMicrotask(() => tracker.closeRange(range));
}
