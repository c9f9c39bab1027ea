/** Random operations that a store and a `Map` go through side by side, so that the map says what the store must hold. */
import type { Random } from "../support/random.ts";
import { StoreError } from "./errors.ts";
import type { KeyValueStore } from "./store.ts";

/** `value` undefined means delete. */
export interface Operation {
  key: string;
  value: Uint8Array | undefined;
}

/** From 0 bytes to several pages, most of them small, so that records change class often. */
const VALUE_LIMITS = [1, 20, 120, 120, 120, 120, 120, 120, 120, 700, 700, 4_000, 20_000, 100_000];

/** Arbitrary bytes, of which every value is a piece. */
const POOL = new Uint8Array(2 ** 18);
for (let i = 0, mixed = 1; i < POOL.length; i++) {
  mixed = Math.imul(mixed, 1_664_525) + 1_013_904_223;
  POOL[i] = mixed >>> 24;
}

/** An operation on one of `keys` keys; 30 % delete. */
export function randomOperation(random: Random, keys: number): Operation {
  const key = keyText(random.below(keys));
  if (random.fraction() < 0.3) return { key, value: undefined };
  const length = random.below(VALUE_LIMITS[random.below(VALUE_LIMITS.length)]);
  const start = random.below(POOL.length - length);
  return { key, value: POOL.slice(start, start + length) };
}

/** The empty key, ASCII, other scripts, and long ones, all different. */
function keyText(index: number): string {
  if (index === 0) return "";
  if (index % 97 === 0) return `${"long ".repeat(100)}${index}`;
  if (index % 7 === 0) return `ключ-鍵-🔑-${index}`;
  return `key-${index}`;
}

/** True if done, false if the store had no room, in which case nothing has changed. */
export function applyToStore(store: KeyValueStore, { key, value }: Operation): boolean {
  try {
    if (value === undefined) store.delete(key);
    else store.set(key, value);
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.code === "ERR_KV_FULL") return false;
    throw error;
  }
}

export type Model = Map<string, Uint8Array>;

export function applyToModel(model: Model, { key, value }: Operation): void {
  if (value === undefined) model.delete(key);
  else model.set(key, value);
}

/** The first way in which the store differs from the model, or undefined. */
export function difference(store: KeyValueStore, model: Model): string | undefined {
  if (store.size !== model.size) return `the store counts ${store.size} records, expected ${model.size}`;
  for (const [key, value] of model) {
    const found = store.get(key);
    if (found === undefined) return `"${key}" is lost`;
    if (Buffer.compare(found, value) !== 0) return `"${key}" has another value`;
  }
  for (const key of store.keys()) {
    if (!model.has(key)) return `"${key}" should not be there`;
  }
  return undefined;
}
