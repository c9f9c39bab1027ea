/** Random programs made of stores whose operands store, assign, call, suspend and throw. */
import { randomLoops } from "./random-loops.ts";

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A function body for twins. Its getters and functions assign to the names that its stores use. */
export function randomProgram(random: () => number): string {
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  let labels = 0;

  const base = (depth: number): string =>
    pick([
      () => pick(["a", "b", "c", "x", "tricky", "proxy", "frozen"]),
      () => pick(["a", "b", "f64", "u8"]),
      () => `log("${labels++}", ${pick(["a", "b", "f64", "i64", "null"])})`,
      () => `(${expression(depth - 1)}, a)`,
      () => `(a = ${pick(["f64", "u8", "array"])})`,
      () => `f(b, ${pick(["0", "1"])})`,
    ])();

  const key = (depth: number): string =>
    pick([
      () => pick(["i", "j", "0", "1", "'2'", "i + 1", "i & 3"]),
      () => pick(["i", "j"]),
      () => `(${expression(depth - 1)}, j)`,
      () => `log("${labels++}", ${pick(["1", "i", "'1'"])}), i & 1`,
      () => `i = ${pick(["0", "1", "2"])}`,
    ])();

  const element = (depth: number) => `${base(depth)}[${key(depth)}]`;

  function expression(depth: number): string {
    if (depth <= 0) return pick(["i", "j", "3", "2.5", "n", "undefined"]);
    return pick([
      () =>
        `(${element(depth - 1)} ${pick(["=", "=", "+=", "-=", "**=", "??=", "||=", "&&="])} ${expression(depth - 1)})`,
      () => `(${element(depth - 1)} = ${expression(depth - 1)})`,
      () => pick([`${element(depth - 1)}++`, `--${element(depth - 1)}`]),
      () =>
        `([${element(depth - 1)}, { y: ${element(depth - 1)} = ${expression(depth - 2)} }] = [${expression(depth - 1)}, {}])`,
      () => `log("${labels++}", ${expression(depth - 1)})`,
      () => `(() => ${expression(depth - 1)})()`,
      () => `((p = ${expression(depth - 1)}, q = ${expression(depth - 2)}) => p)()`,
      () => `new (class { field = ${expression(depth - 1)}; [${expression(depth - 2)}] = 1 })().field`,
      () => `(${expression(depth - 1)} ${pick(["+", "*", ",", ">"])} ${expression(depth - 1)})`,
      () => `(i = ${expression(depth - 1)} & 3)`,
      () => `f(${pick(["a", "b"])}, ${expression(depth - 1)})`,
      () => `(SUSPEND ${expression(depth - 1)})`,
      () => element(depth - 1),
    ])();
  }

  const statement = (depth: number): string =>
    pick([
      () => expression(depth),
      () => `${element(depth)} = ${expression(depth)}`,
      () => `if (${expression(depth - 1)}) ${expression(depth)}\nelse ${expression(depth)}`,
      () => `for (${element(depth)} of [${expression(depth - 1)}, 1]) ${expression(depth - 1)}`,
      () => `for (let i = 0; i < 2 && n++ < 30; i++) { ${element(depth)} += ${expression(depth - 1)} }`,
      () => `for (${element(depth)} in { 1: 1, z: 2 }) ;`,
    ])();

  // Only the outermost function suspends; code of functions inside it does not.
  const attempt = (depth: number) =>
    `try {\n${suspendOnlyAtTop(statement(depth))}\n} catch (error) { log(String(error)) }`;
  const statements = Array.from({ length: 1 + Math.floor(random() * 3) }, () => attempt(3));
  const loops = (suspend: string) =>
    randomLoops(pick, suspend, () => expression(2).replaceAll("SUSPEND", ""));
  const plain = statement(2).replaceAll("SUSPEND", "");
  return `let a = f64, b = u8, c = array, i = 0, j = 1, n = 0;
const tricky = {
  get 0() { a = u8; i = 2; return 1 }, set 0(v) { log("set 0"); b = f64 },
  get 1() { b = array; j = 0; return 2 }, set 1(v) { log("set 1"); i = 1 },
};
function f(x, y) { if (n++ > 20) return x;
${plain}
return x }
const run = async (x, r2 = x) => {
${statements.join("\n")}
${loops("await")}
};
function looped(r2) {
${loops("")}
}
function* generated(r2) {
${loops("yield")}
}
looped(f64, 1);
for (const step of generated(u8)) log("step", step);
return Promise.all([run(f64), run(u8)]).then(() => [a === f64, b === u8, i, j, n]);`;
}

/** `await` is code for the async function alone, not for the functions and classes within it. */
function suspendOnlyAtTop(statement: string): string {
  let depth = 0;
  return statement.replace(/\(\(\) => |\(\(p = |new \(class|\(|\)|SUSPEND/g, (token) => {
    if (token === "SUSPEND") return depth === 0 ? "await" : "";
    if (depth > 0 || !["(", ")"].includes(token))
      depth += token === ")" ? -1 : (token.match(/\(/g) ?? []).length;
    return token;
  });
}
