export { checkStore, type StoreUsage } from "./check.ts";
export { StoreError, type StoreErrorCode } from "./errors.ts";
export { MAX_BYTES } from "./layout.ts";
export { KeyValueStore } from "./store.ts";
