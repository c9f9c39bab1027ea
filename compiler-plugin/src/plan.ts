/**
 * From a site to text edits. The store itself stays where it is, with its own operator, strictness and errors; the
 * barrier goes beside it, and the operands that it names again are evaluated once, into temporaries where needed.
 */
import { Batches } from "./batches.js";
import { type Diagnostic, REASONS, type Reason } from "./diagnostics.js";
import type { Edits } from "./edits.js";
import type { Names } from "./names.js";
import { LoopTracks } from "./optimise.js";
import type { Scope } from "./scope.js";
import { canDeclare, type LocatedOperand, type Site } from "./sites.js";
import { isWithin, ownVariable } from "./stability.js";
import type { Operand, Span } from "./syntax.js";
import { Temporaries } from "./temporaries.js";
import { skipTrivia } from "./text.js";

export interface Refusal {
  readonly reason: Reason;
  readonly code: Diagnostic["code"];
}

/** An operand as the barrier names it, and the temporary that has to be assigned first, if any. */
interface Use {
  readonly text: string;
  readonly temporary: boolean;
}

export class Planner {
  readonly edits: Edits = { wraps: [], replacements: [] };
  readonly #code: string;
  readonly #names: Names;
  readonly #hasDirectEval: boolean;
  readonly #loopTracks?: LoopTracks;
  readonly #batches?: Batches;

  constructor(code: string, names: Names, hasDirectEval: boolean, optimise: boolean) {
    this.#code = code;
    this.#names = names;
    this.#hasDirectEval = hasDirectEval;
    // Direct eval can assign to any name in its reach.
    if (!optimise || hasDirectEval) return;
    const temporaries = new Temporaries(names);
    const { wraps } = this.edits;
    this.#loopTracks = new LoopTracks(code, names.barrier, temporaries, wraps);
    this.#batches = new Batches(code, names.barrier, temporaries, wraps, this.#loopTracks);
  }

  /** Plans one site, or says why it cannot be instrumented. Sites come in source order. */
  plan(site: Site): Refusal | undefined {
    if (site.inWith) return { reason: REASONS.with, code: "FAMS2001" };
    if (site.form === "pattern" || site.form === "for-head") return this.#reference(site);
    if (this.#batches?.take(site)) return undefined;
    const base = this.#use(site, "base");
    const key = this.#use(site, "key");
    if (!base.temporary && !key.temporary) return this.#barrier(site, base, key);
    if (!canDeclare(site)) {
      return site.form === "assign" ? this.#reference(site) : this.#enclosed(site, base, key);
    }
    for (const use of [base, key]) if (use.temporary) site.activation.temporaries.add(use.text);
    return this.#barrier(site, base, key);
  }

  /** Called once, after all sites. */
  finish(): void {
    this.#batches?.finish();
  }

  #use(site: Site, which: "base" | "key"): Use {
    const { operand } = site[which];
    const temporary = { text: this.#names[which](site.depth), temporary: true };
    switch (operand.is) {
      case "this":
      case "super":
        return { text: "this", temporary: false };
      case "literal":
        return { text: operand.text, temporary: false };
      case "identifier":
        return this.#canBeNamedTwice(site, which, operand.name)
          ? { text: operand.name, temporary: false }
          : temporary;
      default:
        // The key of an update is evaluated in the barrier's argument and named nowhere else.
        return which === "key" && isUpdate(site) ? { text: "", temporary: false } : temporary;
    }
  }

  /**
   * A name the file binds reads the same twice unless it is assigned in between: by the key's own code, or, for
   * operators that read the element first, by a getter.
   */
  #canBeNamedTwice(site: Site, which: "base" | "key", name: string): boolean {
    const binding = site.scope.resolve(name);
    if (binding === undefined) return which === "key" && isUpdate(site);
    const readsElement = site.form === "compound" || site.form === "logical";
    const runsKey = which === "base" && runsCode(site.key.operand, site.scope);
    if (!readsElement && !runsKey) return true;
    if (binding.assignedElsewhere || this.#hasDirectEval) return false;
    // Another function's variable: that function may go on, if it is suspended, before this expression ends.
    if (binding.owner !== site.scope.owner && binding.assignments.length > 0) return false;
    return !binding.assignments.some((offset) => offset >= site.key.span.start && offset < site.key.span.end);
  }

  #barrier(site: Site, base: Use, key: Use): undefined {
    const { barrier, value } = this.#names;
    const settled = this.#loopTracks?.nameFor(site);
    const tracker = settled ?? `${base.text}?.[${barrier}.S]`;
    if (base.temporary) this.#assignBase(site, base.text);
    if (isUpdate(site)) {
      const [open, close] = argumentParentheses(site.key.operand);
      this.#wrap(site.key.span, `${barrier}.k(${base.text}, ${open}`, `${close}, ${tracker})`);
      return;
    }
    if (settled !== undefined && this.#canAskFirst(site)) {
      // Nothing is called for an array, nor for a view of its own memory.
      site.activation.temporaries.add(value);
      const mark = `${settled} === void 0 || ${barrier}.v(${base.text}, ${key.text}, ${settled}, ${value})`;
      this.#wrap(site.value as Span, `(${value} = `, `, ${mark}, ${value})`);
      return;
    }
    if (key.temporary) this.#assign(site.key, key.text, ["", ""]);
    this.#wrap(site.value as Span, `${barrier}.v(${base.text}, ${key.text}, ${tracker}, `, ")");
  }

