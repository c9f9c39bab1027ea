/** Calculations that move in proportion to one name, as far as their text tells. */
import type { Syntax } from "./syntax.js";

export interface Affine {
  /** The name that it moves with; undefined if it stands still. */
  readonly moving: string | undefined;
  /** By how much it moves when that name does by one. */
  readonly coefficient: number;
  /** What it is, if it is a number as it stands. */
  readonly constant?: number;
  /** The other names in it. */
  readonly still: readonly string[];
  /** The calculation with `name` in the place of the moving one. */
  text(name: string): string;
}

/**
 * Reads `node` as a calculation with numbers, in which at most one name, one of `names`, moves. If all its names stand for numbers, its
 * value goes up or down steadily as the moving one does: each operation keeps the order of what it rounds. undefined if it is
 * anything else.
 */
export function affine<N>(node: N, names: ReadonlySet<string>, syntax: Syntax<N>): Affine | undefined {
  const shape = syntax.arithmetic(node);
  switch (shape.is) {
    case "number":
      return number(shape.value);
    case "name":
      return names.has(shape.name)
        ? { moving: shape.name, coefficient: 1, still: [], text: (name) => name }
        : { moving: undefined, coefficient: 0, still: [shape.name], text: () => shape.name };
    case "operation": {
      const left = affine(shape.left, names, syntax);
      const right = left && affine(shape.right, names, syntax);
      return left && right && operation(shape.operator, left, right);
    }
    default:
      return undefined;
  }
}

function number(value: number): Affine {
  const text = value < 0 ? `(${value})` : String(value);
  return { moving: undefined, coefficient: 0, constant: value, still: [], text: () => text };
}

function operation(operator: string, left: Affine, right: Affine): Affine | undefined {
  if (left.moving !== undefined && right.moving !== undefined) return undefined;
  const coefficient = combine(operator, left, right);
  if (coefficient === undefined) return undefined;
  return {
    moving: left.moving ?? right.moving,
    coefficient,
    still: [...left.still, ...right.still],
    text: (name) => `(${left.text(name)} ${operator} ${right.text(name)})`,
  };
}

function combine(operator: string, left: Affine, right: Affine): number | undefined {
  if (left.moving === undefined && right.moving === undefined) return 0;
  if (operator === "+") return left.coefficient + right.coefficient;
  if (operator === "-") return left.coefficient - right.coefficient;
  const factor = left.constant ?? right.constant;
  return operator === "*" && factor !== undefined
    ? factor * (left.coefficient + right.coefficient)
    : undefined;
}
