/**
 * Places: where in a view a built-in of Node's puts the bytes that it reads. How many came is known only when it is done; what arrives
 * meanwhile belongs to no msync, for the program does not know of it either.
 */

import { constants, readFileSync } from "node:fs";
import { types } from "node:util";
import { byteOffsetOf, bytesOf, elementBytesOf, isView, type View } from "./registry.cjs";
import { answerOf, type Reach, trackFor } from "./sink.cjs";
import { LINE_BYTES, LINE_SHIFT } from "./tracker.cjs";

const { getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const { isArrayBuffer, isProxy } = types;

/** `count` bytes of a view, from byte `from` on. */
export interface Place {
  readonly view: View;
  readonly from: number;
  readonly count: number;
}

/** From the arguments of a call; undefined if only user code could tell. */
export type Parse = (args: readonly unknown[]) => Place[] | undefined;

/** Stands for what only user code could tell. */
const HIDDEN = Symbol("hidden");

/** What an options object says, without running user code. */
function peek(options: unknown, name: string): unknown {
  for (let owner = options; typeof owner === "object" && owner !== null; owner = getPrototypeOf(owner)) {
    if (isProxy(owner)) return HIDDEN;
    const descriptor = getOwnPropertyDescriptor(owner, name);
    if (descriptor !== undefined) return "value" in descriptor ? descriptor.value : HIDDEN;
  }
  return undefined;
}

/** The place that an offset and a count of units name. Node refuses offsets that are no numbers, and converts counts. */
function place(
  target: unknown,
  offset: unknown,
  count: unknown,
  unitOf: (view: View) => number,
): Place[] | undefined {
  const view = isArrayBuffer(target) ? new Uint8Array(target) : target;
  const from = offset ?? 0;
  if (target === HIDDEN || from === HIDDEN) return undefined;
  if (!isView(view) || typeof from !== "number") return [];
  const unit = unitOf(view);
  const bytes = bytesOf(view);
  const start = Math.min(Math.max(Math.trunc(from * unit) || 0, 0), bytes);
  const wanted = typeof count === "number" ? Math.max(Math.trunc(count * unit) || 0, 0) : bytes;
  return [{ view, from: start, count: Math.min(wanted, bytes - start) }];
}

const byByte = () => 1;

/** Of `read(buffer, offset, length, position)` and its forms with options. */
export const placeOfRead: Parse = ([first, second, third]) => {
  const target = isView(first) ? first : peek(first, "buffer");
  const options = isView(first) ? second : first;
  return typeof options === "object" && options !== null
    ? place(target, peek(options, "offset"), peek(options, "length"), byByte)
    : place(target, second, third, byByte);
};

/** Of `readv(views, position)`: one after the other. */
export const placesOfReadv: Parse = ([views]) =>
  Array.isArray(views) ? views.flatMap((view) => place(view, 0, undefined, byByte) ?? []) : [];

/** Of `randomFill(view, offset, size)`, which counts in elements. */
export const placeOfRandom: Parse = ([target, offset, size]) => place(target, offset, size, elementBytesOf);

/** The lines of places in regions. `inert`: no user code runs before the bytes are there. */
export function reachOfPlaces(places: readonly Place[], inert: boolean): Reach[] {
  return places.flatMap(({ view, from, count }) => {
    const track = count > 0 ? trackFor(view, answerOf(view), inert) : undefined;
    if (track === undefined) return [];
    const start = track.base * 2 ** (LINE_SHIFT - track.shift) + from;
    const lineOf = (byte: number) => Math.floor(byte / LINE_BYTES);
    return [{ tracker: track.tracker, first: lineOf(start), last: lineOf(start + count - 1) }];
  });
}

/** What a read of a file wrote that returned so many bytes; undefined: it failed, and may have written anything. */
export function written(places: readonly Place[], bytes: unknown, fd: unknown): readonly Place[] {
  if (typeof bytes !== "number") return places;
  const asked = places.reduce((sum, { count }) => sum + count, 0);
  if (bytes > 0 && bytes < asked && mayBeDirect(places, asked) && isDirect(fd)) return places;
  let left = bytes;
  return places.map(({ view, from, count }) => {
    const here = Math.min(count, left);
    left -= here;
    return { view, from, count: here };
  });
}

/** Reads past the page cache fill the buffer to its end, whatever they return; they need it aligned. */
const DIRECT_ALIGNMENT = 512;

const mayBeDirect = ([place]: readonly Place[], asked: number): boolean =>
  place !== undefined &&
  asked % DIRECT_ALIGNMENT === 0 &&
  (byteOffsetOf(place.view) + place.from) % DIRECT_ALIGNMENT === 0;

function isDirect(fd: unknown): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & constants.O_DIRECT) !== 0;
  } catch {
    return true;
  }
}
