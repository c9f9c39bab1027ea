/** Which buffers belong to a region of this thread, and which views of them have been seen. */

import { LINE_SHIFT, Tracker } from "./tracker.cjs";

/** The key of a view's track. Reading it is the only thing that instrumented code does to its receivers. */
export const S: unique symbol = Symbol("fams.track") as never;

export type View = ArrayBufferView;

/** How to get from an index of one view to a line of its region. */
export class Track {
  readonly view: View | null;
  readonly tracker: Tracker;
  readonly marks: Uint8Array;
  /** Byte offset of the view in elements, so that line = (base + index) >>> shift. */
  readonly base: number;
  readonly shift: number;
  /** No user object can pass for a track, whatever it answers when it is asked for `S`. */
  readonly #brand = true;

  constructor(view: View | null, tracker: Tracker, base: number, shift: number) {
    this.view = view;
    this.tracker = tracker;
    this.marks = tracker.marks;
    this.base = base;
    this.shift = shift;
  }

  static is(value: unknown): value is Track {
    return typeof value === "object" && value !== null && #brand in value && value.#brand;
  }
}

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object;
const getter = (prototype: object, name: string) =>
  Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => unknown;
const { apply, defineProperty } = Reflect;
const { isView } = ArrayBuffer;
const typedTag = getter(TypedArrayPrototype, Symbol.toStringTag as never);
const typedBuffer = getter(TypedArrayPrototype, "buffer");
const typedByteOffset = getter(TypedArrayPrototype, "byteOffset");
const typedByteLength = getter(TypedArrayPrototype, "byteLength");
const typedLength = getter(TypedArrayPrototype, "length");
const dataBuffer = getter(DataView.prototype, "buffer");
const dataByteOffset = getter(DataView.prototype, "byteOffset");
const dataByteLength = getter(DataView.prototype, "byteLength");

export const isTypedArray = (view: unknown): boolean => apply(typedTag, view, []) !== undefined;
export const lengthOf = (array: unknown): number => apply(typedLength, array, []) as number;

/**
 * What a view that was never stored to answers when it is asked for its track. It stands on the prototypes, so that such a view
 * is told from a plain object by the same property read that finds the track of a known one.
 */
export const FRESH = new Track(null, new Tracker(0), 0, LINE_SHIFT);

const trackers = new WeakMap<object, Tracker>();
const live = new Set<Tracker>();
/** Tracks of views that take no new property. */
const sealed = new WeakMap<View, Track>();

export const anyRegion = (): boolean => live.size !== 0;

/** From now on stores into views of `buffer` are marked in `tracker`. */
export function register(buffer: ArrayBuffer, tracker: Tracker): void {
  trackers.set(buffer, tracker);
  live.add(tracker);
}

export function unregister(tracker: Tracker): void {
  live.delete(tracker);
}

/** Something was stored that no line is known for: every msync to come compares instead. */
export function suspectEverything(): void {
  for (const tracker of live) tracker.everythingSuspect = true;
}

let smallViewStored = false;

export function suspectLineZero(): void {
  smallViewStored = true;
}

/** Hands what small views left behind to every region; called before a region looks at its tracker. */
export function settleSuspicions(): void {
  if (!smallViewStored) return;
  smallViewStored = false;
  for (const tracker of live) tracker.lineZeroSuspect = true;
}

/**
 * A view of at most one line at the start of its buffer can cover only line 0 of a region. Such views are made by the million
 * (vectors, scratch numbers), and asking one for its buffer would move its elements off the V8 heap.
 */
export function isSmall(view: View): boolean {
  return isTypedArray(view)
    ? (apply(typedByteLength, view, []) as number) <= 64 && apply(typedByteOffset, view, []) === 0
    : (apply(dataByteLength, view, []) as number) <= 64 && apply(dataByteOffset, view, []) === 0;
}

/**
 * The track of a view, found by its buffer and then kept on the view, or undefined if it is of no region. Tracked or not, the
 * view gets the same property, not enumerable: sites that see both keep one shape.
 */
export function classify(view: View): Track | undefined {
  const known = sealed.get(view);
  if (known !== undefined) return known;
  const typed = isTypedArray(view);
  const tracker = trackers.get(apply(typed ? typedBuffer : dataBuffer, view, []) as object);
  let track: Track | undefined;
  if (tracker !== undefined) {
    const byteOffset = apply(typed ? typedByteOffset : dataByteOffset, view, []) as number;
    const bytes = typed ? (view as Uint8Array).BYTES_PER_ELEMENT : 1;
    track = new Track(view, tracker, byteOffset / bytes, LINE_SHIFT - Math.log2(bytes));
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

export { isView };
