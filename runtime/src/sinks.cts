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
import { find, isInert, linesOfBytes, linesOfView } from "./mark.cjs";
import { S, type Track } from "./registry.cjs";

type Native = (this: unknown, ...args: unknown[]) => unknown;
type Methods = Record<string, Native>;

const { apply, defineProperty } = Reflect;

const trackOf = (target: unknown): unknown => (target as Record<symbol, unknown> | null | undefined)?.[S];

/** Runs a built-in while the lines it may write are dirty for every msync. */
function runOpen<T>(track: Track, { first, last }: { first: number; last: number }, run: () => T): T {
  const range = track.tracker.openRange(first, last);
  try {
    return run();
  } finally {
    track.tracker.closeRange(range);
  }
}

/** A built-in with numeric operands that writes `bytes` bytes at an offset: the setters of DataView and Buffer. */
function wrapFixed(native: Native, bytes: number, offsetAt: 0 | 1): Native {
  const call = Function.prototype.call.bind(native) as (...args: unknown[]) => unknown;
  const marked = (self: unknown, found: unknown, a: unknown, b: unknown, c: unknown): unknown => {
    const inert = isInert(a) && isInert(b) && isInert(c);
    const track = find(self, found, inert);
    if (track === undefined) return call(self, a, b, c);
    const offset = offsetAt === 0 ? a : b;
    if (!inert || (typeof offset !== "number" && offset !== undefined))
      return runOpen(track, linesOfView(track), () => call(self, a, b, c));
    const at = track.base + (offset === undefined ? 0 : (offset as number));
    const first = at >>> track.shift;
    const last = (at + bytes - 1) >>> track.shift;
    if (track.marks[first] === 0) track.tracker.push(first);
    if (track.marks[last] === 0) track.tracker.push(last);
    return call(self, a, b, c);
  };
  return {
    method(this: unknown, a: unknown, b: unknown, c: unknown) {
      const found = trackOf(this);
      return found === undefined ? call(this, a, b, c) : marked(this, found, a, b, c);
    },
  }.method;
}

/** A built-in whose range follows from its arguments. The view is `this`, or the first argument if `viewFirst`. */
function wrapRange(native: Native, locate: Locate, viewFirst = false): Native {
  const marked = (self: unknown, view: unknown, found: unknown, args: unknown[]): unknown => {
    const run = () => apply(native, self, args);
    const track = find(view, found, false);
    if (track === undefined || track.view !== view) return run();
    const { offset, length, inert } = locate(view as Uint8Array, args, self);
    if (length === 0) return run();
    const lines = linesOfBytes((view as Uint8Array).byteOffset + offset, length);
    if (!inert) return runOpen(track, lines, run);
    track.tracker.pushRange(lines.first, lines.last);
    return run();
  };
  return {
    method(this: unknown, ...args: unknown[]) {
      const view = viewFirst ? args[0] : this;
      const found = trackOf(view);
      return found === undefined ? apply(native, this, args) : marked(this, view, found, args);
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
