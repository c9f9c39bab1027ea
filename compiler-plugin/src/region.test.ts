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

  it("nor does an overflowing stack leave a stored element unmarked", () => {
    const body = `let depth = 0;
      function dive(n) { f64[n & 3] = n; B()[K()] += 1; u8[n & 3]++; [i64[0]] = [BigInt(n)]; depth = n; dive(n + 1); f64[0] = -n; }
      try { dive(0) } catch (error) { return [error instanceof RangeError, depth > 100] }`;
    const twins = makeTwins(body, { parser: "swc", strict: true, language: "js" });
    for (let padding = 0; padding < 50; padding++) {
      const world = createRegionWorld();
      const inputs = inputsOf(["a Float64Array", "0", "300"])({
        ...world,
        log: (_, value) => value as never,
      });
      const nested = (n: number): unknown =>
        n === 0 ? twins.instrumented(barrier, world, inputs) : nested(n - 1);
      expect(nested(padding)).to.deep.equal([true, true]);
      region.msyncSync();
    }
  });

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
