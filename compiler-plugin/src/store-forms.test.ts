import { expect } from "chai";
import { FORMS, inputsOf, operands } from "../testing/store-forms.ts";
import { compareTwins, describeVariant, expectAgreement, makeTwins, VARIANTS } from "../testing/twins.ts";

describe("an instrumented store does what the plain one does, and announces every byte before it changes", () => {
  for (const [form, body] of FORMS) {
    it(form, async () => {
      for (const variant of VARIANTS) {
        const twins = makeTwins(body, variant);
        expect(twins.sites, `${describeVariant(variant)}: ${body}`).to.be.greaterThan(0);
        let announcements = 0;
        for (const chosen of operands()) {
          const run = await compareTwins(twins, inputsOf(chosen));
          expectAgreement(
            run,
            () => `${describeVariant(variant)}: ${body}\n${chosen.join(", ")}\n${twins.text}`,
          );
          announcements += run.announcements;
        }
        expect(announcements, `${describeVariant(variant)}: ${body}`).to.be.greaterThan(0);
      }
    }).timeout(60_000);
  }

  it("and the check sees a store that nothing announces", async () => {
    for (const variant of VARIANTS) {
      const run = await compareTwins(makeTwins("// @fams-ignore\nf64[1] = 9;", variant));
      expect(run.instrumented).to.deep.equal(run.plain);
      expect(run.missed).to.deep.equal(["element 1 of a Float64Array"]);
    }
  });
});
