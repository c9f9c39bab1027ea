import { instrument } from "@fams/compiler-plugin";
import { expect } from "chai";
import fc from "fast-check";
import ts from "typescript";
import { expectAgreement } from "./check.ts";
import { reporter, settings } from "./settings.ts";
import { type RegionStage, regionStage } from "./stages.ts";
import { makeModuleTwin } from "./twins.ts";
import { compile, fileOf } from "./typed-compiler.ts";
import { typedProgram, usable } from "./typed-programs.ts";

/** Programs share a checker, which is made for each batch. */
const BATCH = 40;
const { seed, programs } = settings(20_000, 1_000);

describe(`${programs} random typed programs, FAMS_SEED=${seed}`, () => {
  let regions: RegionStage;
  let skipped = 0;
  let checked = 0;

  before(() => {
    regions = regionStage();
  });

  after(() => regions.close());

  async function checkBatch(sources: readonly string[], strict: boolean): Promise<void> {
    const program = compile(sources, strict);
    for (const [index, source] of sources.entries()) {
      const typed = [true, false].map((optimise) => {
        const options = {
          filename: fileOf(index),
          types: { ts, program },
          optimise,
          format: "commonjs",
        } as const;
        const { code, sites } = instrument(source, options);
        skipped += sites.filter(({ reason }) => reason?.startsWith("type:")).length;
        return makeModuleTwin("typed", code);
      });
      await expectAgreement(makeModuleTwin("plain", source), typed, regions);
      checked++;
    }
  }

  it("lose no store of which their types say that it needs no mark", async () => {
    expect(usable.length).to.be.greaterThan(35);
    const batch = fc.array(typedProgram, { minLength: 1, maxLength: 2 * BATCH, size: "max" });
    await fc.assert(fc.asyncProperty(batch, fc.boolean(), checkBatch), {
      ...settings(20_000, 1_000).parameters,
      numRuns: Math.ceil(programs / BATCH),
      reporter: reporter(
        ([sources, strict]) => `${strict ? "strict" : "not strict"}\n${sources.join("\n\n")}`,
      ),
    });
    expect(checked).to.be.greaterThan(programs / 2);
    expect(skipped).to.be.greaterThan(programs / 4);
  }).timeout(3_600_000);

  it("and see the one that a cast loses", async () => {
    const source = "export default ($w: any) => { const a: number[] = $w.f64; a[0] = 5 }";
    const lost = await checkBatch([source], true).catch((error) => String(error));
    expect(lost).to.include("without a mark changed lines: 1");
  });
});
