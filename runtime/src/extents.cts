/**
 * Which bytes of a view a writing built-in may touch, from its arguments. Only arguments that are numbers narrow the range;
 * anything else is taken for the whole range the built-in could reach, so that no argument is converted twice.
 */

import { types } from "node:util";
import { isInert } from "./mark.cjs";
import { isTypedArray, isView, lengthOf } from "./registry.cjs";

/** A range of bytes of a view; `inert` if the built-in runs no user code between now and its last write. */
export interface Extent {
  offset: number;
  length: number;
  inert: boolean;
}

/** `self` is the receiver of the call, which is the view itself unless the view is the first argument. */
export type Locate = (view: Uint8Array, args: readonly unknown[], self: unknown) => Extent;

const isNumber = (x: unknown): x is number => typeof x === "number";
const isOmittedOrNumber = (x: unknown): boolean => x === undefined || typeof x === "number";
const integer = (x: unknown, absent: number): number => (isNumber(x) ? Math.trunc(x) || 0 : absent);

/** A relative index as Array.prototype.fill has it: negative ones count from the end. */
function relative(x: unknown, absent: number, length: number): number {
  const n = integer(x, absent);
  return n < 0 ? Math.max(length + n, 0) : Math.min(n, length);
}

function elements(view: Uint8Array, from: number, to: number, inert: boolean): Extent {
  const bytes = view.BYTES_PER_ELEMENT;
  return { offset: from * bytes, length: Math.max(to - from, 0) * bytes, inert };
}

const whole = (view: Uint8Array, inert: boolean): Extent => elements(view, 0, lengthOf(view), inert);

export const all: Locate = (view) => whole(view, true);

/** `sort` writes back after its last comparison. */
export const sorting: Locate = (view, [compare]) => whole(view, compare === undefined);

/** `set(source, offset)` */
export const setting: Locate = (view, [source, offset]) => {
  const length = lengthOf(view);
  if (!isOmittedOrNumber(offset)) return whole(view, isInert(offset) && isInert(source));
  const from = relative(Math.max(integer(offset, 0), 0), 0, length);
  if (isView(source) && isTypedArray(source))
    return elements(view, from, Math.min(from + lengthOf(source), length), true);
  if (Array.isArray(source) && !types.isProxy(source))
    return elements(view, from, Math.min(from + source.length, length), false);
  return elements(view, from, length, isInert(source));
};

/** `fill(value, start, end)` of typed arrays */
export const filling: Locate = (view, [value, start, end]) => {
  const length = lengthOf(view);
  const inert = isInert(value) && isInert(start) && isInert(end);
  if (!isOmittedOrNumber(start) || !isOmittedOrNumber(end)) return whole(view, inert);
  return elements(view, relative(start, 0, length), relative(end, length, length), inert);
};

/** `copyWithin(target, start, end)` */
export const copyingWithin: Locate = (view, [target, start, end]) => {
  const length = lengthOf(view);
  if (![target, start, end].every(isOmittedOrNumber))
    return whole(view, isInert(target) && isInert(start) && isInert(end));
  const from = relative(target, 0, length);
  const count = relative(end, length, length) - relative(start, 0, length);
  return elements(view, from, Math.min(from + Math.max(count, 0), length), true);
};

/** `Atomics.add(view, index, value)` and its kin */
export const element: Locate = (view, [, index, ...values]) =>
  isNumber(index) && values.every(isInert)
    ? elements(view, Math.trunc(index), Math.trunc(index) + 1, true)
    : whole(view, isInert(index) && values.every(isInert));

/** `buffer.fill(value, offset, end, encoding)`: no relative indices */
export const bufferFilling: Locate = (view, [value, offset, end]) => {
  const length = lengthOf(view);
  const from = Math.min(integer(offset, 0), length);
  const inert = (isInert(value) || isView(value)) && isInert(offset) && isInert(end);
  return elements(view, from, Math.min(integer(end, length), length), inert);
};

/** `source.copy(target, targetStart, sourceStart, sourceEnd)`, seen from the target */
export const copyingTo: Locate = (view, [, start, sourceStart, sourceEnd], source) => {
  const length = lengthOf(view);
  const inert = [start, sourceStart, sourceEnd].every(isInert);
  if (![start, sourceStart, sourceEnd].every(isOmittedOrNumber)) return whole(view, inert);
  const from = Math.min(integer(start, 0), length);
  const available = lengthOf(source) - integer(sourceStart, 0);
  const count = isNumber(sourceEnd) ? Math.min(sourceEnd - integer(sourceStart, 0), available) : available;
  return elements(view, from, Math.min(from + Math.max(count, 0), length), inert);
};

/** `buffer.write(string, offset, length, encoding)` in all its shorter forms, and `buffer.utf8Write(string, offset, length)` */
export function writing(encoding?: BufferEncoding): Locate {
  return (view, args) => {
    const [text, offset, count] = args;
    const length = lengthOf(view);
    const from = Math.min(integer(offset, 0), length);
    const named = encoding ?? args.slice(1).find((x): x is BufferEncoding => typeof x === "string");
    const bytes = typeof text === "string" ? Buffer.byteLength(text, named) : length;
    const most = Math.min(isNumber(count) ? count : length, bytes);
    return elements(view, from, Math.min(from + Math.max(most, 0), length), args.every(isInert));
  };
}
