/**
 * The track of a receiver that cannot change while a loop runs is settled once, before the loop, for all its stores there.
 * Where there is any doubt the store reads it for itself.
 */
import type { Wrap } from "./edits.js";
import type { Loop } from "./loops.js";
import type { Names } from "./names.js";
import type { Activation, Binding } from "./scope.js";
import { canDeclare, type Site } from "./sites.js";
import type { Span } from "./syntax.js";

export class LoopTracks {
  readonly #code: string;
  readonly #names: Names;
  readonly #wraps: Wrap[];
  readonly #temporaries = new Map<Loop, Map<Binding, string>>();
  readonly #counts = new Map<Activation, number>();

  /** Puts the assignments before the loops into `wraps`. */
  constructor(code: string, names: Names, wraps: Wrap[]) {
    this.#code = code;
    this.#names = names;
    this.#wraps = wraps;
  }

  /** The temporary that holds the track of the site's receiver, if a loop around the site can settle it. */
  nameFor(site: Site): string | undefined {
    const { operand } = site.base;
    if (operand.is !== "identifier" || !canDeclare(site)) return undefined;
    const binding = site.scope.resolve(operand.name);
    if (binding === undefined || !changesOnlyInSight(binding, site)) return undefined;
    let outermost: Loop | undefined;
    for (let loop = site.loop; loop !== undefined; loop = loop.parent) {
      const sameName = loop.scope.resolve(operand.name) === binding;
      if (sameName && isInitialised(binding, loop) && !isWritten(binding, loop) && this.#canPrecede(loop))
        outermost = loop;
    }
    return outermost && this.#temporary(outermost, binding, operand.name, site.activation);
  }

  #temporary(loop: Loop, binding: Binding, receiver: string, activation: Activation): string {
    const known = this.#temporaries.get(loop)?.get(binding);
    if (known !== undefined) return known;
    const count = this.#counts.get(activation) ?? 0;
    this.#counts.set(activation, count + 1);
    const name = this.#names.track(count);
    activation.temporaries.add(name);
    this.#temporaries.set(loop, (this.#temporaries.get(loop) ?? new Map()).set(binding, name));
    const { barrier } = this.#names;
    // The comparison stands here because compiled code then knows that an array has no track, and drops the loop's barriers.
    const settle = `if (${name} === ${barrier}.F) ${name} = ${barrier}.t(${receiver});`;
    const before = `${name} = ${receiver}?.[${barrier}.S]; ${settle} `;
    this.#wraps.push({ ...loop.span, before, after: "" });
    return name;
  }

  /** A name after the statement `let`, which sloppy code can end with a line, would make it a declaration. */
  #canPrecede({ after }: Loop): boolean {
    return after === undefined || !this.#code.slice(0, after).endsWith("let");
  }
}

/** A local variable of the site's own function that no other code assigns to. */
function changesOnlyInSight(binding: Binding, site: Site): boolean {
  return binding.local !== undefined && binding.owner === site.scope.owner && !binding.assignedElsewhere;
}

/** Reading it before the loop cannot throw. */
function isInitialised({ local, declarations }: Binding, { span }: Loop): boolean {
  const hoisted = local === "var" || local === "parameter";
  return hoisted || declarations.every((offset) => offset < span.start);
}

function isWritten({ assignments, declarations }: Binding, { span }: Loop): boolean {
  return [assignments, declarations].some((offsets) => offsets.some((offset) => isWithin(offset, span)));
}

function isWithin(offset: number, { start, end }: Span): boolean {
  return offset >= start && offset < end;
}
