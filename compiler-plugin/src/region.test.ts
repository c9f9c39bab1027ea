import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Region } from "fams";
import { FORMS, inputsOf, operands } from "../testing/store-forms.ts";
import { createWorld, makeTwins } from "../testing/twins.ts";

const barrier = createRequire(import.meta.url)("fams/barrier");

describe("no form of store changes a line of a region that the barrier did not mark", () => {
  let directory: string;
  let region: Region;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "fams-forms-"));
    const options = { size: "64 KiB", durability: "process", verify: true } as const;
    region = Region.openSync(join(directory, "forms.fams"), options);
  });

  after(() => {
    region.close();
    rmSync(directory, { recursive: true });
  });

  const createRegionWorld = () =>
    createWorld({
      f64: new Float64Array(region.buffer, 4096, 4),
      u8: new Uint8Array(region.buffer, 8190, 4),
      i64: new BigInt64Array(region.buffer, 16384, 4),
    });

  for (const [form, body] of FORMS) {
    it(form, async () => {
      const twins = makeTwins(body, { parser: "swc", strict: true, language: "js" });
      let changes = 0;
      for (const chosen of operands()) {
        const world = createRegionWorld();
        world.f64.set([1.5, 2.5, 3.5, 4.5]);
        world.u8.set([1, 2, 3, 4]);
        world.i64.set([1n, 2n, 3n, 4n]);
        const before = Buffer.from(region.buffer.slice(0));
        try {
          twins.instrumented(barrier, world, inputsOf(chosen)(world));
        } catch {
          // What the plain program throws, the instrumented one does too.
        }
        if (!before.equals(Buffer.from(region.buffer))) changes++;
        region.msyncSync();
        await null;
        region.msyncSync();
      }
      expect(changes).to.be.greaterThan(0);
    }).timeout(60_000);
  }

  it("and verify sees a store that was not instrumented", () => {
    const twins = makeTwins("// @fams-ignore\nf64[1] = 9.75;", {
      parser: "swc",
      strict: true,
      language: "js",
    });
    twins.instrumented(barrier, createRegionWorld(), []);
    expect(() => region.msyncSync())
      .to.throw()
      .with.property("code", "ERR_FAMS_UNTRACKED");
    region.rollback();
  });
});
