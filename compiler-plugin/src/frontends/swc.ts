/** The neutral view of what @swc/core parses. */
import { type ParseOptions, parseSync } from "@swc/core";
import { InstrumentError } from "../errors.js";
import type { ModuleFormat } from "../instrument.js";
import {
  type Declarator,
  type FunctionShape,
  type NewExpression,
  NOTHING,
  type Operand,
  OTHER,
  type PatternPart,
  type Shape,
  type Span,
  type Syntax,
  type Target,
  type VariableKind,
} from "../syntax.js";
import { utf16Offsets } from "./byte-offsets.js";

/** swc's tree is plain JSON: a `type`, a `span` on most nodes, and children in any other field. */
interface Node {
  readonly type: string;
  readonly span?: Span;
  readonly [field: string]: unknown;
}

/** Type-level wrappers and parentheses around a value or a target. */
const WRAPPERS = new Set([
  "ParenthesisExpression",
  "TsAsExpression",
  "TsConstAssertion",
  "TsInstantiation",
  "TsNonNullExpression",
  "TsSatisfiesExpression",
  "TsTypeAssertion",
]);

/** The nodes of TypeScript that run; all others are types. */
const RUNNING = new Set([...WRAPPERS, "TsExportAssignment", "TsModuleBlock", "TsParameterProperty"]);

const FRESH = new Set([
  "ArrayExpression",
  "ArrowFunctionExpression",
  "ClassExpression",
  "FunctionExpression",
  "ObjectExpression",
  "RegExpLiteral",
  "TemplateLiteral",
]);

const NO_SPAN: Span = { start: -1, end: -1 };

export function parseWithSwc(
  text: string,
  options: { filename: string; format?: ModuleFormat },
): Syntax<object> {
  const root = parse(text, options);
  return new SwcSyntax(text, root, options.format) as Syntax<object>;
}

function parse(text: string, { filename, format }: { filename: string; format?: ModuleFormat }): Node {
  const language: ParseOptions = /\.[mc]?tsx?$/.test(filename)
    ? { syntax: "typescript", tsx: filename.endsWith("x"), decorators: true, target: "esnext" }
    : { syntax: "ecmascript", jsx: true, decorators: true, autoAccessors: true, target: "esnext" };
  let failure: unknown;
  for (const isModule of moduleKinds(filename, format)) {
    try {
      return parseSync(text, { ...language, isModule } as ParseOptions & {
        isModule: true;
      }) as unknown as Node;
    } catch (error) {
      failure ??= error;
    }
  }
  throw parseError(String((failure as Error).message), filename, failure);
}

/** What to parse the file as, in order of likelihood. Text on its way to CommonJS may still be written as a module. */
function moduleKinds(filename: string, format: ModuleFormat | undefined): readonly unknown[] {
  if (format === "module" || /\.m[jt]s$/.test(filename)) return [true];
  return format === "commonjs" || /\.c[jt]s$/.test(filename)
    ? ["commonjs", "unknown"]
    : ["unknown", "commonjs"];
}

/** swc tells positions only in the drawing that is its message: numbered source lines, carets under the place. */
function parseError(message: string, filename: string, cause: unknown): InstrumentError {
  const summary = /^\s*x\s+(.*)$/m.exec(message)?.[1] ?? message;
  const drawing = /^ *(\d+) \|.*\n *: ( *)[\^|]/m.exec(message);
  const line = drawing === null ? undefined : Number(drawing[1]);
  const where =
    line === undefined ? { filename } : { filename, line, column: (drawing?.[2] ?? "").length + 1 };
  return new InstrumentError("ERR_FAMS_PARSE", summary, where, { cause });
}

class SwcSyntax implements Syntax<Node> {
  readonly root: Node;
  readonly module: boolean;
  readonly strict: boolean;
  readonly statements: Span | undefined;
  readonly #offset: (position: number) => number;

