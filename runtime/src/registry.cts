/** Which buffers belong to a region of this thread, and which views of them have been seen. */

import { LINE_BYTES, LINE_SHIFT, type Tracker } from "./tracker.cjs";

/** The key of a view's track. Reading it is the only thing that instrumented code does to its receivers. */
export const S: unique symbol = Symbol("fams.track") as never;

export type View = ArrayBufferView;

/** How to get from an index of one view to a line of its region. */
export class Track {
  readonly #view: View | null;
  readonly tracker: Tracker;
  /** Where the view begins, in elements from the first line of the map: line = (base + index) >>> shift. */
  readonly base: number;
  readonly shift: number;

  constructor(view: View | null, tracker: Tracker, base: number, shift: number) {
    this.#view = view;
    this.tracker = tracker;
    this.base = base;
    this.shift = shift;
  }

  /** Is this a track, and not what a proxy or a mock answers to everything? A private name asks without running their code. */
  static is(value: unknown): value is Track {
    return typeof value === "object" && value !== null && #view in value;
  }

  /** Is this the track of this very view? A property can be copied from one view to another. */
  static isOf(value: unknown, view: unknown): value is Track {
    // Reading a private field that is not there throws; for a track this is one compare, and anything else is rare.
    try {
      return (value as Track).#view === view;
    } catch {
      return false;
    }
  }

