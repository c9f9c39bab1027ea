/** What `region.touch` is told to mark. */

import { FamsError } from "./errors.js";
import { bufferOf, byteOffsetOf, bytesOf } from "./registry.cjs";

const invalid = (what: string): FamsError => new FamsError("ERR_FAMS_INVALID_ARGUMENT", what);

const isIndex = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;

/** Bytes of `buffer`: those of a view, or `length` from `place` on. */
export function parseTouch(
  buffer: ArrayBuffer,
  place: unknown,
  length: unknown,
): { offset: number; bytes: number } {
  if (ArrayBuffer.isView(place)) {
    if (bufferOf(place) !== buffer) throw invalid("the view is not one of region.buffer");
    if (length !== undefined)
      throw invalid("a view is touched as a whole; give an offset and a length instead");
    return { offset: byteOffsetOf(place), bytes: bytesOf(place) };
  }
  if (!isIndex(place)) throw invalid("the first argument is neither a view nor an offset in bytes");
  if (!isIndex(length)) throw invalid("the length is not a number of bytes");
  if (place + length > buffer.byteLength)
    throw invalid(
      `bytes ${place} to ${place + length} are not all in the region of ${buffer.byteLength} bytes`,
    );
  return { offset: place, bytes: length };
}
