/** The check that every property makes: a program does the same however it is instrumented, and no store goes unmarked. */

import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Program } from "./programs.ts";
import { plainStage, type RegionStage } from "./stages.ts";
import { makeTwins, type Outcome, perform, type Twin } from "./twins.ts";

export const barrier = createRequire(import.meta.url)("fams/barrier") as Record<string, unknown>;

const plain = plainStage();

export async function check(program: Program, regions: RegionStage, used: object = barrier): Promise<void> {
  const twins = makeTwins(program);
  fc.pre(!twins.diagnosed);
  await expectAgreement(twins.plain, twins.instrumented, regions, used);
}

export async function expectAgreement(
  model: Twin,
  twins: readonly Twin[],
  regions: RegionStage,
  used: object = barrier,
): Promise<void> {
  plain.reset();
  const expected = await perform(model, undefined, plain);
  for (const twin of twins) {
    regions.reset();
    const outcome = await perform(twin, used, regions);
    const missed = regions.missed();
    if (missed.length === 0 && isDeepStrictEqual(outcome, expected)) continue;
    throw new Error(
      `${twin.name}:\n${twin.code}\n${[...missed, ...differences(outcome, expected)].join("\n")}`,
    );
  }
}

function differences(outcome: Outcome, expected: Outcome): string[] {
  return Object.entries(expected).flatMap(([what, plainly]) => {
    const found = outcome[what as keyof Outcome];
    if (isDeepStrictEqual(found, plainly)) return [];
    if (!Array.isArray(plainly) || !Array.isArray(found)) return [`${what}: ${found} instead of ${plainly}`];
    const at = plainly.findIndex((part, index) => part !== found[index]);
    return [`${what} ${at}: ${found[at]} instead of ${plainly[at]}`];
  });
}