  /** Whether the key reads the same after the value, and the value takes no name from what it is assigned to. */
  #canAskFirst(site: Site): boolean {
    const { operand } = site.key;
    const value = site.value as Span;
    if (/=>|\bfunction\b|\bclass\b/.test(this.#code.slice(value.start, value.end))) return false;
    if (operand.is === "literal") return true;
    const binding = operand.is === "identifier" ? ownVariable(operand.name, site) : undefined;
    return binding !== undefined && !binding.assignments.some((offset) => isWithin(offset, value));
  }

  #assignBase(site: Site, temporary: string): void {
    // A parenthesis at the start of a statement would make it an argument list of the line before.
    const bare = site.startsStatement && site.base.span.start === site.expression.start && canDeclare(site);
    this.#assign(site.base, temporary, bare ? ["", `, ${temporary}`] : ["(", ")"]);
  }

  #assign(
    { span, operand }: LocatedOperand,
    temporary: string,
    [open, close]: readonly [string, string],
  ): void {
    const [enter, leave] = argumentParentheses(operand);
    this.#wrap(span, `${open}${temporary} = ${enter}`, `${leave}${close}`);
  }

  /** `base[key]` becomes a reference whose `v` stores: base and key are evaluated once, where they stand. */
  #reference(site: Site): undefined {
    const { barrier } = this.#names;
    const { base, key, element } = site;
    const isSuper = base.operand.is === "super";
    const store = `($a, $k, $v) => { ${isSuper ? "super" : "$a"}[$k] = ${barrier}.v($a, $k, $a?.[${barrier}.S], $v); }`;
    const [open, close] = argumentParentheses(key.operand);
    this.#wrap(element, `${barrier}.r(`, "");
    if (isSuper) this.edits.replacements.push({ ...base.span, text: "this" });
    const bracket = skipTrivia(this.#code, base.span.end);
    this.edits.replacements.push({ start: bracket, end: bracket + 1, text: `, ${open}` });
    this.edits.replacements.push({ start: element.end - 1, end: element.end, text: `${close}, ${store}).v` });
  }

  /** Where no statement can declare temporaries, an arrow around the site holds them. */
  #enclosed(site: Site, base: Use, key: Use): Refusal | undefined {
    if (site.suspends || site.evaluates) return { reason: REASONS.eval, code: "FAMS2002" };
    const declared = [base, key].filter((use) => use.temporary).map((use) => use.text);
    const start = site.startsStatement ? "0, " : "";
    this.#wrap(site.expression, `${start}(() => { let ${declared.join(", ")}; return `, "; })()");
    return this.#barrier(site, base, key);
  }

  #wrap({ start, end }: Span, before: string, after: string): void {
    this.edits.wraps.push({ start, end, before, after });
  }
}

/** `x, y` is one key in brackets, but two arguments. */
function argumentParentheses(operand: Operand): readonly [open: string, close: string] {
  return operand.is === "expression" && operand.sequence ? ["(", ")"] : ["", ""];
}

function isUpdate(site: Site): boolean {
  return site.form === "prefix" || site.form === "postfix";
}

/** Whether evaluating an operand may run code: a name that the file does not bind may be a global getter. */
function runsCode(operand: Operand, scope: Scope): boolean {
  if (operand.is === "identifier") return scope.resolve(operand.name) === undefined;
  return operand.is === "expression" || operand.is === "fresh";
}