  constructor(text: string, root: Node, format: ModuleFormat | undefined) {
    this.root = root;
    this.#offset = utf16Offsets(text);
    this.module = root.type === "Module";
    const body = nodes(root, "body");
    this.strict = this.module || format === "module" || isStrict(body);
    this.statements = this.#statements(body, text.length);
  }

  span(node: Node): Span {
    if (node.span === undefined) return NO_SPAN;
    return { start: this.#offset(node.span.start), end: this.#offset(node.span.end) };
  }

  children(node: Node, visit: (child: Node) => void): void {
    for (const field in node) {
      const value = node[field];
      if (typeof value === "object" && value !== null && field !== "span") each(value, visit);
    }
  }

  shape(node: Node): Shape<Node> {
    switch (node.type) {
      case "Identifier":
        return { is: "identifier", name: node.value as string };
      case "AssignmentExpression":
        return {
          is: "assign",
          operator: node.operator as string,
          target: child(node, "left"),
          value: child(node, "right"),
        };
      case "UpdateExpression":
        return { is: "update", prefix: node.prefix as boolean, target: child(node, "argument") };
      case "ForInStatement":
      case "ForOfStatement":
        return child(node, "left").type === "VariableDeclaration"
          ? { is: "scope", declares: [] }
          : { is: "forEach", head: child(node, "left"), rest: [child(node, "right"), child(node, "body")] };
      case "ExpressionStatement":
        return { is: "expressionStatement" };
      case "BlockStatement":
      case "ForStatement":
      case "SwitchStatement":
        return { is: "scope", declares: [] };
      case "CatchClause":
        return { is: "scope", declares: boundNames(optional(node, "param")) };
      case "WithStatement":
        return { is: "with", object: child(node, "object"), body: child(node, "body") };
      case "AwaitExpression":
      case "YieldExpression":
        return { is: "suspend" };
      case "CallExpression":
        return callShape(node);
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "ClassMethod":
      case "PrivateMethod":
      case "Constructor":
      case "MethodProperty":
      case "GetterProperty":
      case "SetterProperty":
      case "StaticBlock":
        return this.#functionShape(node);
      case "ClassProperty":
      case "PrivateProperty":
      case "AutoAccessor":
        return node.declare === true
          ? NOTHING
          : {
              is: "initialisers",
              declares: undefined,
              outside: [...nodes(node, "decorators"), child(node, "key")],
              values: present(optional(node, "value")),
            };
      default:
        return declarationShape(node, this);
    }
  }

  target(node: Node): Target<Node> {
    const inner = unwrap(node);
    switch (inner.type) {
      case "Identifier":
        return { is: "identifier", name: inner.value as string };
      case "MemberExpression":
      case "SuperPropExpression": {
        const property = child(inner, inner.type === "MemberExpression" ? "property" : "property");
        if (property.type !== "Computed") return { is: "other" };
        const base = inner.type === "MemberExpression" ? child(inner, "object") : child(inner, "obj");
        return { is: "element", node: inner, base, key: child(property, "expression") };
      }
      case "ArrayPattern":
      case "ObjectPattern":
      case "AssignmentPattern":
      case "RestElement":
        return { is: "pattern", parts: patternParts(inner) };
      default:
        return { is: "other" };
    }
  }

  operand(node: Node): Operand {
    const inner = unwrap(node);
    switch (inner.type) {
      case "ThisExpression":
        return { is: "this" };
      case "Super":
        return { is: "super" };
      case "Identifier":
        return { is: "identifier", name: inner.value as string };
      default:
        if (FRESH.has(inner.type) && !isPlainTemplate(inner)) return { is: "fresh" };
        return literal(inner) ?? { is: "expression", sequence: node.type === "SequenceExpression" };
    }
  }

  newExpression(node: Node): NewExpression | undefined {
    const inner = unwrap(node);
    if (inner.type !== "NewExpression" || child(inner, "callee").type !== "Identifier") return undefined;
    const args = (inner.arguments as { spread: unknown; expression: Node }[] | null) ?? [];
    return {
      callee: child(inner, "callee").value as string,
      args: args.map(({ spread, expression }) => (spread ? "other" : argumentKind(expression))),
    };
  }

  #functionShape(node: Node): FunctionShape<Node> | typeof NOTHING {
    const code = (node.function as Node | undefined) ?? node;
    const body = optional(code, "body");
    if (body === undefined) return NOTHING;
    const arrow = node.type === "ArrowFunctionExpression";
    const expressionBody = arrow && body.stmts === undefined;
    const statements = nodes(body, "stmts");
    const parameters = [...nodes(code, "params"), ...present(optional(node, "param"))];
    const decorated = [...nodes(node, "decorators"), ...(code === node ? [] : nodes(code, "decorators"))];
    const parameterDecorators = parameters.flatMap((parameter) => nodes(parameter, "decorators"));
    return {
      is: "function",
      arrow,
      declares: node.type === "FunctionDeclaration" ? identifierName(node) : undefined,
      ownName: node.type === "FunctionExpression" ? identifierName(node) : undefined,
      outside: [...decorated, ...parameterDecorators, ...present(optional(node, "key"))],
      parameters: parameters.map(parameterPattern),
      parameterNames: parameters.flatMap((parameter) => boundNames(parameterPattern(parameter))),
      body,
      expressionBody,
      strict: isStrict(statements),
      statements: this.#statements(statements, this.span(body).end),
    };
  }

