/** Reading TypeScript's tree, with whichever version of the compiler made it. */
import type tsModule from "typescript";
import type { Declarator, Operand, PatternPart, Shape } from "../syntax.js";
import type { TypeScript } from "./compiler.js";

type Node = tsModule.Node;

export class TypeScriptNodes {
  readonly #ts: TypeScript;
  readonly #file: tsModule.SourceFile;
  readonly #fresh: ReadonlySet<tsModule.SyntaxKind>;

  constructor(ts: TypeScript, file: tsModule.SourceFile) {
    this.#ts = ts;
    this.#file = file;
    const kinds = ts.SyntaxKind;
    this.#fresh = new Set([
      kinds.ArrayLiteralExpression,
      kinds.ArrowFunction,
      kinds.ClassExpression,
      kinds.FunctionExpression,
      kinds.ObjectLiteralExpression,
      kinds.RegularExpressionLiteral,
      kinds.TemplateExpression,
    ]);
  }

  /** Whether a file is a module by its imports and exports, or because it awaits outside every function. */
  isModule(): boolean {
    return (
      this.#ts.isExternalModule(this.#file) || (/\bawait\b/.test(this.#file.text) && this.#awaits(this.#file))
    );
  }

  #awaits(node: Node): boolean {
    const ts = this.#ts;
    if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined))
      return true;
    if (ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)) return false;
    if (ts.isBinaryExpression(node) && !this.isAssignment(node)) {
      return this.leftNested(node).some((operand) => this.#awaits(operand));
    }
    return ts.forEachChild(node, (child) => this.#awaits(child) || undefined) ?? false;
  }

  /** Takes parentheses and type-level wrappers off a value or a target. */
  unwrap(node: Node): Node {
    const ts = this.#ts;
    let inner = node;
    while (
      ts.isParenthesizedExpression(inner) ||
      ts.isAsExpression(inner) ||
      ts.isTypeAssertionExpression(inner) ||
      ts.isNonNullExpression(inner) ||
      ts.isSatisfiesExpression(inner)
    ) {
      inner = inner.expression;
    }
    return inner;
  }

  isAssignment({ operatorToken }: tsModule.BinaryExpression): boolean {
    const { FirstAssignment, LastAssignment } = this.#ts.SyntaxKind;
    return operatorToken.kind >= FirstAssignment && operatorToken.kind <= LastAssignment;
  }

  /** The operands of `a + b + c + ...`, in order. */
  leftNested(node: tsModule.BinaryExpression): Node[] {
    const operands: Node[] = [];
    let left: Node = node;
    for (; this.#ts.isBinaryExpression(left) && !this.isAssignment(left); left = left.left)
      operands.push(left.right);
    return [left, ...operands.reverse()];
  }

  isFresh(node: Node): boolean {
    return this.#fresh.has(node.kind);
  }

  literal(node: Node): Operand | undefined {
    const ts = this.#ts;
    if (ts.isStringLiteralLike(node))
      return { is: "literal", text: JSON.stringify(node.text), string: node.text };
    const { NumericLiteral, BigIntLiteral, TrueKeyword, FalseKeyword, NullKeyword } = ts.SyntaxKind;
    const primitive = [NumericLiteral, BigIntLiteral, TrueKeyword, FalseKeyword, NullKeyword].includes(
      node.kind,
    );
    if (primitive) return { is: "literal", text: node.getText(this.#file) };
    return this.#isNegativeNumber(node)
      ? { is: "literal", text: `-${node.operand.getText(this.#file)}` }
      : undefined;
  }

  argumentKind(node: Node): "number" | "numbers" | "other" {
    if (this.#isNumber(node)) return "number";
    const isList =
      this.#ts.isArrayLiteralExpression(node) && node.elements.every((item) => this.#isNumber(item));
    return isList ? "numbers" : "other";
  }

  #isNumber(node: Node): boolean {
    return this.#ts.isNumericLiteral(node) || this.#isNegativeNumber(node);
  }

  #isNegativeNumber(node: Node): node is tsModule.PrefixUnaryExpression {
    const ts = this.#ts;
    return (
      ts.isPrefixUnaryExpression(node) &&
      node.operator === ts.SyntaxKind.MinusToken &&
      ts.isNumericLiteral(node.operand)
    );
  }

  /** The parts of a literal that stands where a destructuring pattern is assigned to. */
  patternParts(node: Node): PatternPart<Node>[] | undefined {
    const ts = this.#ts;
    const target = (it: Node): PatternPart<Node> => ({ target: true, node: it });
    const code = (it: Node | undefined): PatternPart<Node>[] => (it ? [{ target: false, node: it }] : []);
    if (ts.isArrayLiteralExpression(node)) return node.elements.map(target);
    if (ts.isObjectLiteralExpression(node)) {
      return node.properties.flatMap((property) => this.patternParts(property) ?? []);
    }
    if (ts.isPropertyAssignment(node)) return [...code(node.name), target(node.initializer)];
    if (ts.isShorthandPropertyAssignment(node))
      return [target(node.name), ...code(node.objectAssignmentInitializer)];
    if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node)) return [target(node.expression)];
    if (ts.isBinaryExpression(node)) return [target(node.left), ...code(node.right)];
    return undefined;
  }

  boundNames(name: tsModule.BindingName | undefined): string[] {
    if (name === undefined) return [];
    if (this.#ts.isIdentifier(name)) return [name.text];
    return name.elements.flatMap((element) =>
      this.#ts.isBindingElement(element) ? this.boundNames(element.name) : [],
    );
  }

  variables(list: tsModule.VariableDeclarationList): Shape<Node> {
    const { Let, Const, Using } = this.#ts.NodeFlags;
    const flags = list.flags & (Let | Const | Using);
    const kind = flags === 0 ? "var" : flags === Let ? "let" : "const";
    return { is: "variables", kind, declarators: list.declarations.map((it) => this.#declarator(it)) };
  }

  #declarator({ name, initializer }: tsModule.VariableDeclaration): Declarator<Node> {
    return { names: this.boundNames(name), init: this.#ts.isIdentifier(name) ? initializer : undefined };
  }

  imports({ importClause, moduleSpecifier }: tsModule.ImportDeclaration): Shape<Node> {
    const bindings = importClause?.namedBindings;
    const named = bindings !== undefined && this.#ts.isNamedImports(bindings) ? bindings.elements : [];
    const live = [importClause, ...named].flatMap((it) => (it?.name === undefined ? [] : [it.name.text]));
    const namespace =
      bindings !== undefined && this.#ts.isNamespaceImport(bindings) ? bindings.name.text : undefined;
    return { is: "import", module: (moduleSpecifier as tsModule.StringLiteral).text, live, namespace };
  }

  exportedVariables(node: tsModule.VariableStatement): Shape<Node> {
    const exported = node.modifiers?.some(({ kind }) => kind === this.#ts.SyntaxKind.ExportKeyword);
    if (!exported) return { is: "other" };
    const names = node.declarationList.declarations.flatMap(({ name }) => this.boundNames(name));
    return { is: "export", names };
  }

  exports({ exportClause, moduleSpecifier }: tsModule.ExportDeclaration): Shape<Node> {
    const named = exportClause !== undefined && this.#ts.isNamedExports(exportClause);
    const local = named && moduleSpecifier === undefined ? exportClause.elements : [];
    return { is: "export", names: local.map(({ name, propertyName }) => (propertyName ?? name).text) };
  }

  /** What a member or parameter evaluates around itself: its decorators, its computed name. */
  outside(node: Node): Node[] {
    const ts = this.#ts;
    const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
    const name = (node as tsModule.NamedDeclaration).name;
    return name !== undefined && ts.isComputedPropertyName(name) ? [...decorators, name] : [...decorators];
  }

  isAmbient(node: Node): boolean {
    const ts = this.#ts;
    const modifiers = ts.canHaveModifiers(node) ? ts.getModifiers(node) : undefined;
    return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword) ?? false;
  }

  isStrict(body: readonly tsModule.Statement[]): boolean {
    for (const statement of body) {
      const text = this.directive(statement);
      if (text === undefined) return false;
      if (text === "use strict") return true;
    }
    return false;
  }

  /** The raw content of a directive. Whether one follows another statement is for the caller to see. */
  directive(statement: tsModule.Statement): string | undefined {
    const ts = this.#ts;
    if (!ts.isExpressionStatement(statement) || !ts.isStringLiteral(statement.expression)) return undefined;
    return statement.expression.getText(this.#file).slice(1, -1);
  }
}
