/** Runs a program twice, as it was written and instrumented, and tells what each could be seen doing. */

import { isDeepStrictEqual } from "node:util";
import { instrument } from "@fams/compiler-plugin";
import { transformSync } from "@swc/core";
import { expect } from "chai";
import { createTracingBarrier } from "./tracing-barrier.ts";

export interface Variant {
  readonly parser: "swc" | "typescript";
  readonly strict: boolean;
  readonly language: "js" | "ts";
}

/** Each front end meets each mode and each language. */
export const VARIANTS: readonly Variant[] = [
  { parser: "swc", strict: false, language: "js" },
  { parser: "swc", strict: true, language: "ts" },
  { parser: "typescript", strict: false, language: "ts" },
  { parser: "typescript", strict: true, language: "js" },
];

export function describeVariant({ parser, strict, language }: Variant): string {
  return `${strict ? "strict" : "sloppy"} .${language} through ${parser}`;
}

/** What the programs get to work with: made anew for each run. */
export interface World {
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
  readonly i64: BigInt64Array;
  readonly array: unknown[];
  readonly plain: Record<PropertyKey, unknown>;
  readonly frozen: readonly number[];
  readonly proxy: Float64Array;
  readonly trace: unknown[];
  /** A store by the program itself, for conversions to run. */
  storeAgain: () => void;
  /** Notes that it was evaluated, and gives the value back. */
  log<T>(label: string, value?: T): T;
}

export interface Outcome {
  readonly value: unknown;
  readonly thrown: string | undefined;
  readonly trace: readonly unknown[];
  readonly bytes: Record<string, string>;
  readonly properties: unknown;
}

export type Program = (world: World, ...inputs: unknown[]) => unknown;

/** The two programs that a function body stands for. `instrumented` takes its barrier when it is run. */
export interface Twins {
  readonly source: string;
  readonly text: string;
  /** Instrumented sites of the body. */
  readonly sites: number;
  plain(world: World, inputs: readonly unknown[]): unknown;
  instrumented(barrier: unknown, world: World, inputs: readonly unknown[]): unknown;
}

const PARAMETERS = ["$world", "$inputs"];

export function makeTwins(body: string, { parser, strict, language }: Variant): Twins {
  const source = `${strict ? '"use strict";\n' : ""}const { f64, u8, i64, array, plain, frozen, proxy, log } = $world;
const [B, K, V] = $inputs;
$world.storeAgain = () => { f64[3] = log("store again", 42); };
${body}`;
  const result = instrument(source, { filename: `case.c${language}`, parser });
  const compile = (code: string) =>
    new Function("require", ...PARAMETERS, strip(code, language)) as (...args: unknown[]) => unknown;
  const plain = compile(source);
  const instrumented = compile(result.code);
  return {
    source,
    text: result.code,
    sites: result.sites.filter((site) => site.instrumented).length - 1,
    plain: (world, inputs) => plain(undefined, world, inputs),
    instrumented: (barrier, world, inputs) => instrumented(() => barrier, world, inputs),
  };
}

function strip(code: string, language: "js" | "ts"): string {
  if (language === "js") return code;
  return transformSync(code, {
    filename: "case.cts",
    isModule: "commonjs" as never,
    jsc: {
      target: "es2022",
      parser: { syntax: "typescript", decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: false },
    },
  }).code;
}

/** Four elements of each kind; one buffer for all, because there are worlds without number. */
function createViews(): Pick<World, "f64" | "u8" | "i64"> {
  const memory = new ArrayBuffer(68);
  const f64 = new Float64Array(memory, 0, 4);
  const i64 = new BigInt64Array(memory, 32, 4);
  const u8 = new Uint8Array(memory, 64, 4);
  for (let index = 0; index < 4; index++) {
    f64[index] = index + 1.5;
    i64[index] = BigInt(index + 1);
    u8[index] = index + 1;
  }
  return { f64, u8, i64 };
}

export function createWorld(views = createViews()): World {
  const trace: unknown[] = [];
  return {
    ...views,
    array: [10, 20, 30],
    plain: { 0: "zero", name: "plain" },
    frozen: Object.freeze([7, 8, 9]),
    proxy: new Proxy(views.f64, {}),
    trace,
    storeAgain() {},
    log<T>(label: string, value?: T): T {
      trace.push(label);
      return value as T;
    },
  };
}

function observe(world: World, run: () => unknown): Outcome | Promise<Outcome> {
  const finish = (value: unknown, thrown?: string): Outcome => ({
    value: display(value, world),
    thrown,
    trace: world.trace,
    bytes: { f64: hex(world.f64), u8: hex(world.u8), i64: hex(world.i64) },
    properties: [world.f64, world.array, world.plain].map(ownProperties),
  });
  try {
    const value = run();
    if (!(value instanceof Promise)) return finish(value);
    return value.then(
      (settled) => finish(settled),
      (error) => finish(undefined, String(error)),
    );
  } catch (error) {
    return finish(undefined, String(error));
  }
}

export interface Comparison {
  readonly plain: Outcome;
  readonly instrumented: Outcome;
  readonly missed: readonly string[];
  readonly announcements: number;
  readonly settled: number;
  readonly batches: number;
}

/** Runs both twins, each in a world of its own, with inputs made for it. */
export async function compareTwins(
  twins: Twins,
  inputs: (world: World) => unknown[] = () => [],
): Promise<Comparison> {
  const before = createWorld();
  const plain = await observe(before, () => twins.plain(before, inputs(before)));
  const after = createWorld();
  const barrier = createTracingBarrier([after.f64, after.u8, after.i64]);
  const instrumented = await observe(after, () => twins.instrumented(barrier, after, inputs(after)));
  const { missed, announcements, settled, batches } = barrier;
  return {
    plain,
    instrumented,
    missed: missed(),
    announcements: announcements(),
    settled: settled(),
    batches: batches(),
  };
}

/** Fails, saying what `what` gives, unless both did the same and every byte was announced. */
export function expectAgreement({ plain, instrumented, missed }: Comparison, what: () => string): void {
  if (missed.length === 0 && isDeepStrictEqual(instrumented, plain)) return;
  expect(instrumented, what()).to.deep.equal(plain);
  expect(missed, what()).to.deep.equal([]);
}

function hex(view: ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("hex");
}

/** Own properties other than elements, so that a store that makes one is seen. */
function ownProperties(object: object): string[] {
  return Reflect.ownKeys(object).map((key) => `${String(key)}: ${display(Reflect.get(object, key))}`);
}

/** Two levels of arrays: a program may put an array into itself. */
function display(value: unknown, world: Partial<World> = {}, levels = 2): string {
  for (const [name, thing] of Object.entries(world)) if (thing === value) return name;
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "function") return `function ${value.name}`;
  if (Array.isArray(value)) {
    if (levels === 0) return "[...]";
    return `[${value.map((item) => display(item, world, levels - 1)).join(", ")}]`;
  }
  return `${typeof value} ${typeof value === "object" && value !== null ? value.constructor?.name : String(value)}`;
}