  /** @internal */
  namespaceShape(node: Node): Shape<Node> {
    let body = optional(node, "body");
    while (body?.type === "TsNamespaceDeclaration") body = optional(body, "body");
    if (node.declare === true || node.global === true || body === undefined) return NOTHING;
    const statements = this.#statements(nodes(body, "body"), this.span(body).end);
    return { is: "namespace", declares: identifierName(node, "id"), body, statements };
  }

  #statements(body: readonly Node[], end: number): Span | undefined {
    const first = body.find((statement) => directive(statement) === undefined);
    return first === undefined ? undefined : { start: this.#start(first), end };
  }

  /** A decorated class begins with its decorators, wherever its span does. */
  #start(statement: Node): number {
    const declared = optional(statement, "declaration") ?? optional(statement, "decl") ?? statement;
    return Math.min(...[statement, ...nodes(declared, "decorators")].map((node) => this.span(node).start));
  }
}

function declarationShape(node: Node, syntax: SwcSyntax): Shape<Node> {
  switch (node.type) {
    case "VariableDeclaration":
      return node.declare === true
        ? NOTHING
        : {
            is: "variables",
            kind: node.kind as VariableKind,
            declarators: nodes(node, "declarations").map(declarator),
          };
    // `using` declarations bind constants.
    case "UsingDeclaration":
      return { is: "variables", kind: "const", declarators: nodes(node, "decls").map(declarator) };
    case "ClassDeclaration":
      return node.declare === true
        ? NOTHING
        : { is: "class", declares: identifierName(node), ownName: identifierName(node) };
    case "ClassExpression":
      return { is: "class", declares: undefined, ownName: identifierName(node) };
    case "ExportDefaultDeclaration": {
      const name = identifierName(child(node, "decl"));
      return name === undefined ? OTHER : { is: "declaration", name };
    }
    case "ImportDeclaration": {
      const specifiers = nodes(node, "specifiers");
      return {
        is: "import",
        module: child(node, "source").value as string,
        names: specifiers.map((specifier) => child(specifier, "local").value as string),
        namespace: specifiers.some((specifier) => specifier.type === "ImportNamespaceSpecifier"),
      };
    }
    case "TsImportEqualsDeclaration":
      return { is: "declaration", name: child(node, "id").value as string };
    case "TsEnumDeclaration":
      return node.declare === true
        ? NOTHING
        : {
            is: "initialisers",
            declares: identifierName(node, "id"),
            outside: [],
            values: nodes(node, "members").flatMap((member) => present(optional(member, "init"))),
          };
    case "TsModuleDeclaration":
      return syntax.namespaceShape(node);
    default:
      return node.type.startsWith("Ts") && !RUNNING.has(node.type) ? NOTHING : OTHER;
  }
}

