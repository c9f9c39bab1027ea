/** What TypeScript's tree says about counting loops and calculations. */
import type tsModule from "typescript";
import {
  ARITHMETIC,
  type Arithmetic,
  type Counter,
  type ForShape,
  type Interruption,
  type Span,
} from "../syntax.js";
import type { TypeScript } from "./compiler.js";
import type { TypeScriptNodes } from "./typescript-nodes.js";

type Node = tsModule.Node;

export class TypeScriptLoops {
  readonly #ts: TypeScript;
  readonly #nodes: TypeScriptNodes;
  readonly #span: (node: Node) => Span;
  readonly #calls: ReadonlySet<tsModule.SyntaxKind>;

  constructor(ts: TypeScript, nodes: TypeScriptNodes, span: (node: Node) => Span) {
    this.#ts = ts;
    this.#nodes = nodes;
    this.#span = span;
    const kinds = ts.SyntaxKind;
    this.#calls = new Set([
      kinds.AwaitExpression,
      kinds.ClassDeclaration,
      kinds.ClassExpression,
      kinds.ForOfStatement,
      kinds.JsxElement,
      kinds.JsxFragment,
      kinds.JsxSelfClosingElement,
      kinds.NewExpression,
      kinds.TaggedTemplateExpression,
      kinds.YieldExpression,
    ]);
  }

  forShape(loop: Node): ForShape<Node> | undefined {
    if (!this.#ts.isForStatement(loop)) return undefined;
    const { initializer, incrementor, statement } = loop;
    const { start } = this.#span(loop);
    return {
      counters: this.#expressions(incrementor).flatMap((update) => this.#counter(update, initializer)),
      init: initializer === undefined ? { start, end: start } : this.#span(initializer),
      body: statement,
    };
  }

  #counter(update: Node, init: tsModule.ForInitializer | undefined): Counter<Node>[] {
    const step = this.#step(update);
    const target = this.#isStep(update) ? update.operand : (update as tsModule.BinaryExpression).left;
    if (step === undefined || !this.#ts.isIdentifier(target)) return [];
    return [
      { name: target.text, step, update: this.#span(update), first: this.#firstValue(init, target.text) },
    ];
  }

  #isStep(node: Node): node is tsModule.PrefixUnaryExpression | tsModule.PostfixUnaryExpression {
    return this.#ts.isPrefixUnaryExpression(node) || this.#ts.isPostfixUnaryExpression(node);
  }

  #step(update: Node): number | undefined {
    const { PlusPlusToken, MinusMinusToken, PlusEqualsToken, MinusEqualsToken } = this.#ts.SyntaxKind;
    if (this.#isStep(update)) {
      if (update.operator === PlusPlusToken) return 1;
      return update.operator === MinusMinusToken ? -1 : undefined;
    }
    if (!this.#ts.isBinaryExpression(update)) return undefined;
    const by = this.arithmetic(update.right);
    if (by.is !== "number") return undefined;
    if (update.operatorToken.kind === PlusEqualsToken) return by.value;
    return update.operatorToken.kind === MinusEqualsToken ? -by.value : undefined;
  }

  #firstValue(init: tsModule.ForInitializer | undefined, name: string): Node | undefined {
    const ts = this.#ts;
    if (init !== undefined && ts.isVariableDeclarationList(init)) {
      const named = init.declarations.filter((it) => ts.isIdentifier(it.name) && it.name.text === name);
      return named.length === 1 ? named[0]?.initializer : undefined;
    }
    const assigned = this.#expressions(init).filter(
      (it): it is tsModule.BinaryExpression =>
        ts.isBinaryExpression(it) &&
        it.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
        ts.isIdentifier(it.left) &&
        it.left.text === name,
    );
    return assigned.length === 1 ? assigned[0]?.right : undefined;
  }

  /** The operands of commas, in order. */
  #expressions(node: Node | undefined): Node[] {
    if (node === undefined) return [];
    const isComma =
      this.#ts.isBinaryExpression(node) && node.operatorToken.kind === this.#ts.SyntaxKind.CommaToken;
    return isComma ? [...this.#expressions(node.left), node.right] : [node];
  }

  arithmetic(node: Node): Arithmetic<Node> {
    const ts = this.#ts;
    const inner = this.#nodes.unwrap(node);
    if (ts.isNumericLiteral(inner)) return { is: "number", value: Number(inner.text) };
    if (ts.isIdentifier(inner)) return { is: "name", name: inner.text };
    if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.MinusToken) {
      const negated = this.arithmetic(inner.operand);
      return negated.is === "number" ? { is: "number", value: -negated.value } : { is: "other" };
    }
    if (!ts.isBinaryExpression(inner)) return { is: "other" };
    const operator = ts.tokenToString(inner.operatorToken.kind) as string;
    if (!ARITHMETIC.has(operator)) return { is: "other" };
    return { is: "operation", operator, left: inner.left, right: inner.right };
  }

  interruption(node: Node): Interruption | undefined {
    const ts = this.#ts;
    if (ts.isContinueStatement(node)) return "continue";
    if (ts.isCallExpression(node)) return this.#isMath(node.expression) ? undefined : "call";
    if (ts.isVariableDeclarationList(node)) return node.flags & ts.NodeFlags.Using ? "call" : undefined;
    return this.#calls.has(node.kind) ? "call" : undefined;
  }

  #isMath(callee: Node): boolean {
    const ts = this.#ts;
    const isMember = ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee);
    return isMember && ts.isIdentifier(callee.expression) && callee.expression.text === "Math";
  }
}
