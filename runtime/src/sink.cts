/**
 * What every wrapper of a writing built-in is made of.
 *
 * The lines that the built-in may write are marked before it runs. If user code may run on the way (a comparator, a getter of the
 * source), which may call msync, or if only the result tells what was written, the lines stay dirty for every msync until it has
 * returned or thrown.
 */

import { type Locate, UNKNOWN } from "./extents.cjs";
import { find, isSmallView, linesOf, linesOfView } from "./mark.cjs";
import { anyRegion, FRESH, isTypedArray, isView, S, type Track } from "./registry.cjs";
import type { LineRange, Tracker } from "./tracker.cjs";

export type Native = (this: unknown, ...args: unknown[]) => unknown;
export type Methods = Record<string, Native>;

const { apply, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;

/** A function that takes `this` as its first argument. Compiled code sees through it, and no patch of `call` changes it. */
export const uncurry = (native: Native): ((self: unknown, ...args: unknown[]) => unknown) =>
  Function.prototype.call.bind(native);

/** What a value answers when it is asked for its track. */
export const answerOf = (target: unknown): unknown =>
  (target as Record<symbol, unknown> | null | undefined)?.[S];

/** The track of a sink's view. `inert`: no user code runs before the sink has returned. */
export function trackFor(view: unknown, answer: unknown, inert: boolean): Track | undefined {
  if (answer === undefined || !anyRegion()) return undefined;
  if (answer === FRESH && inert && isSmallView(view)) return undefined;
  return find(view, answer);
}

/** Lines of one region. */
export interface Reach extends LineRange {
  readonly tracker: Tracker;
}

/** The lines that may have been written, once the result is known. */
export type Narrow = (result: unknown) => readonly Reach[];

/** Runs a built-in while the lines it may write are dirty for every msync; `narrow` leaves out what it did not write. */
export function applyOpen(
  reaches: readonly Reach[],
  native: Native,
  self: unknown,
  args: readonly unknown[],
  narrow?: Narrow,
): unknown {
  const ranges = reaches.map(({ tracker, first, last }) => tracker.openRange(first, last));
  let written = reaches;
  try {
    const result = apply(native, self, args);
    if (narrow !== undefined) written = narrow(result);
    return result;
  } finally {
    // Should the stack overflow in here, the range stays open: too much is committed, and nothing is lost.
    for (const { tracker, first, last } of written) tracker.pushRange(first, last);
    reaches.forEach(({ tracker }, i) => {
      tracker.dropRange(ranges[i] as LineRange);
    });
  }
}

/** Every line of a view. */
export const reachOf = (track: Track): Reach => ({ tracker: track.tracker, ...linesOfView(track) });

/** A built-in whose range follows from its arguments. The view is `this`, or the argument at `viewAt`. */
export function wrapRange(native: Native, locate: Locate, viewAt?: number): Native {
  const marked = (self: unknown, view: unknown, answer: unknown, args: unknown[]): unknown => {
    // None of these writes through a proxy.
    if (!isView(view)) return apply(native, self, args);
    const typed = isTypedArray(view);
    const { from, to, inert } = typed ? locate(view as Uint8Array, args, self) : UNKNOWN;
    const track = trackFor(view, answer, inert);
    if (track === undefined) return apply(native, self, args);
    if (!typed) return applyOpen([reachOf(track)], native, self, args);
    if (to <= from) return apply(native, self, args);
    const lines = linesOf(track, from, to);
    if (!inert) return applyOpen([{ tracker: track.tracker, ...lines }], native, self, args);
    track.tracker.pushRange(lines.first, lines.last);
    return apply(native, self, args);
  };
  return {
    method(this: unknown, ...args: unknown[]) {
      const view = viewAt === undefined ? this : args[viewAt];
      const answer = answerOf(view);
      return answer === undefined || !anyRegion()
        ? apply(native, this, args)
        : marked(this, view, answer, args);
    },
  }.method;
}

export const namesOf = (owner: object, pattern: RegExp): string[] =>
  Object.getOwnPropertyNames(owner).filter((name) => pattern.test(name));

/** Makes a wrapper look like what it wraps: name, length, and whatever else was put on the function. */
export function dress(wrapper: object, native: object): void {
  for (const key of ownKeys(native)) {
    const descriptor = getOwnPropertyDescriptor(native, key) as PropertyDescriptor;
    if (key !== "prototype") defineProperty(wrapper, key, descriptor);
  }
}

/** Puts wrappers in place of the methods of `owner`, under the same names, lengths and attributes. */
export function replace(
  owner: object,
  names: Iterable<string>,
  wrap: (native: Native, name: string) => Native,
): void {
  const wrappers = new Map<Native, Native>();
  for (const name of names) {
    const native = (owner as Methods)[name];
    if (typeof native !== "function") continue;
    let wrapper = wrappers.get(native);
    if (wrapper === undefined) {
      wrapper = wrap(native, name);
      dress(wrapper, native);
      wrappers.set(native, wrapper);
    }
    const descriptor = getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
    defineProperty(owner, name, { ...descriptor, value: wrapper });
  }
}
