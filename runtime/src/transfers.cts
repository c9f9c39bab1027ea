/**
 * Transfers: what takes the memory from a buffer and gives it to another. A region's buffer is refused before anything is detached, for
 * what is stored through the other one would be seen by no msync.
 */

import { types } from "node:util";
import { anyRegion, bufferOf, isView, refusalOf } from "./registry.cjs";
import { type Native, namesOf, replace } from "./sink.cjs";

const { apply } = Reflect;
const { isArray } = Array;

function refuse(buffer: unknown): void {
  const error = refusalOf(buffer);
  if (error !== undefined) throw error;
}

/** The same list, read once: a list that is no array may be readable only once. */
function checked(list: unknown): unknown {
  if (typeof list !== "object" || list === null) return list;
  if (!isArray(list) && typeof (list as Partial<Iterable<unknown>>)[Symbol.iterator] !== "function")
    return list;
  const buffers = isArray(list) && !types.isProxy(list) ? list : [...(list as Iterable<unknown>)];
  for (const buffer of buffers) refuse(buffer);
  return buffers;
}

/** `{ transfer }`, or with `orList` the list itself. */
function checkedOptions(options: unknown, orList: boolean): unknown {
  if (typeof options !== "object" || options === null) return options;
  if (orList && Symbol.iterator in options) return checked(options);
  const { transfer } = options as { transfer?: unknown };
  return transfer === undefined ? options : { ...options, transfer: checked(transfer) };
}

/** A function of a value and what is to be transferred with it. */
function wrapPost(native: Native, orList: boolean): Native {
  return {
    method(this: unknown, ...args: unknown[]) {
      if (args.length > 1 && anyRegion()) args[1] = checkedOptions(args[1], orList);
      return apply(native, this, args);
    },
  }.method;
}

/** A method of streams of bytes that takes the buffer of a view. */
function wrapTake(native: Native): Native {
  return {
    method(this: unknown, ...args: unknown[]) {
      if (anyRegion() && isView(args[0])) refuse(bufferOf(args[0]));
      return apply(native, this, args);
    },
  }.method;
}

export function refuseTransfers(): void {
  replace(
    ArrayBuffer.prototype,
    namesOf(ArrayBuffer.prototype, /^transfer/),
    (native) =>
      ({
        method(this: unknown, ...args: unknown[]) {
          refuse(this);
          return apply(native, this, args);
        },
      }).method,
  );
  replace(globalThis, ["structuredClone"], (native) => wrapPost(native, false));
}

let channelsRefuse = false;

/** The same for what Node.js loads only when it is asked for; called when a region is opened. */
export function refuseTransfersByChannels(): void {
  if (channelsRefuse) return;
  channelsRefuse = true;
  replace(MessagePort.prototype, ["postMessage"], (native) => wrapPost(native, true));
  replace(ReadableByteStreamController.prototype, ["enqueue"], wrapTake);
  replace(ReadableStreamBYOBRequest.prototype, ["respondWithNewView"], wrapTake);
  replace(ReadableStreamBYOBReader.prototype, ["read"], (native) => {
    const read = wrapTake(native);
    return {
      async method(this: unknown, ...args: unknown[]) {
        return apply(read, this, args);
      },
    }.method;
  });
}
