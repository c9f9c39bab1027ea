import { expect } from "chai";
import {
  compareTwins,
  describeVariant,
  expectAgreement,
  makeTwins,
  VARIANTS,
  type World,
} from "../testing/twins.ts";

const STORES = ["f64[1] = V()", "B()[K()] = V()", "B()[K()] += V()", "++B()[K()]", "[B()[K()]] = [V()]"];

/** Where an expression can stand; each reports what else could have changed. */
const CONTEXTS: Record<string, (store: string) => string> = {
  "a function body": (s) => `function f(x) { return ${s}; } return [f(1), f.length];`,
  "a parameter initialiser": (s) =>
    `function f(a, x = (${s}), y = 2) { return [a, x, y]; } return [f(1), f.length];`,
  "a parameter initialiser of an arrow": (s) => `const f = (x = (${s})) => x; return [f(), f.length];`,
  "a destructured parameter": (s) =>
    `function f({ x = (${s}) }, [y] = [1]) { return [x, y]; } return [f({}), f.length];`,
  "a computed name in a parameter": (s) =>
    `function f({ [log("n", (${s}), "n")]: x } = {}) { return x; } return f();`,
  "a parameter that shares arguments": (s) =>
    `function f(a) { a = (${s}); return [arguments[0], arguments.length]; } return f(1, 2);`,
  "nested arrows with expression bodies": (s) =>
    `return ((x) => (y) => ${s.startsWith("[") ? `(${s})` : s})(1)(2);`,
  "an arrow that returns an object": (s) => `return Object.values((() => ({ x: (${s}) }))());`,
  "an async arrow": (s) => `return (async () => { await null; return [await (${s}), 1]; })();`,
  "an async arrow with an expression body": (s) => `return (async () => (${s}))();`,
  "a generator": (s) => `function* g() { yield (${s}); return 1; } return [...g()];`,
  "an async generator": (s) =>
    `async function* g() { yield (${s}); } return (async () => { for await (const x of g()) return x; })();`,
  "a getter and a setter": (s) =>
    `const o = { get x() { return ${s}; }, set x(v) { ${s}; } }; o.x = 1; return o.x;`,
  "a computed method name": (s) => `return Object.keys({ [String(${s})]() {} });`,
  "a class field": (s) => `class A { x = (${s}); } return [new A().x, new A().x];`,
  "a static field": (s) => `class A { static x = (${s}); y = 1 } return A.x;`,
  "a private field": (s) => `class A { #x = (${s}); get() { return this.#x; } } return new A().get();`,
  "a static block": (s) => `let r; class A { static { r = (${s}); } } return r;`,
  "a computed class key": (s) => `class A { static [String(${s})] = 1; } return Object.keys(A);`,
  "a class heritage": (s) => `class A extends (log("h", (${s})), Array) {} return new A().length;`,
  "a constructor before super": (s) =>
    `class A extends Object { constructor() { ${s}; super(); } } return typeof new A();`,
  "a tagged template": (s) => `return ((t, x) => x)\`a\${${s}}b\`;`,
  "a switch": (s) => `switch (1) { case (${s}): return "case"; default: ${s}; return "default"; }`,
  "a catch parameter": (s) => `try { throw {}; } catch ({ x = (${s}) }) { return x; }`,
  "a catch block": (s) => `try { throw 1; } catch { return ${s}; } finally { log("finally"); }`,
  "a for head": (s) => `for (let i = (${s}), n = 0; n < 2 && (${s}, true); n++, ${s}) log(String(i));`,
  "a for-of body without block": (s) => `for (const x of [1, 2]) ${s}\nreturn 1`,
  "an if without block": (s) => `if (log("if", true)) ${s}\nelse ${s}\nreturn 1`,
  "a do without block": (s) => `let n = 0; do ${s}\nwhile (n++ < 1)\nreturn 1`,
  "a label": (s) => `out: { ${s}; break out; } return 1;`,
  "the operands of conditionals": (s) => `return log("c", true) ? ${s} : (${s});`,
  "short circuits": (s) => `return [null ?? (${s}), 0 && (${s}), null?.[${s}]];`,
  "a sequence": (s) => `return (${s}, ${s}, 3);`,
  "optional chains in operands": (s) =>
    `const o = { get: () => f64 }; (o?.get?.())[o?.none ?? 2] += 1; return ${s};`,
  "a function with a directive": (s) =>
    `function f() { "use strict"\n${s.startsWith("[") ? ";" : ""}${s}\nreturn this === undefined } return f();`,
  "a new.target": (s) =>
    `function F() { this.x = (${s}); this.t = new.target === F; } const o = new F(); return [o.x, o.t];`,
};

