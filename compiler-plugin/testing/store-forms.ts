/** Every form of store, and operands of every kind to run it with. */
import type { World } from "./twins.ts";

const COMPOUND = ["+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^="];
const OPERATORS = ["=", ...COMPOUND, "&&=", "||=", "??="];
/** One of each kind that is planned in its own way. */
const KINDS = ["=", "+=", "??="];

/** Each stores through B(), K() and V(): the function bodies differ in how the operands are written. */
const ASSIGNMENTS: Record<string, (operator: string) => string> = {
  "plain names": (op) => `let a = B(), k = K(); return a[k] ${op} V();`,
  "names that the value reassigns": (op) =>
    `let a = B(), k = K(); return a[k] ${op} (a = array, k = 2, V());`,
  "a base that the key reassigns": (op) => `let a = B(); return a[(a = array, K())] ${op} V();`,
  "a base that a function called by the key reassigns": (op) =>
    `let a = B(); function key() { a = array; return K(); } return a[key()] ${op} V();`,
  "calls for every operand": (op) => `return B()[K()] ${op} V();`,
  "a call for the key": (op) => `const a = B(); return a[K()] ${op} V();`,
  "a call for the base": (op) => `const k = K(); return B()[k] ${op} V();`,
  "a sequence as key": (op) => `return B()[log("first"), K()] ${op} V();`,
  "parentheses around everything": (op) => `return ((B())[(K())]) ${op} (V());`,
  "nested stores in base, key and value": (op) =>
    `return (f64[3] = 9, B())[(u8[log("i", 1)] += 2, K())] ${op} (u8[log("j", 2)]++, f64[log("k", 2)] = 7, V());`,
  "loops over one receiver and over a receiver that changes": (op) =>
    `let a = B(), b = a, n = 0; for (const k of [K(), K()]) { log("i")\nwhile (n++ < 3) { a[k] ${op} V(); b[k] ${op} V(); b = u8 } } return n;`,
  "a statement after a line without semicolon": (op) => `let s = log\nB()[K()] ${op} V()\nreturn s === log`,
  "an expression-bodied arrow": (op) => `return ((x) => B()[K()] ${op} V())(1);`,
  "recursion while the operands are live": (op) =>
    `function f(n) { return B()[n > 0 ? (f(n - 1), 3) : K()] ${op} V(); } return f(2);`,
};

const UPDATES: Record<string, string> = {
  "postfix increment of names": "let a = B(), k = K(); return a[k]++;",
  "prefix decrement of names": "let a = B(), k = K(); return --a[k];",
  "postfix decrement of calls": "return B()[K()]--;",
  "prefix increment of calls": "return ++B()[K()];",
  "an update whose key reassigns the base": "let a = B(); return a[(a = array, K())]++;",
  "an update at the start of a statement": "let s = log\nB()[K()]++\nreturn s === log",
  "an update with a sequence as key": "return B()[log('first'), K()]++;",
};

const PATTERNS: Record<string, string> = {
  "an array pattern": "return [B()[K()], u8[1]] = [V(), 3];",
  "a default": "return [B()[K()] = V()] = [];",
  "a rest element": "return [u8[0], ...B()[K()]] = [1, V()];",
  "an object pattern": "return ({ x: B()[K()], [log('name', 'y')]: f64[1] = 2 } = { x: V() });",
  "an object rest": "return ({ x: u8[0], ...B()[K()] } = { x: 1, y: V() });",
  "nested patterns": "return [[{ x: B()[K()] }], [f64[2]] = [8]] = [[{ x: V() }]];",
  "a parenthesised target": "return [(B()[K()])] = [V()];",
  "a source that runs out": "return [u8[0], B()[K()]] = [V()];",
  "for-of": "for (B()[K()] of [V(), 2]) log('body', f64[0]);",
  "for-in": "for (B()[K()] in { p: 1, 3: 1 }) log('body', f64[0]);",
  "for-of over a pattern": "for ([B()[K()], u8[2]] of [[V(), 1], [2, 3]]) log('body');",
  "for-of over a parenthesised head": "for ((B()[K()]) of [V()]) log('body');",
};

