/** Which names a file binds, where, and who assigns to them: enough to tell when naming one twice is safe. */
import type { FunctionShape, Span, VariableKind } from "./syntax.js";

/** Where a `let` for temporaries can stand. */
export type TemporaryPlace =
  | { readonly is: "program" }
  /** At the start of a block of statements. */
  | { readonly is: "block"; readonly statements: Span }
  /** The body of an arrow, which becomes a block. */
  | { readonly is: "arrow"; readonly body: Span }
  /** Parameters, class fields, enum members: no statement can be put there. */
  | { readonly is: "none" };

export function bodyPlace<N>(shape: FunctionShape<N>, body: Span): TemporaryPlace {
  return shape.expressionBody ? { is: "arrow", body } : blockPlace(shape.statements);
}

export function blockPlace(statements: Span | undefined): TemporaryPlace {
  return statements === undefined ? { is: "none" } : { is: "block", statements };
}

/** Code that runs as one activation. */
export class Activation {
  readonly place: TemporaryPlace;
  /** Direct eval in sloppy code can declare names here at run time. */
  sloppyEval = false;
  /** The temporaries that the plan has placed here. */
  readonly temporaries = new Set<string>();

  constructor(place: TemporaryPlace) {
    this.place = place;
  }
}

/** A `var` can be read before its declaration is reached, and that can be reached again. */
export const DECLARATION = -1;

export class Binding {
  readonly owner: object;
  /** Code outside its own function may assign to it at any time. */
  assignedElsewhere: boolean;
  /** Offsets of the assignments to it, initialisers excluded, and DECLARATION for each `var`. */
  readonly assignments: number[] = [];
  /** What a plain local variable is; undefined for all other names, and for those that a `case` may skip. */
  local: VariableKind | "parameter" | undefined;
  /** Offsets of its declarations. A `var` assigns where it stands; a function in a sloppy block does, too. */
  readonly declarations: number[] = [];
  /** A constant view over a buffer of its own, made by `new name(literal)`. */
  ownView: string | undefined;

  constructor(owner: object, assignedElsewhere: boolean) {
    this.owner = owner;
    this.assignedElsewhere = assignedElsewhere;
  }
}

export class Scope {
  readonly parent: Scope | undefined;
  /** The identity of the function whose activations hold the bindings of this scope. */
  readonly owner: object;
  /** Where `var` puts its bindings. */
  readonly variables: Scope;
  /** Bindings here can be written from outside the file's sight (a namespace's exports). */
  readonly open: boolean;
  /** The cases of a switch: control can jump over declarations. */
  readonly cases: boolean;
  readonly #bindings = new Map<string, Binding>();

  constructor(parent: Scope | undefined, options: { owner?: object; open?: boolean; cases?: boolean } = {}) {
    this.parent = parent;
    this.open = options.open ?? false;
    this.cases = options.cases ?? false;
    this.owner = options.owner ?? parent?.owner ?? this;
    this.variables = options.owner !== undefined || parent === undefined ? this : parent.variables;
  }

  declare(name: string, assignedElsewhere = this.open): Binding {
    let binding = this.#bindings.get(name);
    if (binding === undefined) {
      binding = new Binding(this.owner, assignedElsewhere);
      this.#bindings.set(name, binding);
    }
    return binding;
  }

  /** Whether `name` is a parameter of the function whose body this is. */
  bindsParameter(name: string): boolean {
    const { parent } = this;
    return parent?.owner === this.owner && parent.#bindings.get(name)?.local === "parameter";
  }

  resolve(name: string): Binding | undefined {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const binding = scope.#bindings.get(name);
      if (binding !== undefined) return binding;
    }
    return undefined;
  }
}

/** An assignment to a plain name, resolved when every declaration of the file is known. */
export interface NameAssignment {
  readonly name: string;
  readonly scope: Scope;
  readonly offset: number;
}

/** Notes every assignment at its binding; returns the assigned names that the file does not bind. */
export function resolveAssignments(assignments: readonly NameAssignment[]): Set<string> {
  const unbound = new Set<string>();
  for (const { name, scope, offset } of assignments) {
    const binding = scope.resolve(name);
    if (binding === undefined) {
      unbound.add(name);
      continue;
    }
    // Assigning to a constant throws.
    if (binding.local === "const") continue;
    binding.assignments.push(offset);
    if (binding.owner !== scope.owner) binding.assignedElsewhere = true;
  }
  return unbound;
}
