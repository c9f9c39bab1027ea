/**
 * Built-ins that write into a view which they make by calling a constructor of the user's: a subclass can place what they make in a
 * region. Only the result tells where; so while user code may run every region is under suspicion, and then the result is marked.
 */

import { linesOfView } from "./mark.cjs";
import { anyRegion, closeSuspicion, isView, openSuspicion } from "./registry.cjs";
import { type Native, replace } from "./sink.cjs";
import { trackBehind } from "./sinks-objects.cjs";

const { apply, getPrototypeOf } = Reflect;
const { hasOwn } = Object;

const TypedArray = getPrototypeOf(Uint8Array) as { prototype: object };

/** The language's own typed arrays, and Buffer: their results are in memory of their own. */
const ordinary = new Set<unknown>([Array, undefined]);
for (const name of Object.getOwnPropertyNames(globalThis)) {
  if (!/^(Big)?(Ui|I)nt\d+(Clamped)?Array$|^Float\d+Array$/.test(name)) continue;
  const made = (globalThis as unknown as Record<string, { prototype: object }>)[name];
  ordinary.add(made);
  ordinary.add(made?.prototype);
}
ordinary.add(Buffer.prototype);

function callPlaced(native: Native, self: unknown, args: ArrayLike<unknown>): unknown {
  let found = false;
  openSuspicion();
  try {
    const result = apply(native, self, args);
    const track = trackBehind(result);
    if (track !== undefined) {
      const { first, last } = linesOfView(track);
      track.tracker.pushRange(first, last);
    }
    found = true;
    return result;
  } finally {
    closeSuspicion(found);
  }
}

/** `map` and its kin make their result by the constructor of the view. */
function wrapSpecies(native: Native): Native {
  return {
    method(this: unknown) {
      const placed =
        anyRegion() && isView(this) && (!ordinary.has(getPrototypeOf(this)) || hasOwn(this, "constructor"));
      // biome-ignore lint/complexity/noArguments: handed on as they are
      return placed ? callPlaced(native, this, arguments) : apply(native, this, arguments);
    },
  }.method;
}

/** `from` and `of` make it by their receiver. */
function wrapFactory(native: Native): Native {
  return {
    method(this: unknown) {
      const placed = !ordinary.has(this) && anyRegion();
      // biome-ignore lint/complexity/noArguments: handed on as they are
      return placed ? callPlaced(native, this, arguments) : apply(native, this, arguments);
    },
  }.method;
}

export function wrapResults(): void {
  replace(TypedArray.prototype, ["filter", "map", "slice"], wrapSpecies);
  replace(TypedArray, ["from", "of"], wrapFactory);
  replace(Array, ["from", "of"], wrapFactory);
}
