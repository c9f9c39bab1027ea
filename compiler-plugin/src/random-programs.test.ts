import { expect } from "chai";
import { randomProgram, seededRandom } from "../testing/random-programs.ts";
import { compareTwins, describeVariant, expectAgreement, makeTwins, VARIANTS } from "../testing/twins.ts";

const PROGRAMS = Number(process.env.FAMS_PROGRAMS ?? 500);
const SEED = Number(process.env.FAMS_SEED ?? Math.floor(Math.random() * 2 ** 31));

describe(`${PROGRAMS} random programs of stores in stores, seed ${SEED}`, () => {
  it("do the same plain and instrumented, through either front end, and announce every byte before it changes", async () => {
    const random = seededRandom(SEED);
    let announcements = 0;
    let settled = 0;
    for (let program = 0; program < PROGRAMS; program++) {
      const body = randomProgram(random);
      const variant = VARIANTS[program % VARIANTS.length] as (typeof VARIANTS)[number];
      const twins = makeTwins(body, variant);
      const parser = variant.parser === "swc" ? "typescript" : "swc";
      expect(makeTwins(body, { ...variant, parser }).text).to.equal(twins.text);
      const run = await compareTwins(twins);
      expectAgreement(
        run,
        () => `program ${program} of seed ${SEED}, ${describeVariant(variant)}\n${twins.text}`,
      );
      announcements += run.announcements;
      settled += run.settled;
    }
    expect(announcements).to.be.greaterThan(PROGRAMS);
    expect(settled).to.be.greaterThan(PROGRAMS / 2);
  }).timeout(600_000);
});
