/**
 * The neutral view of a program's syntax. A front end answers for its own nodes (N) in these words; everything
 * that decides about stores is written once, against them. Positions are UTF-16 offsets into the source text.
 */

import type { Reason } from "./diagnostics.js";

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How a file is loaded. */
export type ModuleFormat = "module" | "commonjs";

/** A base or key that a barrier may have to name a second time. */
export type Operand =
  | { readonly is: "this" | "super" }
  | { readonly is: "identifier"; readonly name: string }
  /** `text` evaluates to the same primitive wherever it stands; `string` is its value if it is a string. */
  | { readonly is: "literal"; readonly text: string; readonly string?: string }
  /** An object made on the spot: no other code can have placed it in a region. */
  | { readonly is: "fresh" }
  | { readonly is: "expression"; readonly sequence: boolean };

/** What an assignment writes to, with parentheses and type wrappers taken off. */
export type Target<N> =
  | { readonly is: "identifier"; readonly name: string }
  | { readonly is: "element"; readonly node: N; readonly base: N; readonly key: N }
  | { readonly is: "pattern"; readonly parts: readonly PatternPart<N>[] }
  | { readonly is: "other" };

/** A part of a destructuring pattern, in evaluation order: a target, or code such as a default or a computed name. */
export interface PatternPart<N> {
  readonly target: boolean;
  readonly node: N;
}

export type VariableKind = "var" | "let" | "const";

export interface Declarator<N> {
  readonly names: readonly string[];
  /** The initial value, where the declarator is one plain name. */
  readonly init: N | undefined;
}

/** `new Name(...)`, each argument told as a numeric literal, an array literal of those, or anything else. */
export interface NewExpression {
  readonly callee: string;
  readonly args: readonly ("number" | "numbers" | "other")[];
}

export interface FunctionShape<N> {
  readonly is: "function";
  /** Arrows have no `arguments` of their own. */
  readonly arrow: boolean;
  /** Bound in the scope around the function. */
  readonly declares: string | undefined;
  /** Bound inside the function: the own name of a function expression. */
  readonly ownName: string | undefined;
  /** Evaluated around the function, not in it: a method's computed name, decorators. */
  readonly outside: readonly N[];
  readonly parameters: readonly N[];
  readonly parameterNames: readonly string[];
  readonly body: N | undefined;
  readonly expressionBody: boolean;
  readonly strict: boolean;
  /** From the first statement that is no directive to the end of the body; undefined when there is none. */
  readonly statements: Span | undefined;
}

export type Shape<N> =
  /** Nothing special: look at the children. */
  | { readonly is: "other" }
  /** Types and ambient declarations: nothing in them runs. */
  | { readonly is: "nothing" }
  | { readonly is: "identifier"; readonly name: string }
  | { readonly is: "assign"; readonly operator: string; readonly target: N; readonly value: N }
  | { readonly is: "update"; readonly prefix: boolean; readonly target: N }
  /** for-of, for-in or for-await whose head is a target, not a declaration. */
  | { readonly is: "forEach"; readonly head: N; readonly rest: readonly N[] }
  /** The operands of binary operators that nest to the left; generated code has thousands in a row. */
  | { readonly is: "operands"; readonly nodes: readonly N[] }
  | { readonly is: "expressionStatement" }
  /** A block scope; `declares` are bindings made by the node itself (a catch parameter). */
  | { readonly is: "scope"; readonly declares: readonly string[] }
  /** One block scope for all cases; the subject is evaluated outside it. */
  | { readonly is: "switch"; readonly subject: N; readonly cases: readonly N[] }
  | { readonly is: "class"; readonly declares: string | undefined; readonly ownName: string | undefined }
  /** The initialisers of a class field or an enum: code that runs as a function of its own but has no block. */
  | {
      readonly is: "initialisers";
      readonly declares: string | undefined;
      readonly outside: readonly N[];
      readonly values: readonly N[];
    }
  | {
      readonly is: "namespace";
      readonly declares: string | undefined;
      readonly body: N;
      readonly statements: Span | undefined;
    }
  | { readonly is: "variables"; readonly kind: VariableKind; readonly declarators: readonly Declarator<N>[] }
  | {
      readonly is: "import";
      readonly module: string;
      /** Bindings that the other module may assign to at any time. */
      readonly live: readonly string[];
      readonly namespace: string | undefined;
    }
  | { readonly is: "require"; readonly module: string }
  /** Names of the file that other modules see. */
  | { readonly is: "export"; readonly names: readonly string[] }
  | { readonly is: "declaration"; readonly name: string }
  | { readonly is: "with"; readonly object: N; readonly body: N }
  | { readonly is: "eval" }
  /** await or yield. */
  | { readonly is: "suspend" }
  | FunctionShape<N>;

/** A name that the head of a `for` statement steps by a constant. */
export interface Counter<N> {
  readonly name: string;
  readonly step: number;
  readonly update: Span;
  /** What the head lets it begin with; undefined if it says nothing about it. */
  readonly first: N | undefined;
}

export interface ForShape<N> {
  readonly counters: readonly Counter<N>[];
  /** The part of the head before the first semicolon, empty if there is nothing. */
  readonly init: Span;
  readonly body: N;
}

/** What a calculation consists of; the operators of `operation` make numbers of numbers. */
export type Arithmetic<N> =
  | { readonly is: "number"; readonly value: number }
  | { readonly is: "name"; readonly name: string }
  | { readonly is: "operation"; readonly operator: string; readonly left: N; readonly right: N }
  | { readonly is: "other" };

/** What may come between the stores of a loop or a list of statements: a call of a function of the program, or a `continue`. */
export type Interruption = "call" | "continue";

/** Why a receiver known by its type needs no barrier; undefined when it may be a view. */
export type TypeOracle<N> = (element: { node: N; base: N; key: N }) => Reason | undefined;

/** One parsed file. */
export interface Syntax<N> {
  readonly root: N;
  /** The file has syntax that only a module may have. */
  readonly module: boolean;
  readonly strict: boolean;
  /** From the first statement that is no directive to the end of the text; undefined when there is none. */
  readonly statements: Span | undefined;
  span(node: N): Span;
  shape(node: N): Shape<N>;
  target(node: N): Target<N>;
  operand(node: N): Operand;
  newExpression(node: N): NewExpression | undefined;
  /** What a file, a body or a block holds directly; a `case` does not count. */
  statementList(node: N): readonly N[] | undefined;
  /** The loop that a statement is, behind its labels. */
  loop(statement: N): N | undefined;
  /** What a `for` statement counts; undefined for other nodes. */
  forShape(loop: N): ForShape<N> | undefined;
  /** The expression that a statement consists of. */
  expressionOf(statement: N): N | undefined;
  arithmetic(node: N): Arithmetic<N>;
  /** Does the node itself, not its children, interrupt? */
  interruption(node: N): Interruption | undefined;
  children(node: N, visit: (child: N) => void): void;
  readonly oracle?: TypeOracle<N>;
}

/** The operators of `Arithmetic`. */
export const ARITHMETIC: ReadonlySet<string> = new Set([
  "+",
  "-",
  "*",
  "/",
  "%",
  "**",
  "&",
  "|",
  "^",
  "<<",
  ">>",
  ">>>",
]);

export const OTHER = { is: "other" } as const;
export const NOTHING = { is: "nothing" } as const;
