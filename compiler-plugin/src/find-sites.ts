/**
 * Walks a file once and finds every store that can write an element of a view: the language writes elements only
 * through computed members, so `.name` and `#name` targets are passed over.
 */
import { declareFunction, declareNames } from "./declarations.js";
import { type Loop, type LoopPlace, loopsIn } from "./loops.js";
import { type Group, groupsIn } from "./runs.js";
import {
  Activation,
  blockPlace,
  bodyPlace,
  type NameAssignment,
  Scope,
  type TemporaryPlace,
} from "./scope.js";
import { type FoundSites, type Site, type SiteOptions, type StoreForm, storeForm } from "./sites.js";
import type { FunctionShape, Shape, Span, Syntax } from "./syntax.js";

/** The bindings that CommonJS puts around a file. */
const COMMONJS_NAMES = ["exports", "require", "module", "__filename", "__dirname"];

export function findSites<N>(syntax: Syntax<N>, options: SiteOptions): FoundSites {
  const finder = new SiteFinder(syntax, options);
  finder.run();
  return finder;
}

class SiteFinder<N> implements FoundSites {
  readonly sites: Site[] = [];
  readonly assignments: NameAssignment[] = [];
  readonly program = new Activation({ is: "program" });
  importsBarrier = false;
  hasDirectEval = false;

  readonly #syntax: Syntax<N>;
  readonly #options: SiteOptions;
  #scope = new Scope(undefined);
  #activation = this.program;
  #strict: boolean;
  #inWith = false;
  #ignoredTo = -1;
  #statementStart = -1;
  #depth = 0;
  #loop: Loop | undefined;
  /** Loops of the lists of statements around the walk that it has yet to reach. */
  readonly #loopsAhead = new Map<N, LoopPlace>();
  /** The groups of stores in the lists of statements around the walk, by where their elements begin. */
  readonly #groups = new Map<number, Group>();
  #openSites: Site[] = [];
  /** What `arguments` names here: assignments through it change the parameters of a sloppy function. */
  #parameters: { scopes: readonly Scope[]; names: readonly string[]; strict: boolean } | undefined;

  constructor(syntax: Syntax<N>, options: SiteOptions) {
    this.#syntax = syntax;
    this.#options = options;
    this.#strict = syntax.strict;
    if (options.ignoreFile) this.#ignoredTo = Number.POSITIVE_INFINITY;
  }

  run(): void {
    if (this.#options.commonjs) for (const name of COMMONJS_NAMES) this.#scope.declare(name);
    this.#children(this.#syntax.root);
  }

  #children(node: N): void {
    const statements = this.#syntax.statementList(node);
    if (statements !== undefined) this.#lookAhead(statements);
    this.#syntax.children(node, this.#visit);
  }

