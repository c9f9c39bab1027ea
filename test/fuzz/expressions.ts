/** Expressions that store: every form of target, with operands of every kind that store, call, convert and suspend themselves. */

import { among, memoised, type Text, text, weighted } from "./text.ts";

/** What an operand can be suspended by. */
export type Suspend = "" | "await" | "yield";

/** Names of the world. `a`, `b`, `c` and `x` are variables of the program; § becomes a number, ⟦...⟧ stays in TypeScript only. */
const VIEWS = among(
  ..."f64 f32 u8 c8 i8 i16 u16 i32 u32 i64 u64 small tiny first sub closed empty buf".split(" "),
);
const OBJECTS = among(
  ..."array plain frozen sealed tricky proxy trapped deep heir heirOfProxy own shared dv rows nothing none word".split(
    " ",
  ),
);

const VARIABLES = among("a", "b", "c", "x");
export const names: Text = weighted([4, VARIABLES], [5, VIEWS], [2, OBJECTS]);
export const constants: Text = weighted([5, VIEWS], [1, OBJECTS]);

export const operator = weighted(
  [6, among("=")],
  [4, among("+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^=")],
  [2, among("??=", "||=", "&&=")],
);
const NUMBERS = among("3", "2.5", "300", "-1", "-0", "0", "1e30", "NaN", "8589934592");
const PRIMITIVES = among("i", "j", "k", "n", "undefined", "null", "true", "'5'", "'x'", "7n", "sym");
const conversions = among("6", "store", "sync", "undo", "throw", "big");
const convertible = text`num(§, "${conversions}")`;
export const simpleValue: Text = weighted([5, NUMBERS], [3, PRIMITIVES], [1, convertible]);

const INDICES = among("0", "1", "2", "3", "7", "i", "j", "k");
const ODD_KEYS = among(
  "'1'",
  "'01'",
  "-0",
  "'-0'",
  "1.5",
  "99",
  "-1",
  "2n",
  "sym",
  "NaN",
  "'name'",
  "null",
  "true",
  "4294967296",
);
const simpleKey: Text = weighted(
  [6, INDICES],
  [2, among("i + 1", "i & 3", "k + 1", "7 - k", "k * 2")],
  [2, ODD_KEYS],
  [1, text`key(§, "${conversions}")`],
);

const receiver = memoised((depth: number, suspend: Suspend): Text => {
  if (depth <= 0) return names;
  const inner = expression(depth - 1, suspend);
  return weighted(
    [8, names],
    [1, text`log("§", ${names})`],
    [
      1,
      among(
        "fresh()",
        "fresh(1)",
        "holder.v",
        "rows[i & 1]",
        "this",
        "f.call(u8, b, 0)",
        "new S(mem(0), 64, 4)",
      ),
    ],
    [1, text`(${inner}, ${names})`],
    [1, text`(a = ${names})`],
    [1, text`(${inner} ? ${names} : ${names})`],
    [1, text`(⟦<any>⟧${names})`],
    [1, text`(${names}⟦ as any⟧)⟦!⟧`],
    ...suspended(suspend, text`(${suspend} ${names})`),
  );
});

const key = memoised((depth: number, suspend: Suspend): Text => {
  if (depth <= 0) return simpleKey;
  const inner = expression(depth - 1, suspend);
  return weighted(
    [8, simpleKey],
    [1, text`log("§", ${simpleKey})`],
    [1, text`${inner}, ${simpleKey}`],
    [1, text`i = ${among("0", "1", "2")}`],
    [1, text`${VARIABLES} = array, ${simpleKey}`],
    ...suspended(suspend, text`${suspend} ${simpleKey}`),
  );
});

/** What can be assigned to: an element of anything. */
export const element = memoised((depth: number, suspend: Suspend): Text => {
  const plain = text`${receiver(depth, suspend)}[${key(depth, suspend)}]`;
  return weighted([8, plain], [1, text`(${plain}⟦ as any⟧)`], [1, text`${plain}⟦!⟧`]);
});

export const pattern = memoised((depth: number, suspend: Suspend): Text => {
  const target = element(depth - 1, suspend);
  const value = expression(depth - 1, suspend);
  return weighted(
    [2, text`[${target}, ${target}]`],
    [1, text`[${target} = ${value}, ...${target}]`],
    [1, text`[, [${target}] = [${value}], i = 1]`],
    [1, text`{ x: ${target}, y: ${target} = ${value} }`],
    [1, text`{ [log("§", "x")]: ${target}, ...${target} }`],
    [1, text`{ y: [{ x: ${target} } = { x: ${value} }] = [] }`],
  );
});

