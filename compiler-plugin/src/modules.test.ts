import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { instrument } from "@fams/compiler-plugin";
import { expect } from "chai";

const runtime = pathToFileURL(createRequire(import.meta.url).resolve("fams/barrier")).href;

/** ES modules, each exporting as default all that can be compared. */
const MODULES: Record<string, string> = {
  "stores at the top level": `
    const view = new Float64Array(new ArrayBuffer(64)), get = () => view;
    view[0] = 1; get()[1] = 2
    get()[get()[0]] += 3; [view[2], ...view.x] = [4]; for (get()[3] of [5, 6]);
    export default [...view, this];`,
  "top-level await between operands": `
    const view = new Float64Array(new ArrayBuffer(64)), get = async (x) => x;
    (await get(view))[await get(1)] = await get(7);
    (await get(view))[await get(1)] *= await get(2);
    for await ((await get(view))[2] of [get(3), get(4)]);
    export default [...view];`,
  "functions called before the module's own code has run": `
    export default early();
    function early() { const view = get(); view[0] = 1; get()[get()[0]]++; return [...get()] }
    function get() { return get.view ??= new Float64Array(new ArrayBuffer(16)) }`,
  "strict errors": `
    const frozen = Object.freeze([1]); let error;
    try { frozen[0] = 2 } catch (thrown) { error = String(thrown) }
    export default error;`,
  "exports that change": `
    export let view = new Float64Array(new ArrayBuffer(16));
    view[0] = (view = [1, 2], 5); view[1] += 1;
    export default [...view];`,
};

const load = async (code: string) =>
  (await import(`data:text/javascript,${encodeURIComponent(code)}`)).default;

describe("an ES module means the same after its stores were instrumented", () => {
  for (const [what, source] of Object.entries(MODULES)) {
    it(`with ${what}`, async () => {
      const plain = await load(source);
      for (const parser of ["swc", "typescript"] as const) {
        const { code, sites } = instrument(source, { filename: "case.mjs", parser, runtime });
        expect(sites.every((site) => site.instrumented)).to.equal(true);
        expect(code).to.contain(`import * as $f from "${runtime}"`);
        expect(await load(code)).to.deep.equal(plain);
      }
    });
  }

  it("the barrier is asked before each store", async () => {
    const fake = `data:text/javascript,export const S = Symbol(), asked = [];
      export const v = (a, k, t, value) => (asked.push([k, a[k], value]), value);
      export const k = (a, key) => (asked.push([key, a[key]]), key);`;
    const source = "const a = [1, 2]; a[0] = 5; a[1]++; export default a;";
    const { code } = instrument(source, { filename: "case.mjs", runtime: fake });
    expect(await load(code)).to.deep.equal([5, 3]);
    expect((await import(fake)).asked).to.deep.equal([
      [0, 1, 5],
      [1, 2],
    ]);
  });
});
