/** One program, plain and instrumented in every way, each run on a stage of its own kind; and what they must agree on. */

import { createRequire } from "node:module";
import { instrument } from "@fams/compiler-plugin";
import { transformSync } from "@swc/core";
import type { Program } from "./programs.ts";
import { createWorld, messageOf, REACH, type Stage, SYMBOL, type World } from "./world.ts";

/** The one thing that may be seen of the barrier. */
const { S } = createRequire(import.meta.url)("fams/barrier") as { S: symbol };

export interface Twin {
  readonly name: string;
  readonly code: string;
  run(barrier: unknown, world: World): unknown;
}

export interface Outcome {
  readonly value: string;
  readonly thrown: string;
  readonly trace: readonly string[];
  readonly bytes: readonly string[];
  readonly properties: readonly string[];
}

export interface Twins {
  readonly plain: Twin;
  readonly instrumented: readonly Twin[];
  /** Whether it has stores that cannot be instrumented, and says so. */
  readonly diagnosed: boolean;
}

/** The program as it is, and instrumented with the optimiser and without; one of them by both front ends, which must agree. */
export function makeTwins(program: Program): Twins {
  const { source, language } = program;
  const make = (parser: "swc" | "typescript", optimise: boolean) =>
    instrument(source, { filename: `program.c${language}`, optimise, sourceMap: false, parser });
  const results = [make("swc", true), make("swc", false)] as const;
  const one = source.length % 2;
  const other = make("typescript", one === 0);
  if (other.code !== results[one].code)
    throw new Error(`the front ends differ:\n${results[one].code}\n\n${other.code}`);
  return {
    plain: makeTwin("plain", source, program),
    instrumented: results.map(({ code }, index) =>
      makeTwin(index === 0 ? "optimised" : "plain sites", code, program),
    ),
    diagnosed: other.diagnostics.length > 0,
  };
}

function makeTwin(name: string, code: string, { language }: Pick<Program, "language">): Twin {
  const compiled = new Function("require", "$w", language === "ts" ? stripTypes(code) : code);
  return { name, code, run: (barrier, world) => compiled.call(world.u8, () => barrier, world) };
}

/** The twin of a module whose default export is the program. */
export function makeModuleTwin(name: string, code: string): Twin {
  const compiled = new Function(
    "require",
    "exports",
    "$w",
    `${stripTypes(code, true)}\nreturn exports.default($w);`,
  );
  return { name, code, run: (barrier, world) => compiled(() => barrier, {}, world) };
}

function stripTypes(code: string, isModule = false): string {
  return transformSync(code, {
    filename: "program.cts",
    isModule: isModule || ("commonjs" as never),
    module: { type: "commonjs" },
    jsc: { target: "esnext", parser: { syntax: "typescript" } },
  }).code;
}

/** Runs a twin on a stage whose memories hold what they held for the others. */
export async function perform(twin: Twin, barrier: unknown, stage: Stage): Promise<Outcome> {
  const world = createWorld(stage);
  const { display, trace } = world;
  let [value, thrown] = ["", ""];
  try {
    value = display(await twin.run(barrier, world));
  } catch (error) {
    thrown = display(error instanceof Error ? messageOf(error) : error);
  }
  const bytes = stage.memories.map((memory) => Buffer.from(memory, 0, REACH).toString("hex"));
  return { value, thrown, trace, bytes, properties: propertiesOf(world) };
}

/** Own properties that programs can make, elements of views left out. */
function propertiesOf(world: World): string[] {
  const objects = Object.entries(world).filter(
    ([, thing]) => typeof thing === "object" && thing !== null && thing !== world.trace,
  );
  return objects.flatMap(([name, thing]) => {
    const own: PropertyKey[] = ArrayBuffer.isView(thing)
      ? ["name", "01", "x", SYMBOL].filter((key) => Object.hasOwn(thing, key))
      : Reflect.ownKeys(thing as object).filter((key) => key !== S);
    return own.map((key) => `${name}.${String(key)} ${world.display(Reflect.get(thing as object, key))}`);
  });
}