  #lookAhead(statements: readonly N[]): void {
    for (const [loop, place] of loopsIn(statements, this.#syntax)) this.#loopsAhead.set(loop, place);
    for (const [element, group] of groupsIn(statements, this.#syntax)) this.#groups.set(element, group);
  }

  readonly #visit = (node: N): void => {
    const loop = this.#loopsAhead.get(node);
    const around = this.#loop;
    if (loop !== undefined) this.#loop = { ...loop, scope: this.#scope, parent: around };
    this.#node(node);
    this.#loop = around;
  };

  #node(node: N): void {
    if (this.#options.ignore.size > 0) {
      const { start, end } = this.#syntax.span(node);
      if (start > this.#ignoredTo && this.#options.ignore.has(start)) this.#ignoredTo = end;
    }
    const shape = this.#syntax.shape(node);
    switch (shape.is) {
      case "nothing":
        return;
      case "identifier":
        this.#name(shape.name);
        return;
      case "assign":
      case "update":
        this.#store(node, shape);
        return;
      case "forEach":
        this.#target(shape.head, "for-head");
        shape.rest.forEach(this.#visit);
        return;
      case "operands":
        shape.nodes.forEach(this.#visit);
        return;
      case "function":
        this.#function(node, shape);
        return;
      case "scope":
      case "class":
      case "namespace":
      case "initialisers":
        this.#inner(node, shape);
        return;
      case "with":
        this.#visit(shape.object);
        this.#within(() => {
          this.#inWith = true;
          this.#visit(shape.body);
        });
        return;
      case "switch":
        this.#visit(shape.subject);
        this.#within(() => {
          this.#scope = new Scope(this.#scope, { cases: true });
          shape.cases.forEach(this.#visit);
        });
        return;
      case "variables":
      case "import":
      case "declaration":
        declareNames(shape, this.#scope, this.#syntax.span(node).start, this.#syntax);
        if (shape.is === "import" && shape.namespace !== undefined)
          this.#note(node, { ...shape, is: "require" });
        break;
      default:
        this.#note(node, shape);
    }
    this.#syntax.children(node, this.#visit);
  }

  /** What a node says about the code around it. */
  #note(node: N, shape: Shape<N>): void {
    switch (shape.is) {
      case "expressionStatement":
        this.#statementStart = this.#syntax.span(node).start;
        break;
      case "require":
        if (this.#options.barriers.includes(shape.module)) this.importsBarrier = true;
        break;
      case "eval":
        this.hasDirectEval = true;
        if (!this.#strict) this.#activation.sloppyEval = true;
        for (const site of this.#openSites) site.evaluates = true;
        break;
      case "suspend":
        for (const site of this.#openSites) site.suspends = true;
        break;
      case "export": {
        // Compiled to CommonJS they are properties, which other modules can assign to.
        const scope = new Scope(this.#scope, { owner: shape });
        const offset = this.#syntax.span(node).start;
        for (const name of shape.names) this.assignments.push({ name, scope, offset });
        break;
      }
    }
  }

  /** Runs `inside` and then restores everything that depends on where the walk is. */
  #within(inside: () => void): void {
    const [scope, activation, strict, inWith] = [this.#scope, this.#activation, this.#strict, this.#inWith];
    const [depth, loop, openSites, parameters] = [this.#depth, this.#loop, this.#openSites, this.#parameters];
    inside();
    [this.#scope, this.#activation, this.#strict, this.#inWith] = [scope, activation, strict, inWith];
    [this.#depth, this.#loop, this.#openSites, this.#parameters] = [depth, loop, openSites, parameters];
  }

  #activate(place: TemporaryPlace): Activation {
    this.#depth = 0;
    this.#loop = undefined;
    this.#openSites = [];
    this.#activation = new Activation(place);
    return this.#activation;
  }

  #name(name: string): void {
    if (name !== "arguments" || this.#parameters === undefined || this.#parameters.strict) return;
    const { scopes, names } = this.#parameters;
    for (const scope of scopes)
      for (const parameter of names) scope.declare(parameter).assignedElsewhere = true;
  }

  #store(node: N, shape: Shape<N> & { is: "assign" | "update" }): void {
    const expression = this.#syntax.span(node);
    const value = shape.is === "assign" ? this.#syntax.span(shape.value) : undefined;
    const site = this.#target(shape.target, storeForm(shape), expression, value);
    if (shape.is === "update") return;
    if (site !== undefined) this.#openSites.push(site);
    this.#visit(shape.value);
    if (site !== undefined) this.#openSites.pop();
  }

  /** Visits what an assignment writes to; returns the site, if that is one element. */
  #target(node: N, form: StoreForm, expression?: Span, value?: Span): Site | undefined {
    const target = this.#syntax.target(node);
    switch (target.is) {
      case "identifier": {
        const { start } = this.#syntax.span(node);
        this.#name(target.name);
        this.assignments.push({ name: target.name, scope: this.#scope, offset: start });
        return undefined;
      }
      case "element":
        return this.#element(target, form, expression, value);
      case "pattern":
        for (const part of target.parts) {
          if (part.target) this.#target(part.node, "pattern");
          else this.#visit(part.node);
        }
        return undefined;
      case "other":
        this.#visit(node);
        return undefined;
    }
  }

  #element(target: { node: N; base: N; key: N }, form: StoreForm, expression?: Span, value?: Span): Site {
    const element = this.#syntax.span(target.node);
    const site: Site = {
      form,
      expression: expression ?? element,
      element,
      base: { span: this.#syntax.span(target.base), operand: this.#syntax.operand(target.base) },
      key: { span: this.#syntax.span(target.key), operand: this.#syntax.operand(target.key) },
      value,
      scope: this.#scope,
      activation: this.#activation,
      loop: this.#loop,
      group: this.#groups.get(element.start),
      depth: this.#depth,
      startsStatement: (expression ?? element).start === this.#statementStart,
      inWith: this.#inWith,
      ignored: element.start < this.#ignoredTo,
      typeReason: this.#options.paranoid ? undefined : this.#syntax.oracle?.(target),
      suspends: false,
      evaluates: false,
    };
    this.sites.push(site);
    this.#openSites.push(site);
    this.#visit(target.base);
    this.#depth++;
    this.#visit(target.key);
    this.#depth--;
    this.#openSites.pop();
    return site;
  }

  #function(node: N, shape: FunctionShape<N>): void {
    if (shape.declares !== undefined) {
      declareFunction(shape.declares, this.#scope, this.#syntax.span(node).start, this.#strict);
    }
    shape.outside.forEach(this.#visit);
    this.#within(() => {
      const owner = shape;
      this.#strict ||= shape.strict;
      this.#scope = new Scope(this.#scope, { owner });
      const inner = new Scope(this.#scope, { owner });
      if (shape.ownName !== undefined) this.#scope.declare(shape.ownName);
      for (const name of shape.parameterNames) this.#scope.declare(name).local = "parameter";
      if (!shape.arrow) {
        this.#scope.declare("arguments");
        // A `var` or function of the body may be the parameter of its name.
        const scopes = [this.#scope, inner];
        this.#parameters = { scopes, names: shape.parameterNames, strict: this.#strict };
      }
      const head = this.#activate({ is: "none" });
      shape.parameters.forEach(this.#visit);
      if (shape.body === undefined) return;
      const body = this.#activate(bodyPlace(shape, this.#syntax.span(shape.body)));
      body.sloppyEval = head.sloppyEval;
      this.#scope = inner;
      if (shape.expressionBody) this.#visit(shape.body);
      else this.#children(shape.body);
    });
  }

  #inner(node: N, shape: Shape<N> & { is: "scope" | "class" | "namespace" | "initialisers" }): void {
    if (shape.is !== "scope" && shape.declares !== undefined) this.#scope.declare(shape.declares);
    if (shape.is === "initialisers") shape.outside.forEach(this.#visit);
    this.#within(() => {
      switch (shape.is) {
        case "scope":
          this.#scope = new Scope(this.#scope);
          for (const name of shape.declares) this.#scope.declare(name);
          return this.#children(node);
        case "class":
          this.#scope = new Scope(this.#scope);
          this.#strict = true;
          if (shape.ownName !== undefined) this.#scope.declare(shape.ownName);
          return this.#syntax.children(node, this.#visit);
        case "namespace":
          this.#scope = new Scope(this.#scope, { owner: shape, open: true });
          this.#activate(blockPlace(shape.statements));
          return this.#children(shape.body);
        case "initialisers":
          this.#scope = new Scope(this.#scope, { owner: shape });
          this.#activate({ is: "none" });
          return shape.values.forEach(this.#visit);
      }
    });
  }
}
