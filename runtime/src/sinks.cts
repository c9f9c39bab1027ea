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
  encodingInto,
  filling,
  type Locate,
  randomising,
  settingBase64,
  settingHex,
  sorting,
  writing,
} from "./extents.cjs";
import { answerOf, type Native, namesOf, replace, wrapRange } from "./sink.cjs";
import { wrapNumberWriters } from "./sinks-numbers.cjs";
import { wrapObjectWriters } from "./sinks-objects.cjs";
import { wrapReads } from "./sinks-reads.cjs";
import { wrapResults } from "./sinks-results.cjs";
import { wrapSet } from "./sinks-set.cjs";
import { refuseTransfers } from "./transfers.cjs";

const { apply } = Reflect;

/** Locks are built on these: views of no region pay for nothing but the question. */
function wrapAtomic(native: Native): Native {
  const slowly = wrapRange(native, element, 0);
  const call = native as (...args: unknown[]) => unknown;
  return {
    method(view: unknown, at: unknown, x: unknown, y: unknown) {
      return answerOf(view) === undefined ? call(view, at, x, y) : apply(slowly, undefined, [view, at, x, y]);
    },
  }.method;
}

/** Wraps every sink of this realm; called once a process. */
export function wrapSinks(): void {
  wrapNumberWriters();
  wrapSet();
  wrapObjectWriters();
  wrapResults();
  wrapReads();
  refuseTransfers();

  const typed = Object.getPrototypeOf(Uint8Array.prototype) as object;
  const ranges: Record<string, Locate> = {
    fill: filling,
    copyWithin: copyingWithin,
    sort: sorting,
    reverse: all,
  };
  replace(typed, Object.keys(ranges), (native, name) => wrapRange(native, ranges[name] as Locate));

  const buffer = Buffer.prototype;
  replace(buffer, ["swap16", "swap32", "swap64"], (native) => wrapRange(native, all));
  replace(buffer, ["fill"], (native) => wrapRange(native, bufferFilling));
  replace(buffer, ["copy"], (native) => wrapRange(native, copyingTo, 0));
  replace(buffer, ["write"], (native) => wrapRange(native, writing()));
  replace(buffer, namesOf(buffer, /^(ascii|base64|base64url|hex|latin1|ucs2|utf8)Write$/), (native, name) =>
    wrapRange(native, writing(name.slice(0, -"Write".length) as BufferEncoding)),
  );

  replace(Uint8Array.prototype, ["setFromHex"], (native) => wrapRange(native, settingHex));
  replace(Uint8Array.prototype, ["setFromBase64"], (native) => wrapRange(native, settingBase64));
  replace(TextEncoder.prototype, ["encodeInto"], (native) => wrapRange(native, encodingInto, 1));
  replace(Object.getPrototypeOf(crypto), ["getRandomValues"], (native) => wrapRange(native, randomising, 0));

  const atomics = ["add", "and", "compareExchange", "exchange", "or", "store", "sub", "xor"];
  replace(Atomics, atomics, wrapAtomic);
}
