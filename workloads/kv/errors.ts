/**
 * - `ERR_KV_FULL`: no room for the record; the store holds what it held before the call. Delete records or use a larger region.
 * - `ERR_KV_KEY`: the key has a lone surrogate, which UTF-8 cannot express, so two keys could become one.
 * - `ERR_KV_FORMAT`: the memory holds something else, or a store of another version or another size.
 * - `ERR_KV_CORRUPT`: found by `checkStore`: the message names the broken invariant.
 */
export type StoreErrorCode = "ERR_KV_FULL" | "ERR_KV_KEY" | "ERR_KV_FORMAT" | "ERR_KV_CORRUPT";

export class StoreError extends Error {
  override name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
