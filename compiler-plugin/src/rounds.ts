/**
 * The stores that a counting loop performs in each of its rounds, at keys that move steadily with a counter: together they touch one
 * range of elements, from the first key to the last.
 */
import { type Affine, affine } from "./affine.js";
import type { Counter, Span, Syntax } from "./syntax.js";

export interface SteadyKey extends Affine {
  readonly counter: LoopCounter;
  /** By how much the key moves from round to round, not 0. */
  readonly step: number;
}

export interface LoopCounter extends Pick<Counter<unknown>, "name" | "update"> {
  /** The part of the loop's head before the first semicolon. */
  readonly init: Span;
  /** Where the head gives it its first value, and that value if it is a number as it stands. */
  readonly first: { readonly span: Span; readonly text: string | undefined } | undefined;
}

export interface Rounds {
  /** The keys, by where their elements begin. */
  readonly keys: ReadonlyMap<number, SteadyKey>;
}

/** Elements that are further apart need not share lines: a range would take in lines that are not stored to. */
export const FAR = 8;

/**
 * undefined for loops in which a call may run msync: for that one everything that the loop may yet store to would be dirty. (It may be run
 * by a getter, too, which no text shows: that is rare, and no store is lost.)
 */
export function roundsOf<N>(loop: N, syntax: Syntax<N>): Rounds | undefined {
  const shape = syntax.forShape(loop);
  if (shape === undefined || shape.counters.length === 0 || interrupts(loop, "call", syntax))
    return undefined;
  const counters = new Map(
    shape.counters.map((counter) => [
      counter.name,
      { ...counter, is: loopCounter(counter, shape.init, syntax) },
    ]),
  );
  const names = new Set(counters.keys());
  const keys = new Map<number, SteadyKey>();
  for (const { element, key } of unconditionalStores(shape.body, syntax)) {
    const moves = affine(key, names, syntax);
    const counter = moves?.moving === undefined ? undefined : counters.get(moves.moving);
    if (moves === undefined || counter === undefined) continue;
    const step = moves.coefficient * counter.step;
    if (step === 0 || !(Math.abs(step) <= FAR)) continue;
    keys.set(syntax.span(element).start, { ...moves, step, counter: counter.is });
  }
  return keys.size === 0 ? undefined : { keys };
}

function loopCounter<N>({ name, update, first }: Counter<N>, init: Span, syntax: Syntax<N>): LoopCounter {
  if (first === undefined) return { name, update, init, first: undefined };
  const value = affine(first, new Set(), syntax);
  const text = value?.constant === undefined ? undefined : value.text("");
  return { name, update, init, first: { span: syntax.span(first), text } };
}

export interface Store<N> {
  readonly element: N;
  readonly base: N;
  readonly key: N;
}

/** The stores that are performed whenever control comes to the end of `body`, and nowhere skipped by `continue`. */
function* unconditionalStores<N>(body: N, syntax: Syntax<N>): Generator<Store<N>> {
  for (const statement of syntax.statementList(body) ?? [body]) {
    const expression = syntax.expressionOf(statement);
    if (expression !== undefined) yield* chainedStores(expression, syntax);
    else if (syntax.statementList(statement) !== undefined) yield* unconditionalStores(statement, syntax);
    if (interrupts(statement, "continue", syntax)) return;
  }
}

/** `a[i] = b[j] = x` stores twice. */
export function* chainedStores<N>(expression: N, syntax: Syntax<N>): Generator<Store<N>> {
  const shape = syntax.shape(expression);
  if (shape.is !== "assign" && shape.is !== "update") return;
  if (shape.is === "assign" && ["&&=", "||=", "??="].includes(shape.operator)) return;
  const target = syntax.target(shape.target);
  if (target.is === "element") yield { element: target.node, base: target.base, key: target.key };
  if (shape.is === "assign") yield* chainedStores(shape.value, syntax);
}

/** Is there a call, or a `continue`, in the code of `node` itself, not counting the functions in it? */
export function interrupts<N>(node: N, by: "call" | "continue", syntax: Syntax<N>): boolean {
  if (syntax.interruption(node) === by) return true;
  const shape = syntax.shape(node);
  if (shape.is === "function") return false;
  if (shape.is === "operands") return shape.nodes.some((operand) => interrupts(operand, by, syntax));
  let found = false;
  syntax.children(node, (child) => {
    found ||= interrupts(child, by, syntax);
  });
  return found;
}
