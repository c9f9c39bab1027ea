/** Names for what the optimiser keeps, each used once in its activation. */
import type { Names } from "./names.js";
import type { Activation } from "./scope.js";

export type Kept = "track" | "batch" | "first" | "last";

export class Temporaries {
  readonly #names: Names;
  readonly #counts = new Map<Activation, Map<Kept, number>>();

  constructor(names: Names) {
    this.#names = names;
  }

  next(activation: Activation, kept: Kept): string {
    const counts = this.#counts.get(activation) ?? new Map<Kept, number>();
    this.#counts.set(activation, counts);
    const count = counts.get(kept) ?? 0;
    counts.set(kept, count + 1);
    const name = this.#names[kept](count);
    activation.temporaries.add(name);
    return name;
  }
}
