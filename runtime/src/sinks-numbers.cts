/**
 * The built-ins that write one number: the setters of DataView and the writers of Buffer.
 *
 * Compiled code turns a setter of DataView into a machine store if it knows which built-in is called and, right before the call, that
 * the receiver is a DataView. So each setter's wrapper is a function literal of its own, with a built-in of its own, and reads a
 * property that all DataViews have in common between the mark and the call. Without the two a call costs four times as much.
 */

import { isInert } from "./mark.cjs";
import { DATA_VIEW, isView, S, Track } from "./registry.cjs";
import {
  answerOf,
  applyOpen,
  type Methods,
  type Native,
  namesOf,
  reachOf,
  replace,
  trackFor,
  uncurry,
} from "./sink.cjs";
import { MARKS } from "./tracker.cjs";

const { isOf } = Track;
const { apply } = Reflect;
// Constants of this module, which compiled code takes for constants.
const marks = MARKS;
const track: symbol = S;
const dataView: symbol = DATA_VIEW;

/** Not null once it is marked. */
type Receiver = Record<symbol, unknown>;

/** Marks `bytes` bytes, from an offset that is one. */
function markBytes(track: Track, offset: number, bytes: number): void {
  const first = (track.base + offset) >>> track.shift;
  const last = (track.base + offset + bytes - 1) >>> track.shift;
  if (marks[first] === 0) track.tracker.push(first);
  if (marks[last] === 0) track.tracker.push(last);
}

/** Marks what a call will write; false if that is not plain to see, or user code may run first. */
function marked(view: Receiver | null | undefined, at: unknown, x: unknown, bytes: number): boolean {
  const answer = view?.[track];
  if (answer === undefined) return isView(view);
  if (!isOf(answer, view) || typeof at !== "number" || at >>> 0 !== at) return false;
  if (typeof x !== "number" && typeof x !== "bigint") return false;
  markBytes(answer, at, bytes);
  return true;
}

/** Every other call: offsets to be converted, values that are objects, views never seen. */
function callSlowly(native: Native, view: unknown, args: unknown[], at: unknown, bytes: number): unknown {
  const inert = args.every(isInert);
  const found = trackFor(view, answerOf(view), inert);
  if (found === undefined) return apply(native, view, args);
  const offset = at === undefined ? 0 : at;
  if (!inert || typeof offset !== "number") return applyOpen([reachOf(found)], native, view, args);
  markBytes(found, Math.trunc(offset) || 0, bytes);
  return apply(native, view, args);
}

const data = DataView.prototype as unknown as Methods;
const dataNames = namesOf(data, /^set/);
const native: Methods = Object.fromEntries(dataNames.map((name) => [name, data[name] as Native]));

const setInt8 = uncurry(native.setInt8 as Native);
const setUint8 = uncurry(native.setUint8 as Native);
const setInt16 = uncurry(native.setInt16 as Native);
const setUint16 = uncurry(native.setUint16 as Native);
const setFloat16 = uncurry(native.setFloat16 as Native);
const setInt32 = uncurry(native.setInt32 as Native);
const setUint32 = uncurry(native.setUint32 as Native);
const setFloat32 = uncurry(native.setFloat32 as Native);
const setFloat64 = uncurry(native.setFloat64 as Native);
const setBigInt64 = uncurry(native.setBigInt64 as Native);
const setBigUint64 = uncurry(native.setBigUint64 as Native);

type Setter = (this: Receiver, at: unknown, x: unknown, e?: unknown) => unknown;

/** `e`: little-endian if true. */
const setters: Record<string, Setter> = {
  setInt8(at, x) {
    return marked(this, at, x, 1) && this[dataView]
      ? setInt8(this, at, x)
      : callSlowly(native.setInt8 as Native, this, [at, x], at, 1);
  },
  setUint8(at, x) {
    return marked(this, at, x, 1) && this[dataView]
      ? setUint8(this, at, x)
      : callSlowly(native.setUint8 as Native, this, [at, x], at, 1);
  },
  setInt16(at, x, e) {
    return marked(this, at, x, 2) && this[dataView]
      ? setInt16(this, at, x, e)
      : callSlowly(native.setInt16 as Native, this, [at, x, e], at, 2);
  },
  setUint16(at, x, e) {
    return marked(this, at, x, 2) && this[dataView]
      ? setUint16(this, at, x, e)
      : callSlowly(native.setUint16 as Native, this, [at, x, e], at, 2);
  },
  setFloat16(at, x, e) {
    return marked(this, at, x, 2) && this[dataView]
      ? setFloat16(this, at, x, e)
      : callSlowly(native.setFloat16 as Native, this, [at, x, e], at, 2);
  },
  setInt32(at, x, e) {
    return marked(this, at, x, 4) && this[dataView]
      ? setInt32(this, at, x, e)
      : callSlowly(native.setInt32 as Native, this, [at, x, e], at, 4);
  },
  setUint32(at, x, e) {
    return marked(this, at, x, 4) && this[dataView]
      ? setUint32(this, at, x, e)
      : callSlowly(native.setUint32 as Native, this, [at, x, e], at, 4);
  },
  setFloat32(at, x, e) {
    return marked(this, at, x, 4) && this[dataView]
      ? setFloat32(this, at, x, e)
      : callSlowly(native.setFloat32 as Native, this, [at, x, e], at, 4);
  },
  setFloat64(at, x, e) {
    return marked(this, at, x, 8) && this[dataView]
      ? setFloat64(this, at, x, e)
      : callSlowly(native.setFloat64 as Native, this, [at, x, e], at, 8);
  },
  setBigInt64(at, x, e) {
    return marked(this, at, x, 8) && this[dataView]
      ? setBigInt64(this, at, x, e)
      : callSlowly(native.setBigInt64 as Native, this, [at, x, e], at, 8);
  },
  setBigUint64(at, x, e) {
    return marked(this, at, x, 8) && this[dataView]
      ? setBigUint64(this, at, x, e)
      : callSlowly(native.setBigUint64 as Native, this, [at, x, e], at, 8);
  },
};

/** A writer of Buffer, which puts `bytes` bytes at its second argument. Most are JavaScript of Node's own. */
function wrapWriter(native: Native, bytes: number): Native {
  const call = uncurry(native);
  return {
    method(this: Receiver, x: unknown, at: unknown, count: unknown) {
      return marked(this, at, x, bytes)
        ? call(this, x, at, count)
        : callSlowly(native, this, [x, at, count], at, bytes);
    },
  }.method as Native;
}

/** Bytes that a writer named like `writeUInt16LE` or `writeBigInt64BE` writes, at most. */
function bytesOf(name: string): number {
  const bits = /\d+/.exec(name)?.[0];
  if (bits !== undefined) return Number(bits) / 8;
  return name.includes("Double") ? 8 : name.includes("Float") ? 4 : 6;
}

export function wrapNumberWriters(): void {
  replace(data, dataNames, (_, name) => setters[name] as Native);
  const buffer = Buffer.prototype;
  replace(buffer, namesOf(buffer, /^write(U?[Ii]nt|Big|Float|Double)/), (writer, name) =>
    wrapWriter(writer, bytesOf(name)),
  );
}
