/**
 * The track of a receiver that cannot change while a loop runs is settled once, before the loop, for all its stores there.
 * Where there is any doubt the store reads it for itself.
 */
import type { Wrap } from "./edits.js";
import type { Loop } from "./loops.js";
import type { Binding } from "./scope.js";
import type { Site } from "./sites.js";
import { canPrecede, isStable, ownVariable } from "./stability.js";
import type { Temporaries } from "./temporaries.js";

export class LoopTracks {
  readonly #code: string;
  readonly #barrier: string;
  readonly #temporaries: Temporaries;
  readonly #wraps: Wrap[];
  readonly #settled = new Map<Loop, Map<Binding, string>>();

  /** Puts the assignments before the loops into `wraps`. */
  constructor(code: string, barrier: string, temporaries: Temporaries, wraps: Wrap[]) {
    this.#code = code;
    this.#barrier = barrier;
    this.#temporaries = temporaries;
    this.#wraps = wraps;
  }

  /** The temporary that holds the track of the site's receiver, if a loop around the site, outside `inner` if given, can settle it. */
  nameFor(site: Site, inner?: Loop): string | undefined {
    const { operand } = site.base;
    if (operand.is !== "identifier") return undefined;
    const binding = ownVariable(operand.name, site);
    if (binding === undefined) return undefined;
    let outermost: Loop | undefined;
    for (let loop = site.loop; loop !== undefined; loop = loop.parent) {
      if (isStable(binding, operand.name, loop) && canPrecede(loop, this.#code)) outermost = loop;
    }
    if (outermost === undefined || outermost === inner) return undefined;
    return this.#settle(outermost, binding, operand.name, site);
  }

  #settle(loop: Loop, binding: Binding, receiver: string, site: Site): string {
    const known = this.#settled.get(loop)?.get(binding);
    if (known !== undefined) return known;
    const name = this.#temporaries.next(site.activation, "track");
    this.#settled.set(loop, (this.#settled.get(loop) ?? new Map()).set(binding, name));
    const barrier = this.#barrier;
    // The comparison stands here because compiled code then knows that an array has no track, and drops the loop's barriers.
    const settle = `if (${name} === ${barrier}.F) ${name} = ${barrier}.t(${receiver});`;
    const before = `${name} = ${receiver}?.[${barrier}.S]; ${settle} `;
    this.#wraps.push({ ...loop.span, before, after: "" });
    return name;
  }
}