/** Not Symbol.iterator: for that one on null, V8 makes its message from the text of the nearest call. */
const SYMBOL = Symbol("key");

const KEYS: Record<string, (world: World) => unknown> = {
  "0": () => 0,
  "the string 1": () => "1",
  "the bigint 2n": () => 2n,
  "minus zero": () => -0,
  "the string -0": () => "-0",
  "a fraction": () => 1.5,
  "out of range": () => 99,
  negative: () => -1,
  NaN: () => Number.NaN,
  "a name": () => "name",
  undefined: () => undefined,
  "a symbol": () => SYMBOL,
  "an object that converts to 1": ({ log }) => ({ toString: () => log("key.toString", "1") }),
  "an object whose conversion throws": ({ log }) => ({
    toString() {
      log("key.toString");
      throw new TypeError("no key");
    },
  }),
  "an object whose conversion stores": (world) => ({
    toString() {
      world.storeAgain();
      return "0";
    },
  }),
};

const VALUES: Record<string, (world: World) => unknown> = {
  "300": () => 300,
  "minus zero": () => -0,
  "a string": () => "5",
  "a bigint": () => 5n,
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  "a symbol": () => SYMBOL,
  "an object that converts to 6": ({ log }) => ({ valueOf: () => log("value.valueOf", 6) }),
  "an object whose conversion throws": ({ log }) => ({
    valueOf() {
      log("value.valueOf");
      throw new RangeError("no value");
    },
  }),
  "an object whose conversion stores": (world) => ({
    valueOf() {
      world.storeAgain();
      return 6;
    },
  }),
  "a function": () => () => 1,
};

const RECEIVERS: Record<string, (world: World) => unknown> = {
  "a Float64Array": ({ f64 }) => f64,
  "a Uint8Array": ({ u8 }) => u8,
  "a BigInt64Array": ({ i64 }) => i64,
  "an array": ({ array }) => array,
  "an object": ({ plain }) => plain,
  "a frozen array": ({ frozen }) => frozen,
  "a proxy of a view": ({ proxy }) => proxy,
  "an heir of a view": ({ f64 }) => Object.create(f64),
  null: () => null,
  undefined: () => undefined,
  "a string": () => "text",
};

/** Every receiver with every key and a number, every key and value with one receiver, and so on: all pairs. */
export function* operands(): Generator<[string, string, string]> {
  for (const receiver of Object.keys(RECEIVERS)) {
    for (const key of Object.keys(KEYS)) yield [receiver, key, "300"];
    for (const value of Object.keys(VALUES)) yield [receiver, "0", value];
  }
  for (const key of Object.keys(KEYS))
    for (const value of Object.keys(VALUES)) yield ["a Float64Array", key, value];
}

/** The operands as functions that note their evaluation. */
export function inputsOf([receiver, key, value]: [string, string, string]): (world: World) => unknown[] {
  return (world) => {
    const made = [RECEIVERS[receiver]?.(world), KEYS[key]?.(world), VALUES[value]?.(world)];
    return ["base", "key", "value"].map((label, index) => () => world.log(label, made[index]));
  };
}

/** Every form, as its name and a function body that uses B(), K() and V(). */
export const FORMS: readonly (readonly [name: string, body: string])[] = [
  ...Object.entries(ASSIGNMENTS).flatMap(([form, bodyOf]) => {
    const everyOperator = ["plain names", "calls for every operand"].includes(form);
    return (everyOperator ? OPERATORS : KINDS).map(
      (operator) => [`assignment with ${operator}, ${form}`, bodyOf(operator)] as const,
    );
  }),
  ...Object.entries({ ...UPDATES, ...PATTERNS }),
];
