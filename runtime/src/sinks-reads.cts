/**
 * Built-ins of Node's that fill a view with bytes from elsewhere: reads of files, random bytes, sockets that read into a buffer of the
 * user's. The lines are marked when the bytes have arrived, before the program hears of it.
 */

import crypto from "node:crypto";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import {
  type Parse,
  type Place,
  placeOfRandom,
  placeOfRead,
  placesOfReadv,
  reachOfPlaces,
  written,
} from "./places.cjs";
import { anyRegion, closeSuspicion, isView, openSuspicion } from "./registry.cjs";
import { applyOpen, type Native, type Reach, replace } from "./sink.cjs";
import type { LineRange } from "./tracker.cjs";

const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

const mark = (reaches: readonly Reach[]): void => {
  for (const { tracker, first, last } of reaches) tracker.pushRange(first, last);
};

/** The part of some places that was written, from the result of a call. */
type Count = (places: readonly Place[], result: unknown, fd: unknown) => readonly Place[];

const whole: Count = (places) => places;

/** A built-in that has filled its places when it returns. */
function wrapSync(native: Native, parse: Parse, count: Count): Native {
  const callUnknown = (self: unknown, args: unknown[]): unknown => {
    openSuspicion();
    try {
      return apply(native, self, args);
    } finally {
      closeSuspicion(false);
    }
  };
  return {
    method(this: unknown, ...args: unknown[]) {
      if (!anyRegion()) return apply(native, this, args);
      const places = parse(args);
      if (places === undefined) return callUnknown(this, args);
      const reaches = reachOfPlaces(places, false);
      return reaches.length === 0
        ? apply(native, this, args)
        : applyOpen(reaches, native, this, args, (result) =>
            reachOfPlaces(count(places, result, args[0]), false),
          );
    },
  }.method;
}

/** Bytes under way. */
class Flight {
  readonly #places: readonly Place[] | undefined;
  readonly #expected: { reach: Reach; range: LineRange }[];

  private constructor(places: readonly Place[] | undefined, reaches: readonly Reach[]) {
    this.#places = places;
    this.#expected = reaches.map((reach) => ({ reach, range: reach.tracker.expectRange(reach) }));
    if (places === undefined) openSuspicion();
  }

  /** Undefined if no byte can get into a region. */
  static start(places: readonly Place[] | undefined): Flight | undefined {
    const reaches = places === undefined ? [] : reachOfPlaces(places, true);
    return places !== undefined && reaches.length === 0 ? undefined : new Flight(places, reaches);
  }

