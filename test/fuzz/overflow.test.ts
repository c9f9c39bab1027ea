import { instrument } from "@fams/compiler-plugin";
import { expect } from "chai";
import fc from "fast-check";
import { barrier } from "./check.ts";
import { element, operator, simpleValue } from "./expressions.ts";
import { reporter, settings } from "./settings.ts";
import { type RegionStage, regionStage } from "./stages.ts";
import { among, lines, type Text, text } from "./text.ts";
import { createWorld, WORLD_NAMES } from "./world.ts";

const { seed, programs, parameters } = settings(1_000, 30);

const VIEWS = among("f64", "u8", "i16", "i64", "proxy", "closed", "first", "sub");

/** Stores that a stack may overflow in: their operands call, and so do their conversions. */
const store: Text = fc.oneof(
  text`${VIEWS}[d & 3] ${operator} ${simpleValue};`,
  text`${VIEWS}[same(d & 3)] = same(${simpleValue});`,
  text`${VIEWS}[d & 1]++;`,
  text`[${VIEWS}[1], ${VIEWS}[d & 3]] = pair(d);`,
  text`for (let k = 0; k < 3; k++) ${VIEWS}[k] = d;`,
  text`for (let k = 0; k < 3; k++) ${VIEWS}[k] = same(d + k);`,
  text`${VIEWS}.fill(d & 7, 1, 3);`,
  text`dv.setFloat64(d & 7, d);`,
  text`${element(0, "")} = same(${simpleValue});`,
);

const program: Text = text`
const { ${WORLD_NAMES.join(", ")} } = $w;
const [a, b, c, x, i, j, k, n, o] = [f64, u8, array, f32, 0, 1, 2, 4, 3], holds = (v) => ({ valueOf: () => v });
const tricky = plain, trapped = proxy, same = (v) => v;
function dive(d, [p, q] = [1, 2]) {
try { ${lines(store, 1, 4)} } catch (error) { if (error instanceof RangeError && String(error).includes("stack")) throw error }
dive(d + 1);
${lines(store, 0, 2)}
}
function pad(depth) { return depth === 0 ? dive(0) : pad(depth - 1) }
// Arguments fill most of the stack: a shallow one overflows sooner.
try { pad($padding, ...Array(100_000)) } catch (error) { if (!String(error).includes("stack")) throw error; return true }`.map(
  (source) =>
    source
      .replace(/§/g, "0")
      .replace(/⟦.*?⟧/g, "")
      .replaceAll('"sync"', '"store"')
      .replaceAll('"undo"', '"store"'),
);

describe(`${programs} random programs that overflow the stack, FAMS_SEED=${seed}`, () => {
  let regions: RegionStage;

  before(() => {
    regions = regionStage();
  });

  after(() => regions.close());

  it("leave no stored element unmarked", async () => {
    const property = fc.asyncProperty(
      program,
      fc.nat(60),
      fc.boolean(),
      async (source, padding, optimise) => {
        const { code } = instrument(source, { filename: "overflow.cjs", optimise });
        const run = new Function("require", "$w", "$padding", code);
        regions.reset();
        expect(run(() => barrier, createWorld(regions), padding)).to.equal(true);
        expect(regions.missed()).to.deep.equal([]);
        // What a conversion kept open until the job's end.
        await null;
        expect(regions.missed()).to.deep.equal([]);
      },
    );
    await fc.assert(property, { ...parameters, numRuns: programs, reporter: reporter(([source]) => source) });
  }).timeout(600_000);
});
