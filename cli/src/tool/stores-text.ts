/** Counts of stores in words. */

import type { StoreCounts } from "../report.cjs";
import { count } from "./layout.js";

export function sumStores(files: readonly { readonly stores: StoreCounts }[]): StoreCounts {
  const skipped: Record<string, number> = {};
  for (const { stores } of files) {
    for (const [reason, count] of Object.entries(stores.skipped))
      skipped[reason] = (skipped[reason] ?? 0) + count;
  }
  return { instrumented: files.reduce((sum, { stores }) => sum + stores.instrumented, 0), skipped };
}

/** A line for what was instrumented, and one for each reason to leave a store alone. */
export function storesText({ instrumented, skipped }: StoreCounts): string {
  const reasons = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  const left = reasons.reduce((sum, [, count]) => sum + count, 0);
  return [
    `${count(instrumented, "store")} with a barrier, ${left} left alone`,
    ...reasons.map(([reason, count]) => `  ${String(count).padStart(6)}  ${reason}`),
  ].join("\n");
}
