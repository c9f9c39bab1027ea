/** Random loops over receivers that stay the same, and over receivers that only seem to. */

type Pick = <T>(choices: readonly T[]) => T;

/** Statements that store into `r1` and `r2` in loops; `suspend` is `await`, `yield` or nothing. */
export function randomLoops(pick: Pick, suspend: string, expression: () => string): string {
  let loops = 0;
  const view = () => pick(["f64", "u8", "array", "proxy", "frozen", "i64", "null"]);

  function step(depth: number, label: string): string {
    return pick([
      () => `${pick(["r1", "r2"])}[${pick(["0", "1", "j", "k"])}] = ${expression()}`,
      () =>
        `${pick(["r1", "r2"])}[k & 3] ${pick(["+=", "-=", "??=", "&&="])} ${pick(["1", "j", expression()])}`,
      () => pick(["r1[k]++", "--r2[k & 1]", "r2[1]++", "[r1[0], r2[1]] = [1, 2]"]),
      () => `if (log("if", ${pick(["k", "!k"])})) r1[2] = 5`,
      () => `if (k > 0) ${pick(["break", "continue"])} ${pick(["", label])}`,
      () => `{ const r1 = ${view()}; r1[0] = 4 }`,
      () => `(() => { r1[1] = 6; for (const k of [0, 1]) r2[k] = 7 })()`,
      () => (suspend === "" ? "r1[0] = 8" : `r1[${suspend} 1] = (${suspend} 3)`),
      () => (depth > 0 ? loop(depth - 1) : "r2[2] = 9"),
      () =>
        pick(["", "", `r1 = ${view()}`, `[r1] = [${view()}]`, "{ function r2() {} }", `var r2 = ${view()}`]),
      () => pick(["", "", `(() => { r1 = ${view()} })()`, `arguments[0] = ${view()}`, "late[0] = 1"]),
      () => `switch (k) { case 0: let r3 = f64; break; case 1: while (n++ < 30) r3[0] = 1 }`,
    ])();
  }

  function loop(depth: number): string {
    const label = `l${loops++}`;
    const times = pick(["0", "1", "2", "3"]);
    const body = Array.from({ length: pick([1, 2, 3]) }, () => step(depth, label)).join("\n;");
    const stop = `if (n++ > 60) break;`;
    return pick([
      () => `${label}: for (let k = 0; k < ${times}; k++) { ${stop} ${body} }`,
      () => `${label}: for (let k = 0; k < ${times}; r1[k] = 2, k++) { ${stop} ${body} }`,
      () => `${label}: for (let k = 0, r1 = ${view()}; k < ${times}; k++) { ${stop} ${body} }`,
      () => `${label}: for (let k = 0; k < ${times}; r1 = ${view()}, k++) { ${stop} ${body} }`,
      () => `k = 0\n${label}: while (k++ < ${times}) { ${stop} ${body} }`,
      () => `k = 0\n${label}: do { ${stop} ${body} } while (k++ < ${times})`,
      () => `${label}: for (const k of [0, 1]) { ${stop} ${body} }`,
      () => `${label}: for (let r1 of [${view()}, ${view()}]) { ${stop} ${body} }`,
      () => `${label}: for (r1 of [${view()}, ${view()}]) { ${stop} ${body} }`,
      () => `${label}: for (const k in { 0: 1, 1: 2 }) { ${stop} ${body} }`,
      () =>
        `if (n < 60) for (let k = 0; k < ${times}; k++) ${label}: for (const x of [1, 2]) { ${stop} ${body} }`,
    ])();
  }

  const block = () => `try { let r1 = ${view()}, k = 0;
${loop(2)}
let late = f64
${loop(1)}
} catch (error) { log(String(error)) }`;
  return `n = 0; ${pick(["var r2 = u8;", "let r4;", ""])}\n${block()}\n${block()}`;
}
