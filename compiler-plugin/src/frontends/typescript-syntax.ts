/** The neutral view of TypeScript's tree. */
import type tsModule from "typescript";
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
  type TypeOracle,
} from "../syntax.js";
import type { TypeScript } from "./compiler.js";
import { TypeScriptLoops } from "./typescript-loops.js";
import { TypeScriptNodes } from "./typescript-nodes.js";

type Node = tsModule.Node;
type Handler = (node: never) => Shape<Node>;

export class TypeScriptSyntax implements Syntax<Node> {
  readonly root: tsModule.SourceFile;
  readonly module: boolean;
  readonly strict: boolean;
  readonly statements: Span | undefined;
  readonly oracle?: TypeOracle<Node>;
  readonly #ts: TypeScript;
  readonly #nodes: TypeScriptNodes;
  readonly #loops: TypeScriptLoops;
  readonly #handlers: ReadonlyMap<tsModule.SyntaxKind, Handler>;

  constructor(ts: TypeScript, file: tsModule.SourceFile, format?: ModuleFormat, oracle?: TypeOracle<Node>) {
    this.#ts = ts;
    this.#nodes = new TypeScriptNodes(ts, file);
    this.#loops = new TypeScriptLoops(ts, this.#nodes, (node) => this.span(node));
    this.#handlers = this.#table();
    this.root = file;
    this.module = this.#nodes.isModule();
    this.strict = this.module || format === "module" || this.#nodes.isStrict(file.statements);
    this.statements = this.#statements(file.statements, file.text.length);
    if (oracle !== undefined) this.oracle = oracle;
  }

  span(node: Node): Span {
    return { start: node.getStart(this.root), end: node.end };
  }