  /** Elements, or bytes of a DataView; 0 if the view is detached. */
  get length(): number {
    return isTypedArray(this.#view) ? lengthOf(this.#view) : measure(dataByteLength, this.#view);
  }
}

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
const getter = (prototype: object, name: string) =>
  Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => unknown;
const { apply, defineProperty } = Reflect;
const nextMicrotask = queueMicrotask;
const { isView } = ArrayBuffer;
const typedTag = getter(TypedArrayPrototype, Symbol.toStringTag as never);
const typedBuffer = getter(TypedArrayPrototype, "buffer");
const typedByteOffset = getter(TypedArrayPrototype, "byteOffset");
const typedByteLength = getter(TypedArrayPrototype, "byteLength");
const typedLength = getter(TypedArrayPrototype, "length");
const dataBuffer = getter(DataView.prototype, "buffer");
const dataByteOffset = getter(DataView.prototype, "byteOffset");
const dataByteLength = getter(DataView.prototype, "byteLength");

/** log2 of the bytes of an element; asked by the tag, for BYTES_PER_ELEMENT can be shadowed. */
const ELEMENT_SHIFT: Record<string, number> = {
  Int8Array: 0,
  Uint8Array: 0,
  Uint8ClampedArray: 0,
  Int16Array: 1,
  Uint16Array: 1,
  Float16Array: 1,
  Int32Array: 2,
  Uint32Array: 2,
  Float32Array: 2,
  Float64Array: 3,
  BigInt64Array: 3,
  BigUint64Array: 3,
};

/** What a getter of DataView gives, or 0 if the view is detached or out of bounds: only there does it throw. */
function measure(get: (this: unknown) => unknown, view: unknown): number {
  try {
    return apply(get, view, []) as number;
  } catch (error) {
    // Not a stack overflow: the barrier's answer would then be a guess.
    if (error instanceof TypeError) return 0;
    throw error;
  }
}

export const isTypedArray = (view: unknown): boolean => apply(typedTag, view, []) !== undefined;
export const lengthOf = (array: unknown): number => apply(typedLength, array, []) as number;

const tagOf = Function.prototype.call.bind(typedTag);
const elementsOf = Function.prototype.call.bind(typedLength);

export const bufferOf = (view: View): unknown =>
  apply(isTypedArray(view) ? typedBuffer : dataBuffer, view, []);
export const bytesOf = (view: View): number =>
  isTypedArray(view) ? (apply(typedByteLength, view, []) as number) : measure(dataByteLength, view);
export const byteOffsetOf = (view: View): number =>
  isTypedArray(view) ? (apply(typedByteOffset, view, []) as number) : measure(dataByteOffset, view);
export const elementBytesOf = (view: View): number => 2 ** (ELEMENT_SHIFT[tagOf(view) as string] ?? 0);

/** Is this `length` the one that every typed array inherits? */
export const isOwnLength = (get: unknown): boolean => get === typedLength;

/** Elements of a typed array, 0 of a DataView. */
export const typedLengthOf = (view: View): number =>
  tagOf(view) === undefined ? 0 : (elementsOf(view) as number);

/**
 * What a view that was never stored to answers when it is asked for its track. It stands on the prototypes, so that such a view
 * is told from a plain object by the same property read that finds the track of a known one.
 */
export const FRESH = new Track(null, undefined as never, 0, LINE_SHIFT);

const trackers = new WeakMap<object, Tracker>();
const refusals = new WeakMap<object, () => Error>();
const live = new Set<Tracker>();
/** Tracks of views that take no new property. */
const sealed = new WeakMap<View, Track>();

let open = 0;

export const anyRegion = (): boolean => open !== 0;

/** From now on stores into views of `buffer` are marked in `tracker`, and `refusal` says why it cannot be transferred. */
export function register(buffer: ArrayBuffer, tracker: Tracker, refusal: () => Error): void {
  trackers.set(buffer, tracker);
  refusals.set(buffer, refusal);
  live.add(tracker);
  open = live.size;
}

/** Why a buffer cannot be transferred: it is that of an open region. */
export function refusalOf(buffer: unknown): Error | undefined {
  const tracker = open === 0 ? undefined : trackers.get(buffer as object);
  return tracker !== undefined && live.has(tracker) ? refusals.get(buffer as object)?.() : undefined;
}

export function unregister(tracker: Tracker): void {
  live.delete(tracker);
  open = live.size;
  tracker.release();
}

/** Something was stored that no line is known for: every msync to come compares instead. */
export function suspectEverything(): void {
  for (const tracker of live) tracker.everythingSuspect = true;
}

let openSuspicions = 0;

/** The same, and user code will run before the store: msyncs until the current job ends do not settle it. */
export function suspectEverythingInThisJob(): void {
  openSuspicions++;
  nextMicrotask(() => {
    openSuspicions--;
    suspectEverything();
  });
}

/** A suspicion that msyncs do not settle either, until it is closed. */
export function openSuspicion(): void {
  openSuspicions++;
}

/** `found`: what was stored is marked by now, and nothing else was stored. */
export function closeSuspicion(found: boolean): void {
  openSuspicions--;
  if (!found) suspectEverything();
}

export function renewSuspicions(): void {
  if (openSuspicions > 0) suspectEverything();
}

/** A small view was stored to: every region has to look at its first line. */
export function suspectFirstLines(): void {
  for (const tracker of live) tracker.lineZeroSuspect = true;
}

/**
 * A view of at most one line at the start of its buffer can cover only the first line of a region. Such views are made by the
 * million (vectors, scratch numbers), and asking one for its buffer would move its elements off the V8 heap.
 */
export function isSmall(view: View): boolean {
  return isTypedArray(view)
    ? (apply(typedByteLength, view, []) as number) <= 64 && apply(typedByteOffset, view, []) === 0
    : measure(dataByteLength, view) <= 64 && measure(dataByteOffset, view) === 0;
}

/**
 * The track of a view, found by its buffer and then kept on the view, or undefined if it is of no region. Tracked or not, the
 * view gets the same property, not enumerable: sites that see both keep one shape.
 */
export function classify(view: View): Track | undefined {
  const known = sealed.get(view);
  if (known !== undefined) return known;
  const tag = apply(typedTag, view, []) as string | undefined;
  const typed = tag !== undefined;
  const tracker = trackers.get(apply(typed ? typedBuffer : dataBuffer, view, []) as object);
  let track: Track | undefined;
  if (tracker !== undefined) {
    const byteOffset = typed ? (apply(typedByteOffset, view, []) as number) : measure(dataByteOffset, view);
    const elementShift = typed ? (ELEMENT_SHIFT[tag] as number) : 0;
    const start = tracker.first * LINE_BYTES + byteOffset;
    track = new Track(view, tracker, start >>> elementShift, LINE_SHIFT - elementShift);
  }
  const kept = defineProperty(view, S, {
    value: track,
    enumerable: false,
    writable: false,
    configurable: true,
  });
  if (!kept && track !== undefined) sealed.set(view, track);
  return track;
}

for (const prototype of [TypedArrayPrototype, DataView.prototype])
  defineProperty(prototype, S, { value: FRESH, enumerable: false, writable: false, configurable: true });

/** A property that every DataView inherits and none has of its own: reading it tells compiled code what the receiver is. */
export const DATA_VIEW: unique symbol = Symbol("fams.view") as never;
defineProperty(DataView.prototype, DATA_VIEW, {
  value: true,
  enumerable: false,
  writable: false,
  configurable: true,
});

export { isView };
