/**
 * Which elements of a view a writing built-in may touch, from its arguments. Only arguments that are numbers narrow the range;
 * anything else is taken for the whole range the built-in could reach, so that no argument is converted twice.
 */

import { types } from "node:util";
import { isInert } from "./mark.cjs";
import { isTypedArray, isView, lengthOf } from "./registry.cjs";

/** Elements `from` to `to` of a view, without `to`; `inert` if the built-in runs no user code between now and its last write. */
export interface Extent {
  from: number;
  to: number;
  inert: boolean;
}

/** `self` is the receiver of the call, which is the view itself unless the view is the first argument. */
export type Locate = (view: Uint8Array, args: readonly unknown[], self: unknown) => Extent;

/** Some methods of Buffer take a DataView as well. */
export const UNKNOWN: Extent = { from: 0, to: 0, inert: false };

const isOmittedOrNumber = (x: unknown): boolean => x === undefined || typeof x === "number";
/** What the language's built-ins make of a number. */
const integer = (x: unknown, absent: number): number =>
  x === undefined ? absent : Math.trunc(x as number) || 0;
/** An argument that the methods of Buffer only round; they convert others by rules of their own. */
const isPlain = (x: unknown): boolean =>
  x === undefined || (typeof x === "number" && Math.abs(x) <= Number.MAX_SAFE_INTEGER);

/** A relative index as Array.prototype.fill has it: negative ones count from the end. */
function relative(x: unknown, absent: number, length: number): number {
  const n = integer(x, absent);
  return n < 0 ? Math.max(length + n, 0) : Math.min(n, length);
}

/** V8 overlooks the end of a fill whose start is undefined. */
const endOf = (start: unknown, end: number, length: number): number => (start === undefined ? length : end);

const whole = (view: Uint8Array, inert: boolean): Extent => ({ from: 0, to: lengthOf(view), inert });

export const all: Locate = (view) => whole(view, true);

/** `sort` writes back after its last comparison. */
export const sorting: Locate = (view, args) => whole(view, args[0] === undefined);

/** `set(source, offset)`; if it does not fit, the built-in throws before it writes. */
export const setting: Locate = (view, args) => {
  const source = args[0];
  const offset = args[1];
  if (!isOmittedOrNumber(offset)) return whole(view, isInert(offset) && isInert(source));
  const from = Math.max(integer(offset, 0), 0);
  if (isView(source) && isTypedArray(source)) return { from, to: from + lengthOf(source), inert: true };
  if (Array.isArray(source) && !types.isProxy(source))
    return { from, to: from + source.length, inert: false };
  return { from, to: lengthOf(view), inert: isInert(source) };
};

/** `fill(value, start, end)` of typed arrays */
export const filling: Locate = (view, [value, start, end]) => {
  const inert = isInert(value) && isInert(start) && isInert(end);
  if (!isOmittedOrNumber(start) || !isOmittedOrNumber(end)) return whole(view, inert);
  const length = lengthOf(view);
  return { from: relative(start, 0, length), to: endOf(start, relative(end, length, length), length), inert };
};

/** `copyWithin(target, start, end)` */
export const copyingWithin: Locate = (view, [target, start, end]) => {
  if (![target, start, end].every(isOmittedOrNumber))
    return whole(view, isInert(target) && isInert(start) && isInert(end));
  const length = lengthOf(view);
  const from = relative(target, 0, length);
  const count = relative(end, length, length) - relative(start, 0, length);
  return { from, to: Math.min(from + count, length), inert: true };
};

/** `Array.prototype.splice(start, count, ...items)`: what follows is moved */
export const splicing: Locate = (view, args) => {
  if (args.length === 0) return { from: 0, to: 0, inert: true };
  const length = lengthOf(view);
  return isOmittedOrNumber(args[0])
    ? { from: relative(args[0], 0, length), to: length, inert: false }
    : whole(view, false);
};

/** `setFromHex(text)` */
export const settingHex: Locate = (view, [text]) => ({
  from: 0,
  to: typeof text === "string" ? Math.min(text.length / 2, lengthOf(view)) : 0,
  inert: true,
});

/** `setFromBase64(text, options)` */
export const settingBase64: Locate = (view, [text, options]) => ({
  from: 0,
  to: typeof text === "string" ? Math.min(Math.ceil((text.length * 3) / 4), lengthOf(view)) : 0,
  inert: isInert(options),
});

/** `encodeInto(text, view)` */
export const encodingInto: Locate = (view, [text]) =>
  typeof text === "string"
    ? { from: 0, to: Math.min(Buffer.byteLength(text), lengthOf(view)), inert: true }
    : whole(view, isInert(text));

/** `getRandomValues(view)`, which refuses more than 64 KiB */
export const randomising: Locate = (view) =>
  view.byteLength > 65_536 ? { from: 0, to: 0, inert: true } : whole(view, true);

/** `Atomics.add(view, index, value)` and its kin */
export const element: Locate = (view, [, index, ...values]) =>
  typeof index === "number" && values.every(isInert)
    ? { from: integer(index, 0), to: integer(index, 0) + 1, inert: true }
    : whole(view, isInert(index) && values.every(isInert));

/** `buffer.fill(value, offset, end, encoding)`: no relative indices */
export const bufferFilling: Locate = (view, [value, offset, end]) => {
  const inert = (isInert(value) || isView(value)) && isInert(offset) && isInert(end);
  if (!isPlain(offset) || !isPlain(end)) return whole(view, inert);
  const length = lengthOf(view);
  return { from: integer(offset, 0), to: endOf(offset, integer(end, length), length), inert };
};

/** `source.copy(target, targetStart, sourceStart, sourceEnd)`, seen from the target */
export const copyingTo: Locate = (view, [, start, sourceStart, sourceEnd], source) => {
  const inert = [start, sourceStart, sourceEnd].every(isInert);
  if (![start, sourceStart, sourceEnd].every(isPlain) || !isView(source) || !isTypedArray(source))
    return whole(view, inert);
  const from = integer(start, 0);
  const length = lengthOf(source);
  const count = Math.min(integer(sourceEnd, length), length) - integer(sourceStart, 0);
  return { from, to: Math.min(from + count, lengthOf(view)), inert };
};

/** `buffer.write(string, offset, length, encoding)` in all its shorter forms, and `buffer.utf8Write(string, offset, length)` */
export function writing(encoding?: BufferEncoding): Locate {
  return (view, args) => {
    const named = encoding ?? args.slice(1).find((x): x is BufferEncoding => typeof x === "string");
    const [text, offset, count] =
      encoding === undefined ? args.filter((x, i) => i === 0 || x !== named) : args;
    const inert = args.every(isInert);
    if (typeof text !== "string" || !isPlain(offset) || !isPlain(count)) return whole(view, inert);
    const length = lengthOf(view);
    const from = integer(offset, 0);
    const bytes = Math.min(integer(count, length), Buffer.byteLength(text, named));
    return { from, to: Math.min(from + bytes, length), inert };
  };
}
