/** The neutral view of swc's tree. */
import {
  type Arithmetic,
  type ForShape,
  type FunctionShape,
  type Interruption,
  type ModuleFormat,
  type NewExpression,
  NOTHING,
  type Operand,
  OTHER,
  type Shape,
  type Span,
  type Syntax,
  type Target,
  type VariableKind,
} from "../syntax.js";
import { utf16Offsets } from "./byte-offsets.js";
import { arithmetic, forShape, interruption } from "./swc-loops.js";
import {
  argumentKind,
  boundNames,
  child,
  declarator,
  directive,
  each,
  FRESH,
  identifierName,
  isPlainTemplate,
  isStrict,
  LOOPS,
  leftNested,
  literal,
  type Node,
  nodes,
  optional,
  parameterPattern,
  patternParts,
  present,
  STATEMENT_LISTS,
  unwrap,
  WRAPPERS,
} from "./swc-nodes.js";

/** The nodes of TypeScript that run; all others are types. */
const RUNNING = new Set([...WRAPPERS, "TsExportAssignment", "TsModuleBlock", "TsParameterProperty"]);

const NO_SPAN: Span = { start: -1, end: -1 };

export class SwcSyntax implements Syntax<Node> {
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
      case "BinaryExpression":
        return { is: "operands", nodes: leftNested(node) };
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
        return { is: "scope", declares: [] };
      case "SwitchStatement":
        return { is: "switch", subject: child(node, "discriminant"), cases: nodes(node, "cases") };
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
        const property = child(inner, "property");
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

  statementList(node: Node): readonly Node[] | undefined {
    const field = STATEMENT_LISTS.get(node.type);
    return field === undefined ? undefined : nodes(node, field);
  }

  loop(statement: Node): Node | undefined {
    let inner = statement;
    while (inner.type === "LabeledStatement") inner = child(inner, "body");
    return LOOPS.has(inner.type) ? inner : undefined;
  }

  forShape(loop: Node): ForShape<Node> | undefined {
    return forShape(loop, (node) => this.span(node));
  }

  expressionOf(statement: Node): Node | undefined {
    return statement.type === "ExpressionStatement" ? unwrap(child(statement, "expression")) : undefined;
  }

  arithmetic(node: Node): Arithmetic<Node> {
    return arithmetic(node);
  }

  interruption(node: Node): Interruption | undefined {
    return interruption(node);
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
    case "ExportDeclaration": {
      const declared = nodes(child(node, "declaration"), "declarations");
      return { is: "export", names: declared.flatMap((it) => [...declarator(it).names]) };
    }
    case "ExportNamedDeclaration": {
      const local = optional(node, "source") === undefined ? nodes(node, "specifiers") : [];
      return { is: "export", names: local.map((it) => identifierName(it, "orig") as string) };
    }
    case "ExportDefaultDeclaration": {
      const name = identifierName(child(node, "decl"));
      return name === undefined ? OTHER : { is: "declaration", name };
    }
    case "ImportDeclaration": {
      const specifiers = nodes(node, "specifiers");
      const isNamespace = ({ type }: Node) => type === "ImportNamespaceSpecifier";
      const local = (specifier: Node) => identifierName(specifier, "local") as string;
      return {
        is: "import",
        module: child(node, "source").value as string,
        live: specifiers.filter((specifier) => !isNamespace(specifier)).map(local),
        namespace: specifiers.filter(isNamespace).map(local)[0],
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
  const callee = unwrap(child(node, "callee"));
  if (callee.type !== "Identifier") return OTHER;
  if (callee.value === "eval") return { is: "eval" };
  const [first] = node.arguments as { expression: Node }[];
  return callee.value === "require" && first?.expression.type === "StringLiteral"
    ? { is: "require", module: first.expression.value as string }
    : OTHER;
}
