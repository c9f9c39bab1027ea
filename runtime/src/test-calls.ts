/**
 * Calls of writing built-ins, given as text, run in plain Node.js and here on a region: same result or error, same bytes; every line
 * touched is marked, and no other one.
 */

import { expect } from "chai";
import type { Region } from "fams";
import { childJson } from "./test-child.ts";
import { linesCommitted, openRegion } from "./test-scratch.ts";

/** Outcome in words, the bytes it left, and how many lines it touched. */
interface Outcome {
  outcome: string;
  bytes: string;
  lines: number;
}

/** First byte of the views, and their bytes: ten lines, neither at the start of the buffer nor at its end. */
const START = 64;
const BYTES = 640;

/**
 * Plain JavaScript, so that the child and this process run the same text without barriers. A byte that is written differs from at
 * least one of two complementary patterns.
 */
const RUNNER = `
  const START = ${START}, BYTES = ${BYTES};
  const pattern = (flip) => Uint8Array.from({ length: BYTES }, (_, i) => (i * 37 + (i >> 3) + 11) ^ flip);
  const views = (buffer) => ({
    u8: new Uint8Array(buffer, START, BYTES), i8: new Int8Array(buffer, START, BYTES), u8c: new Uint8ClampedArray(buffer, START, BYTES),
    u16: new Uint16Array(buffer, START, BYTES / 2), i16: new Int16Array(buffer, START, BYTES / 2),
    u32: new Uint32Array(buffer, START, BYTES / 4), i32: new Int32Array(buffer, START, BYTES / 4),
    f32: new Float32Array(buffer, START, BYTES / 4), f64: new Float64Array(buffer, START, BYTES / 8),
    u64: new BigUint64Array(buffer, START, BYTES / 8), i64: new BigInt64Array(buffer, START, BYTES / 8),
    dv: new DataView(buffer, START, BYTES), buf: Buffer.from(buffer, START, BYTES),
  });
  const show = (x) => ArrayBuffer.isView(x) ? x.constructor.name : typeof x === "object" && x ? JSON.stringify(x) : typeof x + " " + String(x);
  const call = (code, buffer) => {
    const all = views(buffer);
    try { return show(new Function(...Object.keys(all), "return " + code)(...Object.values(all))); }
    catch (e) { return [e.name, e.code, e.message].join(" | "); }
  };
  const bytesOf = (buffer) => Buffer.from(buffer, START, BYTES).toString("latin1");
  return { pattern, call, bytesOf };`;

interface Runner {
  pattern(flip: number): Uint8Array;
  call(code: string, buffer: ArrayBuffer): string;
  bytesOf(buffer: ArrayBuffer): string;
}

const runner = new Function(RUNNER)() as Runner;

const PLAIN = `
  import { readFileSync } from "node:fs";
  const { pattern, call, bytesOf } = (() => {${RUNNER}})();
  const run = (code) => {
    const touched = new Set();
    let outcome, bytes;
    for (const flip of [255, 0]) {
      const buffer = new ArrayBuffer(65536);
      new Uint8Array(buffer, ${START}, ${BYTES}).set(pattern(flip));
      const before = bytesOf(buffer);
      outcome = call(code, buffer);
      bytes = bytesOf(buffer);
      for (let i = 0; i < bytes.length; i++) if (bytes[i] !== before[i]) touched.add(i >> 6);
    }
    return { outcome, bytes, lines: touched.size };
  };
  console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(run)));`;

function runOnRegion(code: string, region: Region, reset: Uint8Array): Outcome {
  new Uint8Array(region.buffer, START, BYTES).set(reset);
  let outcome = "";
  const lines = linesCommitted(region, () => {
    outcome = runner.call(code, region.buffer);
  });
  return { outcome, bytes: runner.bytesOf(region.buffer), lines };
}

function compare(code: string, region: Region, plain: Outcome, reset: Uint8Array, exact: boolean): string[] {
  try {
    const here = runOnRegion(code, region, reset);
    const wrong: string[] = [];
    if (here.outcome !== plain.outcome) wrong.push(`${here.outcome}, plainly ${plain.outcome}`);
    if (here.bytes !== plain.bytes) wrong.push("other bytes");
    if (exact && here.lines !== plain.lines) wrong.push(`${here.lines} lines marked, ${plain.lines} touched`);
    return wrong.map((what) => `${code}: ${what}`);
  } catch (error) {
    // Undone by a store that is seen: the next call starts from a committed state.
    for (const { offset, before } of (error as { ranges?: { offset: number; before: Uint8Array }[] })
      .ranges ?? [])
      new Uint8Array(region.buffer).set(before, offset);
    return [`${code}: ${(error as Error).message}`];
  }
}

/** Expects every call to do here what it does in plain Node.js. With `exact`, no line is marked that is not touched. */
export function expectAsPlain(codes: readonly string[], { exact = false } = {}): void {
  const plain = childJson(PLAIN, { input: JSON.stringify(codes) }) as Outcome[];
  const region = openRegion({ durability: "process" });
  const reset = runner.pattern(0);
  const wrong = codes.flatMap((code, i) => compare(code, region, plain[i] as Outcome, reset, exact));
  expect(wrong.slice(0, 12).join("\n"), `${wrong.length} of ${codes.length} calls`).to.equal("");
}

/** Every choice of one from each list, put into a call. */
export function combine<T extends readonly string[][]>(
  lists: T,
  call: (...chosen: string[]) => string,
): string[] {
  const rows = lists.reduce<string[][]>(
    (made, list) => made.flatMap((row) => list.map((x) => [...row, x])),
    [[]],
  );
  return [...new Set(rows.map((row) => call(...row)))];
}