const source = (depth: number, suspend: Suspend): Text =>
  text`${among("pair(", "odd(", "short(")}${expression(depth - 1, suspend)})`;

/** Built-ins that write into a view. */
const sinks = (depth: number, suspend: Suspend): Text => {
  const value = expression(depth - 1, suspend);
  const at = among("0", "1", "i", "j", "-1");
  return weighted(
    [1, text`${names}.fill(${value}, ${at}, ${at})`],
    [1, text`${VIEWS}.set([${value}, ${simpleValue}], ${at})`],
    [1, text`${VIEWS}.set(${names}, ${at})`],
    [1, text`${VIEWS}.copyWithin(${at}, ${at}, ${at})`],
    [1, text`${VIEWS}.${among("sort", "reverse")}()`],
    [1, text`${VIEWS}.sort((p, q) => (${expression(depth - 1, "")}, p > q ? -1 : 1))`],
    [1, text`dv.${among("setFloat64", "setInt16", "setBigUint64")}(${simpleKey}, ${value})`],
    [1, text`buf.${among("writeDoubleLE", "writeUInt16BE", "writeInt8")}(${simpleValue}, ${at})`],
    [1, text`buf.${among("write('hello', ", "fill('ab', ", "utf8Write('xyz', ")}${at})`],
    [1, text`Atomics.${among("add", "store", "xor")}(${VIEWS}, ${simpleKey}, ${value})`],
    [1, text`Array.prototype.${among("fill", "reverse")}.call(${names}, ${simpleValue})`],
    [1, text`Reflect.set(${names}, ${simpleKey}, ${value})`],
    [1, text`Reflect.set(${names}, ${simpleKey}, ${simpleValue}, ${names})`],
    [1, text`Object.assign(${names}, [${value}, ${simpleValue}])`],
    [1, text`Reflect.defineProperty(${names}, ${simpleKey}, { value: ${value} })`],
  ).map((call) => `seen(${call})`);
};

/** Functions are scopes of their own: nothing in them suspends the code around them. */
const functions = (depth: number): Text => {
  const inner = expression(depth - 1, "");
  return weighted(
    [3, text`(() => ${inner})()`],
    [1, text`((p = ${inner}, q = ${inner}) => p)()`],
    [
      1,
      text`(function (p, [q] = [${inner}]) { tick(); arguments[0] = ${names}; return ${inner} }).call(u8, a, [1])`,
    ],
    [1, text`(function () { return ${inner} }).call(${names})`],
    [1, text`new (class { field = ${inner}; static { ${inner} } })().field`],
    [1, text`({ __proto__: ${names}, m(k = 1) { return super[${simpleKey}] ${operator} ${inner} } }).m()`],
    [1, text`({ __proto__: ${names}, m() { [super[i]] = [${inner}]; return super[1]++ } }).m.call(${names})`],
  );
};

const stores = (depth: number, suspend: Suspend): Text => {
  const target = element(depth - 1, suspend);
  const value = expression(depth - 1, suspend);
  return weighted(
    [6, text`(${target} ${operator} ${value})`],
    [2, text`(${target}${among("++", "--")})`],
    [1, text`(${among("++", "--")}${target})`],
    [2, text`(${pattern(depth - 1, suspend)} = ${source(depth - 1, suspend)})`],
  );
};

export const expression = memoised((depth: number, suspend: Suspend): Text => {
  if (depth <= 0) return simpleValue;
  const inner = expression(depth - 1, suspend);
  return weighted(
    [2, simpleValue],
    [6, stores(depth, suspend)],
    [1, element(depth - 1, suspend)],
    [2, functions(depth)],
    [1, sinks(depth, suspend)],
    [1, text`log("§", ${inner})`],
    [1, text`(${inner} ${among("+", "*", ",", ">", "&&", "||", "??")} ${inner})`],
    [1, text`(${inner} ? ${inner} : ${inner})`],
    [1, text`(${among("i", "j", "k")} = ${inner} & 3)`],
    [1, text`(${VARIABLES} = ${names})`],
    [1, text`f.call(u8, ${names}, ${inner})`],
    [1, among("sync()", "undo()")],
    [1, text`[...pair(${inner})][0]`],
    [1, text`tag\`\${${inner}}-\${${inner}}\``],
    [1, text`({ [log("§", "x")]: ${inner} }).x`],
    ...suspended(suspend, text`(${suspend} ${inner})`),
  );
});

function suspended(suspend: Suspend, arbitrary: Text): [number, Text][] {
  return suspend === "" ? [] : [[2, arbitrary]];
}