  land(narrow: (places: readonly Place[]) => readonly Place[]): void {
    if (this.#places !== undefined) mark(reachOfPlaces(narrow(this.#places), true));
    this.cancel();
  }

  cancel(): void {
    if (this.#places === undefined) closeSuspicion(false);
    for (const { reach, range } of this.#expected) reach.tracker.dropExpected(range);
  }
}

/** A built-in that tells a callback, which is the argument that `callbackAt` says. */
function wrapCallback(
  native: Native,
  parse: Parse,
  count: Count,
  callbackAt: (args: readonly unknown[]) => number,
): Native {
  return {
    method(this: unknown, ...args: unknown[]) {
      const at = callbackAt(args);
      const callback = args[at];
      const flight =
        anyRegion() && typeof callback === "function" ? Flight.start(parse(args.slice(0, at))) : undefined;
      if (flight === undefined) return apply(native, this, args);
      args[at] = function (this: unknown, ...results: unknown[]) {
        flight.land((places) => (results[0] ? places : count(places, results[1], args[0])));
        return apply(callback as Native, this, results);
      };
      try {
        return apply(native, this, args);
      } catch (error) {
        flight.cancel();
        throw error;
      }
    },
  }.method;
}

/** A method of FileHandle: resolves with `{ bytesRead }`. */
function wrapPromise(native: Native, parse: Parse): Native {
  return {
    async method(this: { fd?: unknown }, ...args: unknown[]) {
      const flight = anyRegion() ? Flight.start(parse(args)) : undefined;
      let bytes: unknown;
      try {
        const result = (await apply(native, this, args)) as { bytesRead: number };
        bytes = result.bytesRead;
        return result;
      } finally {
        flight?.land((places) => written(places, bytes, this?.fd));
      }
    },
  }.method as Native;
}

/** The class of file handles can be had from a file handle only. */
function wrapOpen(native: Native): Native {
  let wrapped = false;
  return {
    async method(this: unknown, ...args: unknown[]) {
      const handle = (await apply(native, this, args)) as object;
      if (wrapped) return handle;
      wrapped = true;
      const prototype = getPrototypeOf(handle) as object;
      replace(prototype, ["read"], (read) => wrapPromise(read, placeOfRead));
      replace(prototype, ["readv"], (readv) => wrapPromise(readv, placesOfReadv));
      return handle;
    },
  }.method;
}

const afterFirst =
  (parse: Parse): Parse =>
  ([, ...rest]) =>
    parse(rest);

function wrapFiles(): void {
  const read = afterFirst(placeOfRead);
  const readv = afterFirst(placesOfReadv);
  replace(fs, ["readSync"], (native) => wrapSync(native, read, written));
  replace(fs, ["readvSync"], (native) => wrapSync(native, readv, written));
  replace(fs, ["read"], (native) =>
    wrapCallback(native, read, written, ({ length }) => (length <= 4 ? length - 1 : 5)),
  );
  replace(fs, ["readv"], (native) => wrapCallback(native, readv, written, (args) => (args[3] ? 3 : 2)));
  replace(fs.promises, ["open"], wrapOpen);
}

function wrapRandom(): void {
  replace(crypto, ["randomFillSync"], (native) => wrapSync(native, placeOfRandom, whole));
  replace(crypto, ["randomFill"], (native) =>
    wrapCallback(native, placeOfRandom, whole, (args) => {
      const at = args.findIndex((arg) => typeof arg === "function");
      return at < 0 ? args.length : at;
    }),
  );
}

interface OnRead {
  buffer: unknown;
  callback: (this: unknown, bytes: number, view: unknown) => unknown;
}

/** Options of a socket whose `onread` marks what has arrived. */
function withMarks(options: unknown): unknown {
  const { onread } = (options ?? {}) as { onread?: OnRead | null };
  const callback = onread?.callback;
  if (typeof options !== "object" || typeof callback !== "function") return options;
  const marking = function (this: unknown, bytes: number, view: unknown) {
    if (anyRegion() && isView(view)) mark(reachOfPlaces([{ view, from: 0, count: bytes }], true));
    return apply(callback, this, [bytes, view]);
  };
  return Object.assign(Object.create(getPrototypeOf(options as object)), options, {
    onread: { buffer: onread?.buffer, callback: marking },
  });
}

function wrapSockets(): void {
  const connect = (native: Native): Native =>
    ({
      method(this: unknown, ...args: unknown[]) {
        args[0] = withMarks(args[0]);
        return apply(native, this, args);
      },
    }).method as Native;
  replace(net, ["connect", "createConnection"], connect);

  const { Socket } = net;
  const marking = new Proxy(Socket, {
    construct: (target, [options, ...rest], newTarget) =>
      construct(target, [withMarks(options), ...rest], newTarget) as net.Socket,
    // Classes of the older kind call it on themselves; so does TLSSocket.
    apply: (target, self, [options, ...rest]) => apply(target, self, [withMarks(options), ...rest]),
  });
  for (const name of ["Socket", "Stream"])
    defineProperty(net, name, { ...getOwnPropertyDescriptor(net, name), value: marking });
  const own = getOwnPropertyDescriptor(Socket.prototype, "constructor");
  defineProperty(Socket.prototype, "constructor", { ...own, value: marking });
}

export function wrapReads(): void {
  wrapFiles();
  wrapRandom();
  wrapSockets();
  syncBuiltinESMExports();
}
