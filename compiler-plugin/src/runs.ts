/** Runs of statements that store, one after the other, into elements of the same receivers that stand close together. */
import { chainedStores, FAR, interrupts, type Store } from "./rounds.js";
import type { Span, Syntax } from "./syntax.js";

/** The stores of a run into one receiver, at `key + low` to `key + high`, or at `low` to `high`. */
export interface Group {
  readonly run: Span;
  /** Where the statement before the run ends. */
  readonly after: number | undefined;
  readonly key: string | undefined;
  readonly low: number;
  readonly high: number;
}

/** With fewer stores, a mark for each costs less than a common one. */
const ENOUGH = 3;

interface Offset {
  readonly base: string;
  readonly key: string | undefined;
  readonly offset: number;
  /** Where the element begins. */
  readonly element: number;
}

/** The groups of a statement list, by where their elements begin. No call comes between the stores of a run. */
export function* groupsIn<N>(
  statements: readonly N[],
  syntax: Syntax<N>,
): Generator<[element: number, group: Group]> {
  let run: { statement: N; store: Offset }[] = [];
  let after: number | undefined;
  let previous: N | undefined;
  for (const statement of statements) {
    const store = offsetStore(statement, syntax);
    if (store === undefined) {
      yield* groups(run, after, syntax);
      run = [];
    } else {
      if (run.length === 0) after = previous === undefined ? undefined : syntax.span(previous).end;
      run.push({ statement, store });
    }
    previous = statement;
  }
  yield* groups(run, after, syntax);
}

function* groups<N>(
  run: readonly { statement: N; store: Offset }[],
  after: number | undefined,
  syntax: Syntax<N>,
): Generator<[element: number, group: Group]> {
  if (run.length < ENOUGH) return;
  const [first, last] = [run[0], run.at(-1)] as { statement: N }[];
  const span = {
    start: syntax.span((first as { statement: N }).statement).start,
    end: syntax.span((last as { statement: N }).statement).end,
  };
  const together = new Map<string, Offset[]>();
  for (const { store } of run) {
    const name = `${store.base}[${store.key ?? ""}`;
    together.set(name, [...(together.get(name) ?? []), store]);
  }
  for (const stores of together.values()) {
    const offsets = stores.map(({ offset }) => offset).sort((a, b) => a - b);
    const near = offsets.every((offset, i) => i === 0 || offset - (offsets[i - 1] as number) <= FAR);
    if (stores.length < ENOUGH || !near) continue;
    const [low, high] = [offsets[0] as number, offsets.at(-1) as number];
    for (const { key, element } of stores) yield [element, { run: span, after, key, low, high }];
  }
}

/** The store that a statement is, if its key is an integer, or a name plus or minus one. */
function offsetStore<N>(statement: N, syntax: Syntax<N>): Offset | undefined {
  const expression = syntax.expressionOf(statement);
  if (expression === undefined) return undefined;
  const [store, inner] = chainedStores(expression, syntax);
  if (store === undefined || inner !== undefined || interrupts(expression, "call", syntax)) return undefined;
  const base = syntax.operand(store.base);
  const key = offsetKey(store, syntax);
  if (base.is !== "identifier" || key === undefined || !Number.isSafeInteger(key.offset)) return undefined;
  return { ...key, base: base.name, element: syntax.span(store.element).start };
}

function offsetKey<N>({ key }: Store<N>, syntax: Syntax<N>): Pick<Offset, "key" | "offset"> | undefined {
  const shape = syntax.arithmetic(key);
  if (shape.is === "number") return { key: undefined, offset: shape.value };
  if (shape.is === "name") return { key: shape.name, offset: 0 };
  if (shape.is !== "operation") return undefined;
  const [left, right] = [syntax.arithmetic(shape.left), syntax.arithmetic(shape.right)];
  if (left.is !== "name" || right.is !== "number") return undefined;
  if (shape.operator === "+") return { key: left.name, offset: right.value };
  return shape.operator === "-" ? { key: left.name, offset: -right.value } : undefined;
}
