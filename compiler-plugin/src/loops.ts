/** The loops of a program that an assignment can be put before. */
import { type Rounds, roundsOf } from "./rounds.js";
import type { Scope } from "./scope.js";
import type { Span, Syntax } from "./syntax.js";

export interface LoopPlace {
  /** With its labels. */
  readonly span: Span;
  /** Where the statement before it ends. */
  readonly after: number | undefined;
  /** What it stores in each of its rounds. */
  readonly rounds: () => Rounds | undefined;
}

export interface Loop extends LoopPlace {
  /** The scope that it stands in. */
  readonly scope: Scope;
  /** The next such loop around it in the same activation. */
  readonly parent: Loop | undefined;
}

/** The loops that stand directly in a statement list, behind their labels or without. */
export function* loopsIn<N>(
  statements: readonly N[],
  syntax: Syntax<N>,
): Generator<[loop: N, place: LoopPlace]> {
  let previous: N | undefined;
  for (const statement of statements) {
    const loop = syntax.loop(statement);
    const after = previous === undefined ? undefined : syntax.span(previous).end;
    if (loop !== undefined) {
      yield [loop, { span: syntax.span(statement), after, rounds: once(() => roundsOf(loop, syntax)) }];
    }
    previous = statement;
  }
}

/** Most loops are never asked. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
