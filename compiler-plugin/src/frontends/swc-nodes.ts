/** Reading swc's tree. */
import type { Declarator, Operand, PatternPart, Span } from "../syntax.js";

/** swc's tree is plain JSON: a `type`, a `span` on most nodes, and children in any other field. */
export interface Node {
  readonly type: string;
  readonly span?: Span;
  readonly [field: string]: unknown;
}

/** Type-level wrappers and parentheses around a value or a target. */
export const WRAPPERS = new Set([
  "ParenthesisExpression",
  "TsAsExpression",
  "TsConstAssertion",
  "TsInstantiation",
  "TsNonNullExpression",
  "TsSatisfiesExpression",
  "TsTypeAssertion",
]);

export const FRESH = new Set([
  "ArrayExpression",
  "ArrowFunctionExpression",
  "ClassExpression",
  "FunctionExpression",
  "ObjectExpression",
  "RegExpLiteral",
  "TemplateLiteral",
]);

/** The nodes that hold statements, and the field they hold them in. */
export const STATEMENT_LISTS: ReadonlyMap<string, string> = new Map([
  ["BlockStatement", "stmts"],
  ["FunctionBody", "stmts"],
  ["Module", "body"],
  ["Script", "body"],
  ["TsModuleBlock", "body"],
]);

export const LOOPS = new Set([
  "DoWhileStatement",
  "ForInStatement",
  "ForOfStatement",
  "ForStatement",
  "WhileStatement",
]);

export function declarator(node: Node): Declarator<Node> {
  const name = child(node, "id");
  return { names: boundNames(name), init: name.type === "Identifier" ? optional(node, "init") : undefined };
}

/** The operands of `a + b + c + ...`, in order. */
export function leftNested(node: Node): Node[] {
  const operands: Node[] = [];
  let left = node;
  for (; left.type === "BinaryExpression"; left = child(left, "left")) operands.push(child(left, "right"));
  return [left, ...operands.reverse()];
}

export function patternParts(pattern: Node): PatternPart<Node>[] {
  const target = (node: Node): PatternPart<Node> => ({ target: true, node });
  const code = (node: Node | undefined): PatternPart<Node>[] =>
    present(node).map((it) => ({ target: false, node: it }));
  switch (pattern.type) {
    case "ArrayPattern":
      return nodes(pattern, "elements").map(target);
    case "ObjectPattern":
      return nodes(pattern, "properties").flatMap(patternParts);
    case "KeyValuePatternProperty":
      return [...code(child(pattern, "key")), target(child(pattern, "value"))];
    case "AssignmentPatternProperty":
      return [target(child(pattern, "key")), ...code(optional(pattern, "value"))];
    case "AssignmentPattern":
      return [target(child(pattern, "left")), ...code(child(pattern, "right"))];
    default:
      return [target(child(pattern, "argument"))];
  }
}

export function boundNames(pattern: Node | undefined): string[] {
  if (pattern === undefined) return [];
  if (pattern.type === "Identifier") return [pattern.value as string];
  return patternParts(pattern).flatMap((part) => (part.target ? boundNames(part.node) : []));
}

export function parameterPattern(parameter: Node): Node {
  if (parameter.type === "Parameter") return child(parameter, "pat");
  return parameter.type === "TsParameterProperty" ? child(parameter, "param") : parameter;
}

export function literal(node: Node): Operand | undefined {
  switch (node.type) {
    case "StringLiteral":
      return stringLiteral(node.value as string);
    case "TemplateLiteral":
      return stringLiteral(nodes(node, "quasis")[0]?.cooked as string);
    case "NumericLiteral":
      return { is: "literal", text: node.raw as string };
    case "BigIntLiteral":
      return { is: "literal", text: node.raw as string };
    case "BooleanLiteral":
      return { is: "literal", text: String(node.value) };
    case "NullLiteral":
      return { is: "literal", text: "null" };
    case "UnaryExpression": {
      const argument = child(node, "argument");
      return node.operator === "-" && argument.type === "NumericLiteral"
        ? { is: "literal", text: `-${argument.raw}` }
        : undefined;
    }
    default:
      return undefined;
  }
}

export function stringLiteral(string: string): Operand {
  return { is: "literal", text: JSON.stringify(string), string };
}

export function isPlainTemplate(node: Node): boolean {
  return node.type === "TemplateLiteral" && nodes(node, "expressions").length === 0;
}

export function argumentKind(node: Node): "number" | "numbers" | "other" {
  if (isNumber(node)) return "number";
  if (node.type !== "ArrayExpression") return "other";
  const elements = node.elements as ({ spread: unknown; expression: Node } | null)[];
  return elements.every((element) => element !== null && !element.spread && isNumber(element.expression))
    ? "numbers"
    : "other";
}

export function isNumber(node: Node): boolean {
  if (node.type === "UnaryExpression") return node.operator === "-" && isNumber(child(node, "argument"));
  return node.type === "NumericLiteral";
}

export function isStrict(body: readonly Node[]): boolean {
  for (const statement of body) {
    const text = directive(statement);
    if (text === undefined) return false;
    if (text.slice(1, -1) === "use strict") return true;
  }
  return false;
}

/** The raw text of a directive. Whether one follows another statement is for the caller to see. */
export function directive(statement: Node): string | undefined {
  if (statement.type !== "ExpressionStatement") return undefined;
  const expression = child(statement, "expression");
  return expression.type === "StringLiteral" ? (expression.raw as string) : undefined;
}

export function unwrap(node: Node): Node {
  let inner = node;
  while (WRAPPERS.has(inner.type)) inner = child(inner, "expression");
  return inner;
}

export function identifierName(node: Node, field = "identifier"): string | undefined {
  return optional(node, field)?.value as string | undefined;
}

export function child(node: Node, field: string): Node {
  return node[field] as Node;
}

export function optional(node: Node, field: string): Node | undefined {
  return (node[field] as Node | null | undefined) ?? undefined;
}

export function present(node: Node | undefined): Node[] {
  return node === undefined ? [] : [node];
}

export function nodes(node: Node, field: string): Node[] {
  return ((node[field] as (Node | null)[] | null | undefined) ?? []).filter((item) => item !== null);
}

/** Visits the nodes of a field: one, a list, or an object such as an argument that only holds one. */
export function each(value: object, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object" && item !== null) each(item, visit);
  } else if (typeof (value as Node).type === "string") {
    visit(value as Node);
  } else {
    for (const item of Object.values(value)) if (typeof item === "object" && item !== null) each(item, visit);
  }
}
