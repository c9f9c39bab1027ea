/** Typed programs: stores through types that say much, little or the wrong thing about their receivers, with no cast on the way. */

import fc from "fast-check";
import { among, lines, memoised, type Text, text, weighted } from "./text.ts";
import { assignable } from "./typed-compiler.ts";
import { DECLARATIONS, KEYS, TYPES } from "./typed-pool.ts";

const values = assignable();
export const usable = TYPES.filter((type) => (values.get(type)?.length ?? 0) > 0);
const valueOfType = memoised((type: string): Text => among(...(values.get(type) ?? [])));
const types: Text = fc.constantFrom(...usable);

const STORED = among("5", "2.5", "-1", "'7'", "9n");
const operator = among("=", "=", "=", "+=", "??=", "&&=");

/** Stores of every form into `a`, an expression for the receiver, by `k`. */
const storesInto = memoised(
  (a: string, k: string): Text =>
    weighted(
      [6, text`${a}[${k}] ${operator} ${STORED};`],
      [2, text`${a}[${among("0", "1", k)}]${among("++", "--")};`],
      [1, text`[${a}[${k}], ${a}[1]] = [${STORED}, ${STORED}];`],
      [1, text`({ x: ${a}[${k}] = ${STORED} } = { x: ${STORED} });`],
      [1, text`for (${a}[${k}] of [${STORED}]);`],
      [1, text`${a}[0] = ${STORED}; ${a}[0] ${operator} ${STORED};`],
      [1, text`if (Array.isArray(${a})) ${a}[${k}] = ${STORED};`],
      [1, text`if (${a} instanceof Map) ${a}[${k}] = ${STORED}; else ${a}[${k}] = ${STORED};`],
      [1, text`if ("norm" in ${a}) ${a}[${k}] = ${STORED};`],
      [1, text`if (typeof ${a}[0] === "string") ${a}[0] += ${STORED};`],
      [1, text`for (let i = 0; i < 3; i++) ${a}[i] = ${STORED};`],
    ),
);

const stores = (a: string): Text => lines(storesInto(a, "k"), 1, 2);

/** What the stores of a case are to:  makes its names its own. */
const shapes: Text = fc
  .tuple(types, types, fc.constantFrom(...Object.keys(KEYS)))
  .chain(([type, other, keyType]) => {
    const value = valueOfType(type);
    const another = valueOfType(other);
    const key = among(...(KEYS[keyType] as readonly string[]));
    const both = `${type} | ${other}`;
    return weighted(
      [4, text`function f(a: ${type}, k: ${keyType}) { ${stores("a")} } f(${value}, ${key});`],
      [1, text`function f<T extends ${type}>(a: T, k: ${keyType}) { ${stores("a")} } f(${value}, ${key});`],
      [1, text`function f<T>(a: T & (${type}), k: ${keyType}) { ${stores("a")} } f(${value}, ${key});`],
      [
        2,
        text`let a: ${both} = ${value}; const k: ${keyType} = ${key}; const set = () => { a = ${another} }; set(); ${stores("a")}`,
      ],
      [
        1,
        text`let a: ${both} = ${value}; const k: ${keyType} = ${key}; const set = () => { a = ${another} }; set(); const b = a; ${stores("b")}`,
      ],
      [
        2,
        text`const o: { a: ${both} } = { a: ${value} }; const k: ${keyType} = ${key}; const set = () => { o.a = ${another} }; o.a = ${value}; set(); ${stores("o.a")}`,
      ],
      [
        1,
        text`const o: Record<string, ${both}> = { a: ${value} }; const k: ${keyType} = ${key}; const set = () => { o['a'] = ${another} }; o['a'] = ${value}; set(); ${stores("o['a']")}`,
      ],
      [1, text`const o = new Keeper<${type}>(${value}); const k: ${keyType} = ${key}; ${stores("o.kept")}`],
      [
        1,
        text`const a: ${type} = ${value}; let k: ${keyType} = ${key}; const set = () => { k = ${key} }; k = ${key}; set(); ${stores("a")}`,
      ],
      [1, text`const rows: (${type})[] = [${value}]; const k: ${keyType} = ${key}; ${stores("rows[0]")}`],
      [1, text`const { a } = { a: ${value} }; const k: ${keyType} = ${key}; ${stores("a")}`],
      [
        1,
        text`class C { constructor(private a: ${type}) {} put(k: ${keyType}) { ${stores("this.a")} } } new C(${value}).put(${key});`,
      ],
      [
        1,
        text`class C extends Float64Array { put(this: ${type}, k: ${keyType}) { ${stores("this")} } } C.prototype.put.call(${value}, ${key});`,
      ],
      [
        1,
        text`class P { x = 1 } class V extends Float64Array { x = 1 } const m = (B: typeof P) => class extends B { #q = 1; [k: number]: any; m(k: ${keyType}) { ${stores("this")} } }; const a = new (m(V))(); a.m(${key});`,
      ],
    );
  });

const attempt: Text = text`try { ${shapes} } catch (error) { caught(error) }`;

export const typedProgram: Text = text`export default function ($w: any) {
const mem0: ArrayBuffer = $w.mem(0), mem1: ArrayBuffer = $w.mem(1), caught = $w.caught;
${DECLARATIONS}
${lines(attempt, 1, 4)}
}`;
