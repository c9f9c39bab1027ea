/** Whole programs: functions of every kind over one world, each statement's errors noted and survived. */

import fc from "fast-check";
import { constants, type Suspend, simpleValue } from "./expressions.ts";
import { statement } from "./statements.ts";
import { among, lines, type Text, text } from "./text.ts";
import { WORLD_NAMES } from "./world.ts";

export interface Program {
  readonly source: string;
  readonly strict: boolean;
  readonly language: "js" | "ts";
}

const surviving = (depth: number, suspend: Suspend): Text =>
  text`try {\n${statement(depth, suspend, undefined)}\n} catch (error) { caught(error) }`;

/** What programs refer to by name. A program holds those that it uses. */
const HELPERS: Readonly<Record<string, Text>> = {
  tricky: text`const tricky = {
  get 0() { tick(); log("get 0"); ${surviving(0, "")}\nreturn 1 }, set 0(v) { log("set 0", v); a = u8; i = 1 },
  get 1() { tick(); b = array; j = 0; return 2 }, set 1(v) { tick(); ${surviving(0, "")} },
};`,
  trapped: text`const trapped = new Proxy(f64, {
  get(t, k) { if (typeof k === "string") log("get " + k); return Reflect.get(t, k) },
  set(t, k, v) { tick(); log("set " + String(k)); ${surviving(0, "")}\nreturn Reflect.set(t, k, v) },
});`,
  S: text`class S extends Float64Array { put(k, v) { super[k] = v; return this[k] } }`,
  f: text`function f(x, y = ${simpleValue}) { tick();\n${lines(surviving(1, ""), 0, 1)}\nreturn x }`,
  uneven: text`const uneven = ${among("1", "0", "-2", "1.5", "'1'", "undefined", "1n", "NaN", "1e9", "num(§, '6')", "num(§, 'sync')")};`,
};

const MAIN: Text = text`function main(x, r, o) {\n${lines(surviving(3, ""), 1, 3)}\n}
main.call(u8, f64, ${constants}, uneven);`;

const GENERATOR: Text = text`function* g(x, r = x, o = 1) {\n${surviving(2, "yield")}\n}
for (const step of g.call(i32, f64)) log("step", step);`;

const ASYNC: Text = text`async function h(x, r = x, o = uneven) {\n${surviving(2, "await")}\n}
return Promise.all([h.call(f32, f64), h.call(i64, u8)]).then(() => [a, b, c, x, r, i, j, k, n]);`;

const SYNC = fc.constant("return [a, b, c, x, r, i, j, k, n];");

const VARIABLES = text`let a = ${constants}, b = ${constants}, c = array, i = 0, j = 1, k = 2, n = 4;
let x = f32, r = ${constants};
const o = 2;
again(() => { f64[3] = log("again", 42) });`;

export const program: fc.Arbitrary<Program> = fc
  .record({
    helpers: fc.record(HELPERS),
    parts: fc.tuple(VARIABLES, MAIN, fc.oneof(fc.constant(""), GENERATOR), fc.oneof(SYNC, ASYNC)),
    strict: fc.boolean(),
    typescript: fc.constantFrom(false, false, false, true),
  })
  .map(({ helpers, parts, strict, typescript }) => {
    let marks = 0;
    let source = withNames(parts.join("\n"), helpers).replace(/§/g, () => String(marks++));
    source = source.replace(/⟦(.*?)⟧/g, typescript ? "$1" : "");
    if (strict || typescript) source = source.replaceAll("with (holder)", "");
    return { source: strict ? `"use strict";${source}` : source, strict, language: typescript ? "ts" : "js" };
  });

function withNames(body: string, helpers: Readonly<Record<string, string>>): string {
  const uses = (text: string, name: string) => new RegExp(`\\b${name}\\b`).test(text);
  const left = new Map(Object.entries(helpers));
  let whole = body;
  for (let found = true; found; ) {
    found = false;
    for (const [name, helper] of left) {
      if (!uses(whole, name)) continue;
      whole = `${helper}\n${whole}`;
      left.delete(name);
      found = true;
    }
  }
  return `const { ${WORLD_NAMES.filter((name) => uses(whole, name)).join(", ")} } = $w;\n${whole}`;
}