  children(node: Node, visit: (child: Node) => void): void {
    this.#ts.forEachChild(node, (child) => {
      visit(child);
    });
  }

  shape(node: Node): Shape<Node> {
    const handler = this.#handlers.get(node.kind);
    if (handler !== undefined) return handler(node as never);
    const isType = this.#ts.isTypeNode(node) && node.kind !== this.#ts.SyntaxKind.ExpressionWithTypeArguments;
    return isType ? NOTHING : OTHER;
  }

  target(node: Node): Target<Node> {
    const ts = this.#ts;
    const inner = this.#nodes.unwrap(node);
    if (ts.isIdentifier(inner)) return { is: "identifier", name: inner.text };
    if (ts.isElementAccessExpression(inner)) {
      return { is: "element", node: inner, base: inner.expression, key: inner.argumentExpression };
    }
    const parts = this.#nodes.patternParts(inner);
    return parts === undefined ? { is: "other" } : { is: "pattern", parts };
  }

  operand(node: Node): Operand {
    const ts = this.#ts;
    const inner = this.#nodes.unwrap(node);
    if (ts.isIdentifier(inner)) return { is: "identifier", name: inner.text };
    if (inner.kind === ts.SyntaxKind.ThisKeyword) return { is: "this" };
    if (inner.kind === ts.SyntaxKind.SuperKeyword) return { is: "super" };
    if (this.#nodes.isFresh(inner)) return { is: "fresh" };
    const sequence = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.CommaToken;
    return this.#nodes.literal(inner) ?? { is: "expression", sequence };
  }

  newExpression(node: Node): NewExpression | undefined {
    const inner = this.#nodes.unwrap(node);
    if (!this.#ts.isNewExpression(inner) || !this.#ts.isIdentifier(inner.expression)) return undefined;
    const args = (inner.arguments ?? []).map((argument) => this.#nodes.argumentKind(argument));
    return { callee: inner.expression.text, args };
  }

  statementList(node: Node): readonly Node[] | undefined {
    const ts = this.#ts;
    return ts.isSourceFile(node) || ts.isBlock(node) || ts.isModuleBlock(node) ? node.statements : undefined;
  }

  loop(statement: Node): Node | undefined {
    let inner = statement;
    while (this.#ts.isLabeledStatement(inner)) inner = inner.statement;
    return this.#ts.isIterationStatement(inner, false) ? inner : undefined;
  }

  forShape(loop: Node): ForShape<Node> | undefined {
    return this.#loops.forShape(loop);
  }

  expressionOf(statement: Node): Node | undefined {
    return this.#ts.isExpressionStatement(statement) ? this.#nodes.unwrap(statement.expression) : undefined;
  }

  arithmetic(node: Node): Arithmetic<Node> {
    return this.#loops.arithmetic(node);
  }

  interruption(node: Node): Interruption | undefined {
    return this.#loops.interruption(node);
  }

  /** What each kind of node means; kinds that are missing here are types or hold nothing but children. */
  #table(): ReadonlyMap<tsModule.SyntaxKind, Handler> {
    const ts = this.#ts;
    const kinds = ts.SyntaxKind;
    const block = () => ({ is: "scope", declares: [] }) as const;
    const each = this.#each.bind(this);
    const update = this.#update.bind(this);
    const func = this.#function.bind(this);
    const nothing = () => NOTHING;
    const suspend = () => ({ is: "suspend" }) as const;
    return new Map<tsModule.SyntaxKind, Handler>([
      [kinds.Identifier, (node: tsModule.Identifier) => ({ is: "identifier", name: node.text })],
      [kinds.BinaryExpression, this.#binary.bind(this)],
      [kinds.PrefixUnaryExpression, update],
      [kinds.PostfixUnaryExpression, update],
      [kinds.ForInStatement, each],
      [kinds.ForOfStatement, each],
      [kinds.ExpressionStatement, () => ({ is: "expressionStatement" })],
      [kinds.Block, block],
      [kinds.ForStatement, block],
      [
        kinds.SwitchStatement,
        ({ expression, caseBlock }: tsModule.SwitchStatement) => ({
          is: "switch",
          subject: expression,
          cases: caseBlock.clauses,
        }),
      ],
      [kinds.CatchClause, this.#catch.bind(this)],
      [
        kinds.WithStatement,
        ({ expression, statement }: tsModule.WithStatement) => ({
          is: "with",
          object: expression,
          body: statement,
        }),
      ],
      [kinds.AwaitExpression, suspend],
      [kinds.YieldExpression, suspend],
      [kinds.CallExpression, this.#call.bind(this)],
      [kinds.FunctionDeclaration, func],
      [kinds.FunctionExpression, func],
      [kinds.ArrowFunction, func],
      [kinds.MethodDeclaration, func],
      [kinds.GetAccessor, func],
      [kinds.SetAccessor, func],
      [kinds.Constructor, func],
      [kinds.ClassStaticBlockDeclaration, func],
      [kinds.PropertyDeclaration, this.#property.bind(this)],
      [kinds.ClassDeclaration, this.#class.bind(this)],
      [kinds.ClassExpression, this.#class.bind(this)],
      [kinds.EnumDeclaration, this.#enum.bind(this)],
      [kinds.ModuleDeclaration, this.#namespace.bind(this)],
      [
        kinds.VariableStatement,
        (node: tsModule.VariableStatement) =>
          this.#nodes.isAmbient(node) ? NOTHING : this.#nodes.exportedVariables(node),
      ],
      [kinds.ExportDeclaration, (node: tsModule.ExportDeclaration) => this.#nodes.exports(node)],
      [
        kinds.VariableDeclarationList,
        (node: tsModule.VariableDeclarationList) => this.#nodes.variables(node),
      ],
      [kinds.ImportDeclaration, (node: tsModule.ImportDeclaration) => this.#nodes.imports(node)],
      [
        kinds.ImportEqualsDeclaration,
        ({ name }: tsModule.ImportEqualsDeclaration) => ({ is: "declaration", name: name.text }),
      ],
      [kinds.InterfaceDeclaration, nothing],
      [kinds.TypeAliasDeclaration, nothing],
      [kinds.TypeParameter, nothing],
      [kinds.IndexSignature, nothing],
    ]);
  }

  #binary(node: tsModule.BinaryExpression): Shape<Node> {
    if (!this.#nodes.isAssignment(node)) return { is: "operands", nodes: this.#nodes.leftNested(node) };
    const operator = this.#ts.tokenToString(node.operatorToken.kind) as string;
    return { is: "assign", operator, target: node.left, value: node.right };
  }

  #update(node: tsModule.PrefixUnaryExpression | tsModule.PostfixUnaryExpression): Shape<Node> {
    const { PlusPlusToken, MinusMinusToken, PrefixUnaryExpression } = this.#ts.SyntaxKind;
    if (node.operator !== PlusPlusToken && node.operator !== MinusMinusToken) return OTHER;
    return { is: "update", prefix: node.kind === PrefixUnaryExpression, target: node.operand };
  }

  #each(node: tsModule.ForInOrOfStatement): Shape<Node> {
    return this.#ts.isVariableDeclarationList(node.initializer)
      ? { is: "scope", declares: [] }
      : { is: "forEach", head: node.initializer, rest: [node.expression, node.statement] };
  }

  #catch(node: tsModule.CatchClause): Shape<Node> {
    return { is: "scope", declares: this.#nodes.boundNames(node.variableDeclaration?.name) };
  }

  #call(node: tsModule.CallExpression): Shape<Node> {
    const callee = this.#nodes.unwrap(node.expression);
    if (!this.#ts.isIdentifier(callee)) return OTHER;
    if (callee.text === "eval") return { is: "eval" };
    const [module] = node.arguments;
    return callee.text === "require" && module !== undefined && this.#ts.isStringLiteral(module)
      ? { is: "require", module: module.text }
      : OTHER;
  }

  #function(node: tsModule.FunctionLikeDeclaration | tsModule.ClassStaticBlockDeclaration): Shape<Node> {
    const ts = this.#ts;
    const body = node.body;
    if (body === undefined || this.#nodes.isAmbient(node)) return NOTHING;
    const parameters = ts.isClassStaticBlockDeclaration(node) ? [] : [...node.parameters];
    const statements = ts.isBlock(body) ? body.statements : [];
    const ownName = ts.isFunctionExpression(node) ? node.name?.text : undefined;
    return {
      is: "function",
      arrow: ts.isArrowFunction(node),
      declares: ts.isFunctionDeclaration(node) ? node.name?.text : undefined,
      ownName,
      outside: [node, ...parameters].flatMap((part) => this.#nodes.outside(part)),
      parameters: parameters.flatMap(({ name, initializer }) => (initializer ? [name, initializer] : [name])),
      parameterNames: parameters.flatMap(({ name }) => this.#nodes.boundNames(name)),
      body,
      expressionBody: !ts.isBlock(body),
      strict: this.#nodes.isStrict(statements),
      statements: this.#statements(statements, body.end),
    } satisfies FunctionShape<Node>;
  }

  #property(node: tsModule.PropertyDeclaration): Shape<Node> {
    if (this.#nodes.isAmbient(node)) return NOTHING;
    const values = node.initializer === undefined ? [] : [node.initializer];
    return { is: "initialisers", declares: undefined, outside: this.#nodes.outside(node), values };
  }

  #class(node: tsModule.ClassLikeDeclaration): Shape<Node> {
    if (this.#nodes.isAmbient(node)) return NOTHING;
    const name = node.name?.text;
    return { is: "class", declares: this.#ts.isClassDeclaration(node) ? name : undefined, ownName: name };
  }

  #enum(node: tsModule.EnumDeclaration): Shape<Node> {
    if (this.#nodes.isAmbient(node)) return NOTHING;
    const values = node.members.flatMap(({ initializer }) => (initializer ? [initializer] : []));
    return { is: "initialisers", declares: node.name.text, outside: [], values };
  }

  #namespace(node: tsModule.ModuleDeclaration): Shape<Node> {
    let body: Node | undefined = node.body;
    while (body !== undefined && this.#ts.isModuleDeclaration(body)) body = body.body;
    if (this.#nodes.isAmbient(node) || body === undefined || !this.#ts.isModuleBlock(body)) return NOTHING;
    const statements = this.#statements(body.statements, body.end);
    return { is: "namespace", declares: node.name.text, body, statements };
  }

  #statements(body: readonly tsModule.Statement[], end: number): Span | undefined {
    const first = body.find((statement) => this.#nodes.directive(statement) === undefined);
    return first === undefined ? undefined : { start: first.getStart(this.root), end };
  }
}
