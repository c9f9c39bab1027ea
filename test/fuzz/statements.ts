/** Statements around the expressions: loops that an optimiser may rewrite, with every way out of them, and all that can stand in between. */

import {
  constants,
  element,
  expression,
  names,
  operator,
  pattern,
  type Suspend,
  simpleValue,
} from "./expressions.ts";
import { among, lines, memoised, type Text, text, weighted } from "./text.ts";

/** In a loop: its depth, which is its label. */
type Loop = number | undefined;

const value = (depth: number, suspend: Suspend): Text =>
  weighted([3, simpleValue], [1, expression(depth, suspend)]);

/** One store of a loop or a block whose receiver may stay the same. */
const regularStore = (depth: number, suspend: Suspend): Text => {
  const view = weighted([3, constants], [3, among("a", "b", "r")]);
  const index = weighted(
    [4, among("k", "k + 1", "k - 1", "k * 2", "k * 2 + 1", "7 - k", "k & 3")],
    [
      2,
      among("i + k", "o + k", "k + uneven", "k * n - 2", "uneven - k", "n * 2 - k", "(k)", "-k + 3", "k / 2"),
    ],
    [1, among("0", "i", "uneven", "i = k")],
  );
  return weighted(
    [6, text`${view}[${index}] = ${value(depth, suspend)}`],
    [2, text`${view}[${index}] = ${among("b[k] * 2", "a[k - 1] + 1", "tricky[k]", "r[i]", "later(k)")}`],
    [3, text`${view}[${index}] ${operator} ${value(depth, suspend)}`],
    [1, text`${view}[${index}]++`],
    [1, text`--${view}[${index}]`],
    [1, text`[${view}[${index}], ${view}[0]] = pair(${simpleValue})`],
  );
};

/** Stores at constant distances, one after the other. */
const straightBlock = (suspend: Suspend): Text => {
  const run = (view: string, base: string): Text =>
    lines(
      weighted(
        [6, text`${view}[${base}${among("0", "1", "2", "3", "4", "5")}] = ${value(0, suspend)};`],
        [1, text`${view}[${base}1] ${operator} ${value(0, suspend)};`],
        [1, text`i++;`],
        [1, text`${among("sync()", "a = b", "log('§')", "stop(k)")};`],
      ),
      2,
      5,
    );
  return weighted(
    ...["a", "r", "f64", "u8", "i16", "small", "i64", "proxy", "array"].flatMap((view): [number, Text][] => [
      [1, run(view, "")],
      [1, run(view, "i + ")],
      [1, run(view, "o + ")],
      [1, run(view, "uneven + ")],
    ]),
  );
};

const exit = (loop: number): Text =>
  weighted(
    [2, among("break", "continue")],
    [2, text`${among("break", "continue")} l${String(loop)}`],
    [1, text`return ${names}`],
    [1, among("stop(3)", "sync()", "undo()", "r = b")],
  );

/** @ is where the label goes. */
const BOUNDED = among(
  "@for (let k = 0; k < 4; k++)",
  "@for (let k = 1; k <= 9; k += 2)",
  "@for (let k = 7; k >= 0; k--)",
  "@for (let k = 0, m = 5; k < m; ++k)",
  "@for (let k = i; k < n; k++)",
  "@for (var k2 = 0; k2 < 3; k2++)",
  "@for (let k = 0; k < 3; r[k] = 2, k++)",
  "@for (let k = 0, r = u8; k < 2; k++)",
  "@for (const k of [0, 1, 2])",
  "@for (const k in { 0: 1, 2: 3 })",
  "@for (let r of [f64, u8])",
  "@for (r of [f32, array, i64])",
  "k = 0\n@while (k++ < 3)",
  "k = 5\n@while (k--)",
);

/** Heads that only fuel may end. */
const HEADS = weighted(
  [6, BOUNDED],
  [
    2,
    among(
      "@for (let k = 0; k < r.length; k++)",
      "@for (let k = uneven; k < 5; k++)",
      "@for (let k = uneven; k < n; k += 1)",
      "@for (let k = 0; k < 4; k += uneven)",
      "@for (let k = 5; k > uneven; k -= 2)",
      "@for (let k = 0; k < log('limit', 3); k++)",
      "@for (let k = 0; k < 3; k = k + 1)",
      "@for (let k = 0, y = 2; k < y; k++)",
      "@for (let k = 0; k < (a = u8, 3); k++)",
      "@for (; k < 5; k++)",
      "@for (let k = 0; ; k++)",
      "@for (let y = 0; y < 3; y++) for (let k = y; k < 3; k++)",
      "@while (k < 6)",
    ),
  ],
);

