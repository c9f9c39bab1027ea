/** What is known about a store before deciding what to do with it. */
import type { Reason } from "./diagnostics.js";
import type { Loop } from "./loops.js";
import type { Group } from "./runs.js";
import type { Activation, NameAssignment, Scope } from "./scope.js";
import type { Operand, Shape, Span } from "./syntax.js";

export type StoreForm = "assign" | "compound" | "logical" | "prefix" | "postfix" | "pattern" | "for-head";

export interface LocatedOperand {
  readonly span: Span;
  readonly operand: Operand;
}

export interface Site {
  readonly form: StoreForm;
  /** The whole assignment or update; in patterns and heads, the element. */
  readonly expression: Span;
  /** The member expression `base[key]`. */
  readonly element: Span;
  readonly base: LocatedOperand;
  readonly key: LocatedOperand;
  readonly value: Span | undefined;
  readonly scope: Scope;
  readonly activation: Activation;
  /** The innermost loop around it in the same activation. */
  readonly loop: Loop | undefined;
  /** The stores in a row that it is one of. */
  readonly group: Group | undefined;
  /** In how many keys of other sites of the same activation it stands: their base temporaries are live around it. */
  readonly depth: number;
  /** The expression is the first thing in its statement. */
  readonly startsStatement: boolean;
  readonly inWith: boolean;
  readonly ignored: boolean;
  /** The type oracle's reason for leaving it alone. */
  readonly typeReason: Reason | undefined;
  /** await or yield in one of its operands. */
  suspends: boolean;
  /** Direct eval in one of its operands. */
  evaluates: boolean;
}

export interface SiteOptions {
  readonly commonjs: boolean;
  readonly paranoid: boolean;
  /** Module specifiers of the barrier; a file that imports one is instrumented already. */
  readonly barriers: readonly string[];
  /** Nodes starting at these offsets hold no sites to instrument. */
  readonly ignore: ReadonlySet<number>;
  /** Nor does anything else in the file. */
  readonly ignoreFile: boolean;
}

export interface FoundSites {
  readonly sites: Site[];
  readonly assignments: NameAssignment[];
  readonly program: Activation;
  readonly importsBarrier: boolean;
  readonly hasDirectEval: boolean;
}

/** Whether a `let` for the site can be placed where eval, too, cannot reach it. */
export function canDeclare({ activation }: Site): boolean {
  return activation.place.is !== "none" && !activation.sloppyEval;
}

export function storeForm<N>(shape: Shape<N> & { is: "assign" | "update" }): StoreForm {
  if (shape.is === "update") return shape.prefix ? "prefix" : "postfix";
  if (shape.operator === "=") return "assign";
  return ["&&=", "||=", "??="].includes(shape.operator) ? "logical" : "compound";
}
