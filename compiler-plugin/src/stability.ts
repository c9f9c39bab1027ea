/** Which names stay what they are while a stretch of code runs, and can be read before it. */
import type { Binding, Scope } from "./scope.js";
import { canDeclare, type Site } from "./sites.js";
import type { Span } from "./syntax.js";

/** A loop, or statements in a row. */
export interface Stretch {
  /** With its labels. */
  readonly span: Span;
  /** Where the statement before it ends. */
  readonly after: number | undefined;
  /** The scope that it stands in. */
  readonly scope: Scope;
}

/** What `name` means at the site, if that is a local variable of the site's own function that no other code assigns to. */
export function ownVariable(name: string, site: Site): Binding | undefined {
  const binding = site.scope.resolve(name);
  if (binding === undefined || !canDeclare(site)) return undefined;
  const own = binding.local !== undefined && binding.owner === site.scope.owner && !binding.assignedElsewhere;
  return own ? binding : undefined;
}

/** Is it the same variable around the stretch, set before it, and by nothing in it? */
export function isStable(binding: Binding, name: string, { span, scope }: Stretch): boolean {
  const { assignments, declarations } = binding;
  const isWritten = [...assignments, ...declarations].some((offset) => isWithin(offset, span));
  return scope.resolve(name) === binding && isInitialised(binding, span) && !isWritten;
}

/** Reading it before the stretch cannot throw. */
export function isInitialised({ local, declarations }: Binding, { start }: Span): boolean {
  const hoisted = local === "var" || local === "parameter";
  return hoisted || declarations.every((offset) => offset < start);
}

/** A name after the statement `let`, which sloppy code can end with a line, would make it a declaration. */
export function canPrecede({ after }: Stretch, code: string): boolean {
  return after === undefined || !code.slice(0, after).endsWith("let");
}

export function isWithin(offset: number, { start, end }: Span): boolean {
  return offset >= start && offset < end;
}
