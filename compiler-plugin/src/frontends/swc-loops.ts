/** What swc's tree says about counting loops and calculations. */
import {
  ARITHMETIC,
  type Arithmetic,
  type Counter,
  type ForShape,
  type Interruption,
  type Span,
} from "../syntax.js";
import { child, identifierName, type Node, nodes, optional, present, unwrap } from "./swc-nodes.js";

const CALLS = new Set([
  "AwaitExpression",
  "ClassDeclaration",
  "ClassExpression",
  "ForOfStatement",
  "JSXElement",
  "JSXFragment",
  "NewExpression",
  "TaggedTemplateExpression",
  "UsingDeclaration",
  "YieldExpression",
]);

export function forShape(loop: Node, span: (node: Node) => Span): ForShape<Node> | undefined {
  if (loop.type !== "ForStatement") return undefined;
  const init = optional(loop, "init");
  const start = span(loop).start;
  return {
    counters: expressions(optional(loop, "update")).flatMap((update) => counter(update, init, span)),
    init: init === undefined ? { start, end: start } : span(init),
    body: child(loop, "body"),
  };
}

function counter(update: Node, init: Node | undefined, span: (node: Node) => Span): Counter<Node>[] {
  const target = update.type === "UpdateExpression" ? child(update, "argument") : optional(update, "left");
  const step = stepOf(update);
  if (target?.type !== "Identifier" || step === undefined) return [];
  const name = target.value as string;
  return [{ name, step, update: span(update), first: firstValue(init, name) }];
}

function stepOf(update: Node): number | undefined {
  const sign = update.operator === "++" || update.operator === "+=" ? 1 : -1;
  if (update.type === "UpdateExpression") return sign;
  if (update.type !== "AssignmentExpression" || !["+=", "-="].includes(update.operator as string))
    return undefined;
  const by = arithmetic(child(update, "right"));
  return by.is === "number" ? sign * by.value : undefined;
}

function firstValue(init: Node | undefined, name: string): Node | undefined {
  if (init?.type === "VariableDeclaration") {
    const named = nodes(init, "declarations").filter((it) => identifierName(it, "id") === name);
    return named.length === 1 ? optional(named[0] as Node, "init") : undefined;
  }
  const assigned = expressions(init).filter(
    (it) => it.type === "AssignmentExpression" && it.operator === "=" && identifierName(it, "left") === name,
  );
  return assigned.length === 1 ? child(assigned[0] as Node, "right") : undefined;
}

function expressions(node: Node | undefined): Node[] {
  return node?.type === "SequenceExpression" ? nodes(node, "expressions") : present(node);
}

export function arithmetic(node: Node): Arithmetic<Node> {
  const inner = unwrap(node);
  switch (inner.type) {
    case "NumericLiteral":
      return { is: "number", value: inner.value as number };
    case "Identifier":
      return { is: "name", name: inner.value as string };
    case "UnaryExpression": {
      const negated = arithmetic(child(inner, "argument"));
      return inner.operator === "-" && negated.is === "number"
        ? { is: "number", value: -negated.value }
        : { is: "other" };
    }
    case "BinaryExpression": {
      const operator = inner.operator as string;
      if (!ARITHMETIC.has(operator)) return { is: "other" };
      return { is: "operation", operator, left: child(inner, "left"), right: child(inner, "right") };
    }
    default:
      return { is: "other" };
  }
}

export function interruption(node: Node): Interruption | undefined {
  if (node.type === "ContinueStatement") return "continue";
  if (node.type === "CallExpression") return isMath(child(node, "callee")) ? undefined : "call";
  return CALLS.has(node.type) ? "call" : undefined;
}

function isMath(callee: Node): boolean {
  return callee.type === "MemberExpression" && identifierName(callee, "object") === "Math";
}
