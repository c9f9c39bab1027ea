/**
 * The types of receivers and keys, whatever control flow has narrowed. TypeScript goes on believing what a variable or a property
 * was narrowed to when a call has assigned another value to it; what it was declared as holds all the time.
 */
import type tsModule from "typescript";
import type { Types } from "./compiler.js";

type Node = tsModule.Node;
type Type = tsModule.Type;

/** A function to the type that an expression has at any time, or undefined where that is not known. */
export function createStableTypes({ ts, program }: Types): (expression: Node) => Type | undefined {
  const checker = program.getTypeChecker();
  const { SymbolFlags, TypeFlags, NodeFlags, IndexKind } = ts;
  return stableType;

  function stableType(node: Node): Type | undefined {
    if (ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node))
      return stableType(node.expression);
    if (ts.isNonNullExpression(node)) return withoutNull(stableType(node.expression));
    if (ts.isIdentifier(node)) return typeOfName(node);
    if (ts.isPropertyAccessExpression(node)) {
      const member = checker.getSymbolAtLocation(node.name);
      return isStable(node.expression) && member !== undefined ? typeOfSymbol(member) : undefined;
    }
    if (ts.isElementAccessExpression(node)) {
      return isStable(node.expression) ? typeOfElement(node) : undefined;
    }
    return isStable(node) ? checker.getTypeAtLocation(node) : undefined;
  }

  function typeOfName(node: tsModule.Identifier): Type | undefined {
    const symbol = resolve(checker.getSymbolAtLocation(node));
    if (symbol === undefined) return undefined;
    const declared = checker.getTypeOfSymbol(symbol);
    const made = symbol.valueDeclaration;
    const isConstant =
      made !== undefined &&
      ts.isVariableDeclaration(made) &&
      (ts.getCombinedNodeFlags(made) & NodeFlags.Const) !== 0;
    if (!isConstant) return declared;
    if (made.type === undefined && made.initializer !== undefined && !isStable(made.initializer))
      return undefined;
    // A constant stays what it was found to be.
    return checker.getTypeAtLocation(node);
  }

  /** Whether the type that the checker gives an expression is the type that it has at any time. */
  function isStable(node: Node): boolean {
    if (isReference(node)) return isSame(stableType(node), checker.getTypeAtLocation(node));
    if (ts.isAwaitExpression(node)) return isStable(node.expression);
    if (ts.isConditionalExpression(node)) return isStable(node.whenTrue) && isStable(node.whenFalse);
    if (ts.isBinaryExpression(node)) return isStable(node.left) && isStable(node.right);
    return true;
  }

  function isReference(node: Node): boolean {
    return (
      ts.isIdentifier(node) ||
      ts.isPropertyAccessExpression(node) ||
      ts.isElementAccessExpression(node) ||
      ts.isNonNullExpression(node) ||
      ts.isParenthesizedExpression(node) ||
      ts.isSatisfiesExpression(node)
    );
  }

  function typeOfElement({ expression, argumentExpression }: tsModule.ElementAccessExpression) {
    const object = checker.getApparentType(checker.getTypeAtLocation(expression));
    if (ts.isStringLiteralLike(argumentExpression) || ts.isNumericLiteral(argumentExpression)) {
      const member = checker.getPropertyOfType(object, argumentExpression.text);
      if (member !== undefined) return typeOfSymbol(member);
    }
    const key = checker.getTypeAtLocation(argumentExpression);
    const string = checker.getIndexTypeOfType(object, IndexKind.String);
    if ((key.flags & TypeFlags.StringLike) !== 0) return string;
    if ((key.flags & TypeFlags.NumberLike) === 0) return undefined;
    return checker.getIndexTypeOfType(object, IndexKind.Number) ?? string;
  }

  function resolve(symbol: tsModule.Symbol | undefined): tsModule.Symbol | undefined {
    return symbol !== undefined && (symbol.flags & SymbolFlags.Alias) !== 0
      ? checker.getAliasedSymbol(symbol)
      : symbol;
  }

  function typeOfSymbol(symbol: tsModule.Symbol): Type {
    return checker.getTypeOfSymbol(resolve(symbol) as tsModule.Symbol);
  }

  function withoutNull(type: Type | undefined): Type | undefined {
    return type && checker.getNonNullableType(type);
  }

  /** Narrowing away null and undefined is no harm: neither is a view. */
  function isSame(a: Type | undefined, b: Type): boolean {
    return a !== undefined && withoutNull(a) === withoutNull(b);
  }
}
