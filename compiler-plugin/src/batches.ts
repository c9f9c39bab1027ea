/**
 * Stores that are marked together when the loop or the run of statements that they stand in ends, by one range: see the runtime's
 * batches. A batch is opened in front of that stretch and closed in a `finally`, so on every way out of it.
 */
import type { Wrap } from "./edits.js";
import type { Loop } from "./loops.js";
import type { LoopTracks } from "./optimise.js";
import type { LoopCounter, SteadyKey } from "./rounds.js";
import type { Binding } from "./scope.js";
import { canDeclare, type Site } from "./sites.js";
import { canPrecede, isInitialised, isStable, isWithin, ownVariable, type Stretch } from "./stability.js";
import type { Span } from "./syntax.js";
import type { Temporaries } from "./temporaries.js";

/** Before the first store upwards, and downwards: small integers on the other side of any key that is stored to first. */
const BELOW = "-2147483648";
const ABOVE = "2147483647";

interface Batch {
  readonly span: Span;
  readonly name: string;
  readonly receiver: string;
  readonly track: string;
  /** The barrier's method that ends it. */
  readonly close: "c" | "w";
  /** Runs before the batch is opened. */
  before: string;
  /** The keys of a loop's stores that are noted. */
  readonly keys: Set<string>;
  /** The arguments of its marks. */
  readonly marks: string[];
}

export class Batches {
  readonly #code: string;
  readonly #barrier: string;
  readonly #temporaries: Temporaries;
  readonly #wraps: Wrap[];
  readonly #tracks: LoopTracks;
  readonly #batches = new Map<string, Batch>();
  readonly #firsts = new Map<LoopCounter, string>();

  constructor(code: string, barrier: string, temporaries: Temporaries, wraps: Wrap[], tracks: LoopTracks) {
    this.#code = code;
    this.#barrier = barrier;
    this.#temporaries = temporaries;
    this.#wraps = wraps;
    this.#tracks = tracks;
  }

  /** Leaves the mark of the site's store to a batch, if it can. */
  take(site: Site): boolean {
    const { operand } = site.base;
    if (operand.is !== "identifier" || !canDeclare(site)) return false;
    return this.#takeIntoLoop(site, operand.name) || this.#takeIntoRun(site, operand.name);
  }

  /** Edits what stands around the loops and runs; called once, after all sites. */
  finish(): void {
    const barrier = this.#barrier;
    for (const { span, name, receiver, track, close, before, marks } of this.#batches.values()) {
      const method = (i: number) => (i === marks.length - 1 ? close : "m");
      const calls = marks.map((args, i) => `${barrier}.${method(i)}(${name}, ${args});`);
      const open = `${before}${name} = ${barrier}.o(${receiver}, ${track}); try { `;
      this.#wraps.push({ ...span, before: open, after: ` } finally { ${calls.join(" ")} }` });
    }
  }

  #takeIntoLoop(site: Site, receiver: string): boolean {
    const { loop } = site;
    const key = loop?.rounds()?.keys.get(site.element.start);
    if (loop === undefined || key === undefined || !canPrecede(loop, this.#code)) return false;
    const counter = ownVariable(key.counter.name, site);
    if (counter === undefined || !onlyCounts(counter, key.counter, loop)) return false;
    if (![receiver, ...key.still].every((name) => isOwnAndStable(name, site, loop))) return false;
    const batch = this.#batch(site, receiver, { span: loop.span, close: "c", loop });
    // The first of several stores at one key notes it for all.
    const text = key.text(key.counter.name);
    if (batch.keys.has(text)) return true;
    batch.keys.add(text);
    const last = this.#temporaries.next(site.activation, "last");
    this.#wraps.push({ ...site.key.span, before: `${last} = `, after: "" });
    const first = this.#firstKey(key, site, batch);
    const up = key.step > 0;
    batch.before += `${last} = ${up ? BELOW : ABOVE}; `;
    batch.marks.push(up ? `${first}, ${last}` : `${last}, ${first}`);
    return true;
  }

  #takeIntoRun(site: Site, receiver: string): boolean {
    const { group } = site;
    if (group === undefined) return false;
    const run = { ...group, span: group.run, scope: site.scope };
    const names = group.key === undefined ? [receiver] : [receiver, group.key];
    if (!canPrecede(run, this.#code) || !names.every((name) => isFixed(name, site, run))) return false;
    const close = group.key === undefined ? "c" : "w";
    const batch = this.#batch(site, receiver, { ...run, close });
    const key = group.key === undefined ? "" : `${group.key}, `;
    if (batch.marks.length === 0) batch.marks.push(`${key}${group.low}, ${group.high}`);
    return true;
  }

  #batch(
    site: Site,
    receiver: string,
    { span, close, key, loop }: Pick<Batch, "span" | "close"> & { key?: string | undefined; loop?: Loop },
  ): Batch {
    const id = `${span.start} ${receiver} ${key ?? ""}`;
    const known = this.#batches.get(id);
    if (known !== undefined) return known;
    const track = this.#tracks.nameFor(site, loop) ?? `${receiver}?.[${this.#barrier}.S]`;
    const name = this.#temporaries.next(site.activation, "batch");
    const batch: Batch = { span, name, receiver, track, close, before: "", keys: new Set(), marks: [] };
    this.#batches.set(id, batch);
    return batch;
  }

  /** What gives the loop's first key again. A name that is no number would not move with its counter, or run code. */
  #firstKey(key: SteadyKey, site: Site, batch: Batch): string {
    const { first } = key.counter;
    const value = first?.text ?? this.#firstValue(key.counter, site, batch);
    const moves = key.text(value);
    const unsure = first?.text === undefined && moves !== value ? [value, ...key.still] : key.still;
    return [...unsure.map((name) => `typeof ${name} == "number"`), moves].join(" && ");
  }

  /** The temporary that holds the counter's first value. */
  #firstValue(counter: LoopCounter, site: Site, batch: Batch): string {
    const known = this.#firsts.get(counter);
    if (known !== undefined) return known;
    const name = this.#temporaries.next(site.activation, "first");
    this.#firsts.set(counter, name);
    if (counter.first === undefined) batch.before += `${name} = ${counter.name}; `;
    else this.#wraps.push({ ...counter.first.span, before: `${name} = `, after: "" });
    return name;
  }
}

/** Is the counter given its first value by the head of the loop, or before, changed by the head's last part, and by nothing else? */
function onlyCounts(binding: Binding, { name, update, first, init }: LoopCounter, loop: Loop): boolean {
  const declared = binding.declarations.filter((offset) => isWithin(offset, loop.span));
  const assigned = binding.assignments.filter(
    (offset) => isWithin(offset, loop.span) && !isWithin(offset, update),
  );
  const byHead = declared.length + assigned.length;
  if (byHead > 0)
    return byHead === 1 && first !== undefined && isWithin([...declared, ...assigned][0] as number, init);
  return first === undefined && loop.scope.resolve(name) === binding && isInitialised(binding, loop.span);
}

function isOwnAndStable(name: string, site: Site, stretch: Stretch): boolean {
  const binding = ownVariable(name, site);
  return binding !== undefined && isStable(binding, name, stretch);
}

/** The same, or a constant of the code around: the run begins with reading it, so that its barrier may, too. */
function isFixed(name: string, site: Site, stretch: Stretch): boolean {
  const binding = site.scope.resolve(name);
  const constant =
    binding?.local === "const" && !binding.assignedElsewhere && binding.owner !== site.scope.owner;
  return constant || isOwnAndStable(name, site, stretch);
}