function callShape(node: Node): Shape<Node> {
  const callee = child(node, "callee");
  if (callee.type !== "Identifier") return OTHER;
  if (callee.value === "eval") return { is: "eval" };
  const [first] = node.arguments as { expression: Node }[];
  return callee.value === "require" && first?.expression.type === "StringLiteral"
    ? { is: "require", module: first.expression.value as string }
    : OTHER;
}

function declarator(node: Node): Declarator<Node> {
  const name = child(node, "id");
  return { names: boundNames(name), init: name.type === "Identifier" ? optional(node, "init") : undefined };
}

function patternParts(pattern: Node): PatternPart<Node>[] {
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

function boundNames(pattern: Node | undefined): string[] {
  if (pattern === undefined) return [];
  if (pattern.type === "Identifier") return [pattern.value as string];
  return patternParts(pattern).flatMap((part) => (part.target ? boundNames(part.node) : []));
}

function parameterPattern(parameter: Node): Node {
  if (parameter.type === "Parameter") return child(parameter, "pat");
  return parameter.type === "TsParameterProperty" ? child(parameter, "param") : parameter;
}

function literal(node: Node): Operand | undefined {
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

function stringLiteral(string: string): Operand {
  return { is: "literal", text: JSON.stringify(string), string };
}

function isPlainTemplate(node: Node): boolean {
  return node.type === "TemplateLiteral" && nodes(node, "expressions").length === 0;
}

function argumentKind(node: Node): "number" | "numbers" | "other" {
  if (isNumber(node)) return "number";
  if (node.type !== "ArrayExpression") return "other";
  const elements = node.elements as ({ spread: unknown; expression: Node } | null)[];
  return elements.every((element) => element !== null && !element.spread && isNumber(element.expression))
    ? "numbers"
    : "other";
}

function isNumber(node: Node): boolean {
  if (node.type === "UnaryExpression") return node.operator === "-" && isNumber(child(node, "argument"));
  return node.type === "NumericLiteral";
}

function isStrict(body: readonly Node[]): boolean {
  for (const statement of body) {
    const text = directive(statement);
    if (text === undefined) return false;
    if (text.slice(1, -1) === "use strict") return true;
  }
  return false;
}

/** The raw text of a directive. Whether one follows another statement is for the caller to see. */
function directive(statement: Node): string | undefined {
  if (statement.type !== "ExpressionStatement") return undefined;
  const expression = child(statement, "expression");
  return expression.type === "StringLiteral" ? (expression.raw as string) : undefined;
}

function unwrap(node: Node): Node {
  let inner = node;
  while (WRAPPERS.has(inner.type)) inner = child(inner, "expression");
  return inner;
}

function identifierName(node: Node, field = "identifier"): string | undefined {
  return optional(node, field)?.value as string | undefined;
}

function child(node: Node, field: string): Node {
  return node[field] as Node;
}

function optional(node: Node, field: string): Node | undefined {
  return (node[field] as Node | null | undefined) ?? undefined;
}

function present(node: Node | undefined): Node[] {
  return node === undefined ? [] : [node];
}

function nodes(node: Node, field: string): Node[] {
  return ((node[field] as (Node | null)[] | null | undefined) ?? []).filter((item) => item !== null);
}

/** Visits the nodes of a field: one, a list, or an object such as an argument that only holds one. */
function each(value: object, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object" && item !== null) each(item, visit);
  } else if (typeof (value as Node).type === "string") {
    visit(value as Node);
  } else {
    for (const item of Object.values(value)) if (typeof item === "object" && item !== null) each(item, visit);
  }
}
