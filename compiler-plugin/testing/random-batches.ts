/** Random loops that count, and stores in a row: some of them fit for a batch, all of them left in every way there is. */

type Pick = <T>(choices: readonly T[]) => T;

/**
 * A function body for twins that calls nothing between its stores: user code runs only in `hook`, an object whose getters `sync` and
 * `fail` the caller provides, and in operands that are converted.
 */
export function randomBatches(random: () => number): string {
  const pick: Pick = (choices) => choices[Math.floor(random() * choices.length)] as never;
  const many = (statement: () => string) => Array.from({ length: pick([1, 1, 2, 3]) }, statement).join("\n;");

  const receiver = () => pick(["a", "a", "b", "f64", "u8"]);
  const value = () =>
    pick([
      "i",
      "i + 0.5",
      "n",
      "a[i]",
      "hook.sync",
      "hook.fail",
      "hook.value",
      "'7'",
      "object",
      "1n",
      "b[i] = 5",
    ]);
  const key = () =>
    pick([
      "i",
      "i",
      "i",
      "i + 1",
      "o + i",
      "o - i",
      "7 - i",
      "2 * i",
      "y * 3 + i",
      "(o + i) * 2",
      "i & 3",
      "i * o",
    ]);
  const store = () =>
    pick([
      () => `${receiver()}[${key()}] = ${value()}`,
      () => `${receiver()}[${key()}] = ${value()}`,
      () => `${receiver()}[${key()}] ${pick(["+=", "-=", "??=", "&&="])} ${value()}`,
      () => pick([`${receiver()}[${key()}]++`, `--${receiver()}[${key()}]`]),
      () => `${receiver()}[${key()}] = ${receiver()}[${key()}] = ${value()}`,
    ])();
  const row = () =>
    Array.from({ length: pick([3, 4]) }, (_, at) => {
      const base = pick(["a", "b"]);
      const target = pick([`${at}`, `o + ${at}`, "o", `o - ${at}`]);
      return `${base}[${target}] = ${pick(["n", "hook.sync", "hook.value", "hook.fail", "b[1]", "object"])}`;
    }).join("\n;");

  function statement(depth: number): string {
    return pick([
      store,
      store,
      store,
      store,
      row,
      () =>
        `if (n++ > ${pick([2, 9, 30])}) ${pick(["break", "continue", "return n", "throw n", "break out", "continue out"])}`,
      () => `{ ${store()} }`,
      () => `if (i & 1) ${store()}`,
      () => `const a = b; ${store()}`,
      () => (depth > 0 ? loop(depth - 1) : store()),
      () => pick(["n += i", "o = 1", "a = u8", "hook.sync", "hook.assign", "i += 1"]),
    ])();
  }

  function loop(depth: number): string {
    const start = pick(["0", "0", "1", "n", "o", "'1'", "-1", "object", "0.5", "3n"]);
    const head = pick([
      () => `let i = ${start}; i < 8; ${pick(["i++", "i += 1", "i += 2", "++i", "i += 0.5"])}`,
      () => `let i = ${pick(["8", "n + 7", "o + 5"])}; i >= 0; ${pick(["i--", "i -= 2", "i += -1"])}`,
      () => `i = ${start}; i < 8; i++`,
      () => "; i < 8; i++",
      () => `let i = 0, j = 7; i < j; i++, j--`,
      () => `n = 2, i = 0; i < 8; i++`,
    ])();
    // A body in a block, so that a declaration may stand in it.
    return `for (${head}) { if (fuel-- < 0) throw "fuel"\n;${many(() => `{ ${statement(depth)} }`.replace(/^\{ (\w+\[.*) \}$/s, pick(["$1", "{ $1 }"])))} }`;
  }

  const receivers = ["f64", "f64", "u8", "i64", "array", "proxy", "frozen", "plain", "Object.create(f64)"];
  const offsets = ["1", "1", "2", "'1'", "-1", "object", "1e300"];
  const assigned = pick(["", "", "", "a = u8", "o = 2", "i = 3"]);
  return `const hook = V(), object = hook.object;
let fuel = 200;
function run(i, n, a, b, o, y) {
${assigned === "" ? "" : `hook.assignWith(() => { ${assigned} });`}
${pick([row, () => "", () => ""])()}
out: for (const round of [1, 2]) {
${loop(1)}
}
return i;
}
const results = [];
for (const i of [0, 3]) {
  try { results.push(run(i, 1, ${pick(receivers)}, ${pick(["f64", "u8", "u8"])}, ${pick(offsets)}, ${pick(["0", "1", "1", "object"])})); }
  catch (error) { results.push(String(error)); }
}
return results;`;
}
