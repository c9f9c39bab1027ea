/** `%TypedArray%.prototype.set`, which programs call as often as they store. */

import { setting } from "./extents.cjs";
import { isView, S, Track, typedLengthOf } from "./registry.cjs";
import { type Native, replace, uncurry, wrapRange } from "./sink.cjs";
import { MARKS } from "./tracker.cjs";

const { isOf } = Track;
// Constants of this module, which compiled code takes for constants.
const marks = MARKS;
const track: symbol = S;
const prototype = Object.getPrototypeOf(Uint8Array.prototype) as { set: Native };
const set = uncurry(prototype.set);
const setSlowly = uncurry(wrapRange(prototype.set, setting));

type Receiver = Record<symbol, unknown> | null | undefined;

/** Marks what a call with a typed array as source will write; false if it is another call. */
function marked(view: Receiver, source: unknown, offset: unknown): boolean {
  const answer = view?.[track];
  if (answer === undefined) return isView(view);
  const at = offset === undefined ? 0 : offset;
  if (!isOf(answer, view) || typeof at !== "number" || at >>> 0 !== at || !isView(source)) return false;
  // 0 for a DataView as well, which is no source of elements.
  const length = typedLengthOf(source);
  if (length === 0) return false;
  const first = (answer.base + at) >>> answer.shift;
  const last = (answer.base + at + length - 1) >>> answer.shift;
  if (last - first > 1) answer.tracker.pushRange(first, last);
  else {
    if (marks[first] === 0) answer.tracker.push(first);
    if (marks[last] === 0) answer.tracker.push(last);
  }
  return true;
}

export function wrapSet(): void {
  replace(prototype, ["set"], () => {
    return {
      method(this: Receiver, source: unknown, offset: unknown) {
        return marked(this, source, offset) ? set(this, source, offset) : setSlowly(this, source, offset);
      },
    }.method as Native;
  });
}