const loop = memoised((depth: number, suspend: Suspend): Text => {
  const inside = loopBody(depth - 1, suspend, depth);
  const block = text`{ tick(); ${lines(inside, 1, 3)} }`;
  const head = element(1, suspend);
  return weighted(
    [8, text`${HEADS} ${block}`],
    [1, text`k = 0\n@do ${block} while (k++ < 2)`],
    [2, text`${BOUNDED} ${regularStore(0, suspend)};`],
    [2, text`${BOUNDED} { ${lines(text`${regularStore(0, suspend)};`, 1, 3)} }`],
    [1, text`@for (${head} of [1, 2]) ${block}`],
    [1, text`@for (${head} in { 1: 2, z: 3 }) ${block}`],
    [1, text`@for (${pattern(1, suspend)} of [pair(1), pair(2)]) ${block}`],
    ...(suspend === "await"
      ? ([[1, text`@for await (${head} of [1, later(2)]) ${block}`]] as [number, Text][])
      : []),
  ).map((it) => it.replace("@", `l${depth}: `));
});

const loopBody = (depth: number, suspend: Suspend, around: number): Text =>
  weighted(
    [6, text`${regularStore(Math.max(depth, 0), suspend)};`],
    [1, text`if (log("§", ${among("k", "!k", "k > 1", "r[k]")})) ${exit(around)};`],
    [1, text`if (k > 1) ${regularStore(0, suspend)};`],
    [1, among("k++;", "k = uneven;", "n = 3;", "i += 2;")],
    [1, text`try { ${regularStore(0, suspend)}; ${exit(around)} } finally { ${regularStore(0, suspend)} }`],
    ...(depth > 0 ? ([[2, statement(depth, suspend, around)]] as [number, Text][]) : []),
  );

export const statement = memoised((depth: number, suspend: Suspend, around: Loop): Text => {
  const whole = text`${expression(Math.max(depth, 1), suspend)};`;
  const bare = text`${element(depth, suspend)} ${operator} ${value(depth, suspend)};`;
  if (depth <= 0) return weighted([1, whole], [2, bare]);
  const inner = statement(depth - 1, suspend, around);
  const test = expression(depth - 1, suspend);
  // A class is strict.
  const method = statement(depth - 1, "", undefined).map((it) => it.replaceAll("with (holder)", ""));
  // A statement may end with its line, unless the next begins with a parenthesis.
  const before = among("tick()\n", "log('§')\n", "i\n", "");
  const following = (stated: Text) => text`${before}${stated}`.map((it) => it.replace("\n(", ";\n("));
  return weighted(
    [2, whole],
    [4, following(bare)],
    [2, following(text`${element(depth, suspend)}${among("++", "--")};`)],
    [5, loop(depth, suspend)],
    [4, straightBlock(suspend)],
    [1, text`if (${test}) { ${inner} }\nelse { ${inner} }`],
    [1, text`if (${test}) ${bare}\nelse ${bare}`],
    [1, text`{ let a = ${names}, r = a; ${inner} }`],
    [1, text`{ ${inner} function a() {} ${inner} }`],
    [1, text`var late = ${names}; late[0] = ${simpleValue}; ${inner}`],
    [
      1,
      text`switch (${element(0, suspend)} = ${simpleValue}) { case 0: let b = u8; ${inner} case 3: ${inner} break; default: ${inner} }`,
    ],
    [
      1,
      text`try { ${inner} stop(${test}) } catch ({ message, x = ${test} }) { ${inner} } finally { ${inner} }`,
    ],
    [
      1,
      text`block: { ${inner} if (log("§", ${simpleValue})) break block; ${inner} }`.map((it) =>
        it.replaceAll("block", `block${depth}`),
      ),
    ],
    [
      1,
      text`{ class C extends S { [log("§", "x")] = ${expression(1, "")}; m() { ${method} } }\nnew C(2).m() }`,
    ],
    [1, text`with (holder) { log("with", v); f.call(u8, v, ${simpleValue}); }`],
    [1, text`eval(${among("'i = 2'", "'a = array'", "'var b = u8'")}); ${inner}`],
    [1, text`arguments[0] = ${names}; x[1] = ${simpleValue}; ${inner}`],
    [1, text`(() => { a = ${names}; r = a })(); ${inner}`],
    [1, text`if (log("§", ${simpleValue})) return ${test};`],
    ...(around === undefined ? [] : ([[1, text`if (k > 0) ${exit(around)};`]] as [number, Text][])),
  );
});
