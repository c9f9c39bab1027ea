/** What declarations say about the names that they bind. */
import { DECLARATION, type Scope } from "./scope.js";
import type { Shape, Syntax, VariableKind } from "./syntax.js";

/** Binds what a declaration at `offset` names, as it stands in `scope`. */
export function declareNames<N>(
  shape: Shape<N> & { is: "variables" | "import" | "declaration" },
  scope: Scope,
  offset: number,
  syntax: Syntax<N>,
): void {
  switch (shape.is) {
    case "declaration":
      scope.declare(shape.name);
      return;
    case "import":
      for (const name of shape.live) scope.declare(name, true);
      if (shape.namespace !== undefined) scope.declare(shape.namespace);
      return;
    case "variables":
      declareVariables(shape, scope, offset, syntax);
  }
}

function declareVariables<N>(
  { kind, declarators }: Shape<N> & { is: "variables" },
  scope: Scope,
  offset: number,
  syntax: Syntax<N>,
): void {
  const home = kind === "var" ? scope.variables : scope;
  for (const { names, init } of declarators) {
    for (const name of names) {
      const binding = home.declare(name);
      binding.ownView = ownView(kind, init, syntax);
      binding.declarations.push(offset);
      // A `var` may be a parameter by another name, which `arguments` can reach.
      const unclear = home.cases || home.bindsParameter(name);
      binding.local = unclear ? undefined : kind;
      if (kind === "var") binding.assignments.push(DECLARATION);
    }
  }
}

function ownView<N>(kind: VariableKind, init: N | undefined, syntax: Syntax<N>): string | undefined {
  const made = kind === "const" && init !== undefined ? syntax.newExpression(init) : undefined;
  return made !== undefined && made.args.length === 1 && made.args[0] !== "other" ? made.callee : undefined;
}

/** In sloppy code a function in a block is a variable of the whole function, too, and assigned where it stands. */
export function declareFunction(name: string, scope: Scope, offset: number, strict: boolean): void {
  scope.declare(name);
  if (!strict) scope.variables.declare(name).declarations.push(offset);
}
