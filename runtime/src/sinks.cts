/**
 * Sinks: built-ins that write into a view without a store in the source. They are wrapped where they live, so that a method call,
 * `.call`, an alias and a spread are all seen, and V8's own messages stay.
 *
 * Before the built-in runs, the lines it may touch are marked. If it may run user code on the way (a comparator, a getter of the
 * source), which may call msync, the lines stay dirty for every msync until it has returned or thrown.
 */

import {
  all,
  bufferFilling,
  copyingTo,
  copyingWithin,
  element,
  filling,
  type Locate,
  setting,
  sorting,
  writing,
} from "./extents.cjs";
import { find, isInert, isSmallView, linesOf, linesOfView } from "./mark.cjs";
import { anyRegion, FRESH, isTypedArray, isView, S, Track } from "./registry.cjs";
import { type LineRange, MARKS } from "./tracker.cjs";

type Native = (this: unknown, ...args: unknown[]) => unknown;
type Methods = Record<string, Native>;

const { apply, defineProperty } = Reflect;
const marks = MARKS;
const { isOf } = Track;

const trackOf = (target: unknown): unknown => (target as Record<symbol, unknown> | null | undefined)?.[S];

/** The track of a sink's view. `inert`: no user code runs before the sink has returned. */
function trackFor(view: unknown, found: unknown, inert: boolean): Track | undefined {
  if (!anyRegion() || (found === FRESH && inert && isSmallView(view))) return undefined;
  return find(view, found);
}

/** Runs a built-in while the lines it may write are dirty for every msync. */
function applyOpen(
  track: Track,
  { first, last }: LineRange,
  native: Native,
  self: unknown,
  args: unknown[],
): unknown {
  const range = track.tracker.openRange(first, last);
  try {
    return apply(native, self, args);
  } finally {
    track.tracker.closeRange(range);
  }
}

const isOffset = (x: unknown): x is number => typeof x === "number" && x >>> 0 === x;

const isNumeric = (x: unknown): boolean => typeof x === "number" || typeof x === "bigint";

function markBytes(track: Track, offset: number, bytes: number): void {
  const first = (track.base + offset) >>> track.shift;
  const last = (track.base + offset + bytes - 1) >>> track.shift;
  if (marks[first] === 0) track.tracker.push(first);
  if (marks[last] === 0) track.tracker.push(last);
}

/** A built-in with numeric operands that writes `bytes` bytes at an offset: the setters of DataView and Buffer. */
function wrapFixed(native: Native, bytes: number, offsetAt: 0 | 1): Native {
  const call = Function.prototype.call.bind(native) as (...args: unknown[]) => unknown;
  const markSlowly = (self: unknown, found: unknown, args: unknown[]): unknown => {
    const inert = args.every(isInert);
    const track = trackFor(self, found, inert);
    if (track === undefined) return apply(native, self, args);
    const offset = args[offsetAt] === undefined ? 0 : args[offsetAt];
    if (!inert || typeof offset !== "number") return applyOpen(track, linesOfView(track), native, self, args);
    markBytes(track, Math.trunc(offset) || 0, bytes);
    return apply(native, self, args);
  };
  return {
    method(this: unknown, a: unknown, b: unknown, c: unknown) {
      const found = trackOf(this);
      if (found === undefined) return call(this, a, b, c);
      const offset = offsetAt === 0 ? a : b;
      const operand = offsetAt === 0 ? b : a;
      if (!isOf(found, this) || !isOffset(offset) || !isNumeric(operand))
        return markSlowly(this, found, [a, b, c]);
      markBytes(found, offset, bytes);
      return call(this, a, b, c);
    },
  }.method;
}

/** Some methods of Buffer take a DataView as well. */
const UNKNOWN = { from: 0, to: 0, inert: false };

/** A built-in whose range follows from its arguments. The view is `this`, or the first argument if `viewFirst`. */
function wrapRange(native: Native, locate: Locate, viewFirst = false): Native {
  const marked = (self: unknown, view: unknown, found: unknown, args: unknown[]): unknown => {
    // No built-in writes through a proxy.
    if (!isView(view)) return apply(native, self, args);
    const typed = isTypedArray(view);
    const { from, to, inert } = typed ? locate(view as Uint8Array, args, self) : UNKNOWN;
    const track = trackFor(view, found, inert);
    if (track === undefined) return apply(native, self, args);
    if (!typed) return applyOpen(track, linesOfView(track), native, self, args);
    if (to <= from) return apply(native, self, args);
    const lines = linesOf(track, from, to);
    if (!inert) return applyOpen(track, lines, native, self, args);
    track.tracker.pushRange(lines.first, lines.last);
    return apply(native, self, args);
  };
  return {
    method(this: unknown, ...args: unknown[]) {
      const view = viewFirst ? args[0] : this;
      const found = trackOf(view);
      return found === undefined || !anyRegion()
        ? apply(native, this, args)
        : marked(this, view, found, args);
    },
  }.method;
}

/** Puts wrappers in place of the methods of `owner`, under the same names, lengths and attributes. */
function replace(
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
      defineProperty(wrapper, "name", { value: native.name, configurable: true });
      defineProperty(wrapper, "length", { value: native.length, configurable: true });
      wrappers.set(native, wrapper);
    }
    const descriptor = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
    defineProperty(owner, name, { ...descriptor, value: wrapper });
  }
}

/** Bytes that a setter named like `setFloat64`, `writeUInt16LE` or `writeBigInt64BE` writes. */
const bytesOf = (name: string): number => {
  const bits = /\d+/.exec(name)?.[0];
  if (bits !== undefined) return Number(bits) / 8;
  return name.includes("Double") ? 8 : name.includes("Float") ? 4 : 6;
};

const namesOf = (owner: object, pattern: RegExp): string[] =>
  Object.getOwnPropertyNames(owner).filter((name) => pattern.test(name));

/** Wraps every sink of this realm; called once a process. */
export function wrapSinks(): void {
  replace(DataView.prototype, namesOf(DataView.prototype, /^set/), (native, name) =>
    wrapFixed(native, bytesOf(name), 0),
  );

  const typed = Object.getPrototypeOf(Uint8Array.prototype) as object;
  const ranges: Record<string, Locate> = {
    set: setting,
    fill: filling,
    copyWithin: copyingWithin,
    sort: sorting,
    reverse: all,
  };
  replace(typed, Object.keys(ranges), (native, name) => wrapRange(native, ranges[name] as Locate));

  const buffer = Buffer.prototype;
  replace(buffer, namesOf(buffer, /^write(U?[Ii]nt|Big|Float|Double)/), (native, name) =>
    wrapFixed(native, bytesOf(name), 1),
  );
  replace(buffer, ["swap16", "swap32", "swap64"], (native) => wrapRange(native, all));
  replace(buffer, ["fill"], (native) => wrapRange(native, bufferFilling));
  replace(buffer, ["copy"], (native) => wrapRange(native, copyingTo, true));
  replace(buffer, ["write"], (native) => wrapRange(native, writing()));
  replace(buffer, namesOf(buffer, /^(ascii|base64|base64url|hex|latin1|ucs2|utf8)Write$/), (native, name) =>
    wrapRange(native, writing(name.slice(0, -"Write".length) as BufferEncoding)),
  );

  const atomics = ["add", "and", "compareExchange", "exchange", "or", "store", "sub", "xor"];
  replace(Atomics, atomics, (native) => wrapRange(native, element, true));
}
