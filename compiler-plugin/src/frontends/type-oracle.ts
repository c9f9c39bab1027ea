/**
 * Which receivers can be no view, by their types. TypeScript's types are structural, so needing more members than a
 * view has proves nothing; only the rules here do, for every constituent of a type.
 */
import type tsModule from "typescript";
import { REASONS, type Reason } from "../diagnostics.js";
import type { TypeOracle } from "../syntax.js";
import { isElementKey } from "../text.js";
import { TYPED_ARRAYS } from "../views.js";
import type { Types } from "./compiler.js";
import { createStableTypes } from "./stable-types.js";

type Type = tsModule.Type;

/** Classes of the standard library that nothing can stand in for: their methods work on state that only they have. */
const BUILT_INS = new Set([
  "ArrayBuffer",
  "Date",
  "Map",
  "Promise",
  "RegExp",
  "Set",
  "SharedArrayBuffer",
  "WeakMap",
  "WeakSet",
]);

export function createTypeOracle({ ts, program }: Types): TypeOracle<tsModule.Node> {
  const checker = program.getTypeChecker();
  const stableType = createStableTypes({ ts, program });
  const { TypeFlags, SymbolFlags, ModifierFlags, IndexKind } = ts;
  const PRIMITIVE =
    TypeFlags.StringLike |
    TypeFlags.NumberLike |
    TypeFlags.BigIntLike |
    TypeFlags.BooleanLike |
    TypeFlags.ESSymbolLike |
    TypeFlags.VoidLike |
    TypeFlags.Null;
  const views = TYPED_ARRAYS.flatMap((name) => {
    const symbol = checker.resolveName(name, undefined, SymbolFlags.Type, false);
    return symbol === undefined ? [] : [checker.getDeclaredTypeOfSymbol(symbol)];
  });

  // Without the standard library every class looks empty, and an empty type fits everything.
  if (
    views.length === 0 ||
    checker.resolveName("ReadonlyArray", undefined, SymbolFlags.Type, false) === undefined
  ) {
    return () => undefined;
  }

  return ({ base, key }) => {
    if (isNamedKey(stableType(key))) return REASONS.namedKeys;
    const receiver = stableType(base);
    if (receiver === undefined) return undefined;
    let reason: Reason | undefined;
    for (const constituent of constituents(receiver)) {
      const why = whyNoView(constituent);
      if (why === undefined) return undefined;
      if (reason === undefined || why !== REASONS.primitive) reason = why;
    }
    return reason;
  };

  /** The members of a union, each with its type parameters replaced by what bounds them. */
  function constituents(type: Type): Type[] {
    if (type.isUnion()) return type.types.flatMap(constituents);
    if ((type.flags & TypeFlags.Instantiable) === 0) return [type];
    const bound = checker.getBaseConstraintOfType(type);
    return bound === undefined || bound === type ? [type] : constituents(bound);
  }

  function whyNoView(type: Type): Reason | undefined {
    if ((type.flags & (TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Never | TypeFlags.Instantiable)) !== 0) {
      return undefined;
    }
    if ((type.flags & PRIMITIVE) !== 0) return REASONS.primitive;
    // A value of an intersection is a value of each of its parts.
    if (type.isIntersection()) return type.types.map(whyNoView).find((why) => why !== undefined);
    if (checker.isArrayLikeType(type)) return REASONS.array;
    if (isLibraryClass(type) && BUILT_INS.has(type.getSymbol()?.name ?? "")) return REASONS.libraryClass;
    if (isNominalClass(type)) return REASONS.nominalClass;
    return holdsNoNumbers(type) ? REASONS.elementType : undefined;
  }

  function mayHoldView(type: Type): boolean {
    return (
      checker.getPropertyOfType(type, "byteOffset") !== undefined ||
      views.some((view) => checker.isTypeAssignableTo(view, type))
    );
  }

  function isLibraryClass(type: Type): boolean {
    const made = type.getSymbol()?.valueDeclaration;
    if (made === undefined || !isOfLibrary(made)) return false;
    const symbol = type.getSymbol() as tsModule.Symbol;
    const isClass = checker.getTypeOfSymbolAtLocation(symbol, made).getConstructSignatures().length > 0;
    return isClass && (symbol.flags & SymbolFlags.Interface) !== 0 && !mayHoldView(type);
  }

  /** Private members make a class nominal: its values are made by it or by classes that extend it. */
  function isNominalClass(type: Type): boolean {
    const chain = classChain(type);
    return chain?.some((declaration) => declaration.members.some(isPrivate)) === true && !mayHoldView(type);
  }

  /** The declarations of a class and of all it extends, if every one is known and none is a view. */
  function classChain(type: Type): tsModule.ClassLikeDeclaration[] | undefined {
    const declaration = type.getSymbol()?.valueDeclaration;
    if (declaration === undefined || !ts.isClassLike(declaration)) return undefined;
    const extended = declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
    const [heritage] = extended?.types ?? [];
    if (heritage === undefined) return [declaration];
    const base = checker.getTypeAtLocation(heritage);
    if ((base.flags & TypeFlags.Object) === 0 || !namesClassItself(heritage.expression)) return undefined;
    if (isLibraryClass(base)) return [declaration];
    const rest = classChain(base);
    return rest === undefined ? undefined : [declaration, ...rest];
  }

  /** Not a parameter or variable, which may hold any class that has the members. */
  function namesClassItself(expression: tsModule.Expression): boolean {
    let symbol = checker.getSymbolAtLocation(expression);
    if (symbol !== undefined && (symbol.flags & SymbolFlags.Alias) !== 0)
      symbol = checker.getAliasedSymbol(symbol);
    const made = symbol?.valueDeclaration;
    return made !== undefined && (ts.isClassLike(made) || isOfLibrary(made));
  }

  function isOfLibrary(declaration: tsModule.Declaration): boolean {
    return program.isSourceFileDefaultLibrary(declaration.getSourceFile());
  }

  function isPrivate(member: tsModule.ClassElement): boolean {
    const hidden = (node: tsModule.Declaration) =>
      (ts.getCombinedModifierFlags(node) & (ModifierFlags.Private | ModifierFlags.Protected)) !== 0;
    // A hidden constructor leaves the type of the values open; hidden parameter properties do not.
    if (ts.isConstructorDeclaration(member)) return member.parameters.some(hidden);
    if ((ts.getCombinedModifierFlags(member) & ModifierFlags.Static) !== 0) return false;
    return hidden(member) || (member.name !== undefined && ts.isPrivateIdentifier(member.name));
  }

  function isNamedKey(type: Type | undefined): boolean {
    if (type === undefined) return false;
    const types = type.isUnion() ? type.types : [type];
    return types.every((it) => it.isStringLiteral() && !isElementKey(it.value));
  }

  function holdsNoNumbers(type: Type): boolean {
    const element =
      checker.getIndexTypeOfType(type, IndexKind.Number) ??
      checker.getIndexTypeOfType(type, IndexKind.String);
    return element !== undefined && !mayBeNumeric(element);
  }

  function mayBeNumeric(type: Type): boolean {
    const NUMERIC =
      TypeFlags.Any | TypeFlags.Unknown | TypeFlags.Never | TypeFlags.NumberLike | TypeFlags.BigIntLike;
    const numbers = [checker.getNumberType(), checker.getBigIntType()];
    return constituents(type).some(
      (it) =>
        (it.flags & (NUMERIC | TypeFlags.Instantiable)) !== 0 ||
        numbers.some(
          (number) => checker.isTypeAssignableTo(number, it) || checker.isTypeAssignableTo(it, number),
        ),
    );
  }
}
