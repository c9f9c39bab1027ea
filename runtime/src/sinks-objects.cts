/**
 * Built-ins that store by key, into whatever they are given: `Reflect.set`, `Object.assign`, the functions that define properties, and
 * the methods of Array on what is no array. Unlike methods of views they write through proxies, and user code may always run on the way.
 */

import { types } from "node:util";
import { all, copyingWithin, filling, type Locate, sorting, splicing } from "./extents.cjs";
import { canonicalIndex, find, isInert, linesOf } from "./mark.cjs";
import {
  anyRegion,
  FRESH,
  isOwnLength,
  isTypedArray,
  isView,
  suspectEverythingInThisJob,
  type Track,
  typedLengthOf,
} from "./registry.cjs";
import { answerOf, applyOpen, type Native, type Reach, reachOf, replace, uncurry } from "./sink.cjs";

const { apply, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
const { isArray } = Array;
const { isProxy } = types;

/** The track of the view that a store into `target` reaches, if a region is open and it reaches one. */
export function trackBehind(target: unknown): Track | undefined {
  let answer: unknown;
  try {
    answer = answerOf(target);
  } catch {
    // The trap of a proxy threw; its other traps may store all the same.
    suspectEverythingInThisJob();
  }
  if (answer === undefined) return undefined;
  // A proxy or heir of a view that was never seen: an msync on the way would settle the suspicion before the store.
  if (answer === FRESH && !isView(target)) suspectEverythingInThisJob();
  return find(target, answer);
}

/** The line that a store under `key` touches; the whole view if only user code knows the key. */
function reachOfKey(track: Track | undefined, key: unknown): Reach[] {
  if (track === undefined) return [];
  if (!isInert(key)) return [reachOf(track)];
  const index = canonicalIndex(key);
  return index === undefined ? [] : [{ tracker: track.tracker, ...linesOf(track, index, index + 1) }];
}

/** The lines that stores under all keys of `source` touch. */
function reachOfKeys(track: Track, source: unknown): Reach[] {
  if (source === undefined || source === null) return [];
  if (isProxy(source)) return [reachOf(track)];
  const { tracker, length } = track;
  const elements = typeof source === "string" ? source.length : isView(source) ? typedLengthOf(source) : 0;
  const reaches: { tracker: Reach["tracker"]; first: number; last: number }[] = [];
  const add = (from: number, to: number) => {
    const lines = linesOf(track, from, to);
    const before = reaches.at(-1);
    if (before?.last === lines.first) before.last = lines.last;
    else reaches.push({ tracker, ...lines });
  };
  if (elements > 0) add(0, Math.min(elements, length));
  else if (!isInert(source))
    for (const key of ownKeys(source as object)) {
      const index = canonicalIndex(key);
      if (index !== undefined && index < length) add(index, index + 1);
    }
  return reaches;
}

/** `Reflect.set(target, key, value, receiver)` stores into the receiver. */
function wrapSet(native: Native): Native {
  return {
    method(this: unknown, ...args: unknown[]) {
      if (!anyRegion()) return apply(native, this, args);
      const target = trackBehind(args[0]);
      const receiver = args.length > 3 && args[3] !== args[0] ? trackBehind(args[3]) : undefined;
      if (target === undefined && receiver === undefined) return apply(native, this, args);
      const reaches = [...reachOfKey(target, args[1]), ...reachOfKey(receiver, args[1])];
      return applyOpen(reaches, native, this, args);
    },
  }.method;
}

/** `defineProperty(target, key, descriptor)` */
function wrapDefine(native: Native): Native {
  return {
    method(this: unknown, ...args: unknown[]) {
      const track = anyRegion() ? trackBehind(args[0]) : undefined;
      return track === undefined
        ? apply(native, this, args)
        : applyOpen(reachOfKey(track, args[1]), native, this, args);
    },
  }.method;
}

/** `Object.defineProperties(target, descriptors)` */
function wrapDefineAll(native: Native): Native {
  return {
    method(this: unknown, ...args: unknown[]) {
      const track = anyRegion() ? trackBehind(args[0]) : undefined;
      return track === undefined
        ? apply(native, this, args)
        : applyOpen(reachOfKeys(track, args[1]), native, this, args);
    },
  }.method;
}

/** `Object.assign(target, ...sources)`, source by source: a getter of one may change the keys of the next. */
function wrapAssign(native: Native): Native {
  const assignTo = (track: Track, self: unknown, args: unknown[]): unknown => {
    for (let i = 1; i < args.length; i++)
      applyOpen(reachOfKeys(track, args[i]), native, self, [args[0], args[i]]);
    return args[0];
  };
  return {
    method(this: unknown, ...args: unknown[]) {
      const track = anyRegion() ? trackBehind(args[0]) : undefined;
      return track === undefined ? apply(native, this, args) : assignTo(track, this, args);
    },
  }.method;
}

/** Would a method of Array find the real length of this typed array, without user code? */
function hasOwnLength(view: object): boolean {
  for (let owner: object | null = view; owner !== null && !isProxy(owner); owner = getPrototypeOf(owner)) {
    const length = getOwnPropertyDescriptor(owner, "length");
    if (length !== undefined) return isOwnLength(length.get);
  }
  return false;
}

/** A method of Array, on something that is no array. */
function callOnObject(native: Native, locate: Locate, self: unknown, args: ArrayLike<unknown>): unknown {
  const track = anyRegion() ? trackBehind(self) : undefined;
  const list = Array.from(args);
  if (track === undefined) return apply(native, self, list);
  if (!isView(self) || !isTypedArray(self) || !hasOwnLength(self))
    return applyOpen([reachOf(track)], native, self, list);
  const { from, to } = locate(self as Uint8Array, list, self);
  const reaches = to > from ? [{ tracker: track.tracker, ...linesOf(track, from, to) }] : [];
  return applyOpen(reaches, native, self, list);
}

const ARRAY_METHODS: Record<string, Locate> = {
  copyWithin: copyingWithin,
  fill: filling,
  reverse: all,
  sort: sorting,
  splice: splicing,
  unshift: all,
};

function wrapArrayMethod(native: Native, locate: Locate): Native {
  return {
    method(this: unknown) {
      // biome-ignore lint/complexity/noArguments: handed on as they are, which costs arrays nothing
      return isArray(this) ? apply(native, this, arguments) : callOnObject(native, locate, this, arguments);
    },
  }.method;
}

const shift = uncurry(Array.prototype.shift);
const shiftObject = Array.prototype.shift as Native;

/** A literal of its own, so that compiled code inlines the built-in: queues live on it. */
const SHIFT = {
  shift(this: unknown) {
    return isArray(this) ? shift(this) : callOnObject(shiftObject, all, this, []);
  },
}.shift as Native;

export function wrapObjectWriters(): void {
  replace(Reflect, ["set"], wrapSet);
  replace(Reflect, ["defineProperty"], wrapDefine);
  replace(Object, ["defineProperty"], wrapDefine);
  replace(Object, ["defineProperties"], wrapDefineAll);
  replace(Object, ["assign"], wrapAssign);
  replace(Array.prototype, Object.keys(ARRAY_METHODS), (native, name) =>
    wrapArrayMethod(native, ARRAY_METHODS[name] as Locate),
  );
  replace(Array.prototype, ["shift"], () => SHIFT);
}