/** What needs sloppy JavaScript. */
const SLOPPY: Record<string, (store: string) => string> = {
  "a function with direct eval": (s) => `function f() { eval("var x = 1"); return [(${s}), x]; } return f();`,
  "an arrow in a function with direct eval": (s) =>
    `function f() { eval("var x = 1"); const g = () => (${s}); return g(); } return f();`,
  "a statement of a function with direct eval": (s) =>
    `function f() { let g = log\neval("1")\n${s}\nreturn 1 } return f();`,
};

const TYPED: Record<string, (store: string) => string> = {
  "an enum": (s) => `enum E { A = ${s.startsWith("[") ? "f64[0] = 1" : `(${s})`}, B = 2 } return [E.A, E.B];`,
  "a namespace": (s) => `namespace N { ${s}; export let x: any = 1; x = (${s}); } return N.x;`,
  "a nested namespace": (s) => `namespace N.M { export const x: any = (${s}); } return N.M.x;`,
  "a decorator argument": (s) =>
    `const d = (x: any) => (c: any) => log("decorate", c); @d(${s}) class A {} return new A() instanceof A;`,
  "a method decorator": (s) =>
    `const d = (x: any) => (...c: any[]) => {}; class A { @d(${s}) m() { return 1; } } return new A().m();`,
  "a parameter decorator": (s) =>
    `const d = (x: any) => (...c: any[]) => {}; class A { m(@d(${s}) p: any) { return p; } } return new A().m(1);`,
  "a parameter property": (s) => `class A { constructor(public x: any = (${s})) {} } return new A().x;`,
  "type wrappers around the target": () =>
    `(B()[K()] as any) = V(); (<any>B())[K()]! += V(); B()![K() as number]++; [(B()[K()] as any)] = [V()]; (B() satisfies any)[K()!] = V();`,
  "overloads and abstract members": (s) =>
    `function f(x: number): any; function f(x: any) { return ${s}; } abstract class A { abstract m(): void; declare y: number; n() { return f(1); } } return new (class extends A { m() {} })().n();`,
};

const SUPER: Record<string, string> = {
  "stores through super":
    "super[0] = 7; super[log('k', 1)] = 8; super[2] += 1; super[log('k', 3)]++; [super[0]] = [5];",
  "stores through super with suspended operands":
    "super[log('k', 0)] ??= 1; for (super[log('k', 1)] of [4, 5]) ;",
};

async function runEverywhere(body: string, variant: (typeof VARIANTS)[number]): Promise<void> {
  const twins = makeTwins(body, variant);
  const what = `${describeVariant(variant)}\n${twins.text}`;
  expect(twins.sites, what).to.be.greaterThan(0);
  for (const base of [(world: World) => world.f64, (world: World) => world.array, () => null]) {
    const run = await compareTwins(twins, (world) => [
      () => world.log("base", base(world)),
      () => world.log("key", 1),
      () => world.log("value", 6),
    ]);
    expectAgreement(run, () => what);
  }
  expect(twins.text.split("\n").length, what).to.equal(twins.source.split("\n").length);
}

describe("a store means the same wherever an expression can stand", () => {
  for (const [context, bodyOf] of Object.entries(CONTEXTS)) {
    it(`in ${context}`, async () => {
      for (const variant of VARIANTS) for (const store of STORES) await runEverywhere(bodyOf(store), variant);
    });
  }
  for (const [context, bodyOf] of Object.entries(SLOPPY)) {
    it(`in ${context}`, async () => {
      for (const variant of VARIANTS.filter(({ strict, language }) => !strict && language === "js")) {
        for (const store of STORES) await runEverywhere(bodyOf(store), variant);
      }
    });
  }
  for (const [context, bodyOf] of Object.entries(TYPED)) {
    it(`in ${context}`, async () => {
      for (const variant of VARIANTS.filter(({ language }) => language === "ts")) {
        for (const store of STORES) await runEverywhere(bodyOf(store), variant);
      }
    });
  }
  for (const [context, body] of Object.entries(SUPER)) {
    it(`in ${context}`, async () => {
      const program = `class U extends Float64Array { m() { ${body} } } Object.setPrototypeOf(f64, U.prototype); f64.m(); return f64[1];`;
      for (const variant of VARIANTS) await runEverywhere(program, variant);
    });
  }

  it("with await and yield between its operands", async () => {
    for (const variant of VARIANTS) {
      for (const operator of ["=", "+=", "??="]) {
        await runEverywhere(
          `return (async () => { const go = async () => B()[await K()] ${operator} await V(); return [await go(), await Promise.all([go(), go()])].flat(); })();`,
          variant,
        );
        await runEverywhere(
          `function* g() { return (yield B())[yield K()] ${operator} yield V(); } const it = g(); let step = it.next(), seen = []; while (!step.done) { seen.push(1); step = it.next(step.value); } return [seen.length, step.value];`,
          variant,
        );
      }
    }
  });
});
