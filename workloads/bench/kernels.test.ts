import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Region } from "fams";
import { Random } from "../support/random.ts";
import { permutation } from "./harness.ts";
import { buildKernel, type Format, PlainRealm } from "./kernels.ts";
import { ELEMENTS, scenarios } from "./scenarios.ts";

describe("store kernels", () => {
  let directory: string;
  let region: Region;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), "fams-kernels-"));
    region = Region.openSync(join(directory, "region.fams"), { size: "16 MiB" });
  });

  after(() => {
    region.close();
    rmSync(directory, { recursive: true });
  });

  for (const format of ["module", "commonjs"] satisfies Format[]) {
    it(`are one text in two modules, of which only one has barriers (${format})`, async () => {
      const source = "function run(a, i) { a[i] = i + 0.5; return run; }";
      const { plain, instrumented, addedLength } = await buildKernel("one", source, directory, format);
      expect(String(plain)).to.equal(source);
      expect(String(instrumented)).to.not.equal(source);
      expect(addedLength).to.be.greaterThan(0);
      const [a, b] = [new Float64Array(4), new Float64Array(4)];
      plain(a, 2);
      instrumented(b, 2);
      expect([...b])
        .to.deep.equal([0, 0, 2.5, 0])
        .and.to.deep.equal([...a]);
    });
  }

  it("store the same with and without barriers", async () => {
    const everything = new Uint8Array(region.buffer);
    for (const scenario of scenarios(region, permutation(ELEMENTS, new Random(1)))) {
      const { plain, instrumented } = await buildKernel(scenario.name, scenario.source, directory, "module");
      everything.fill(0);
      const realm = new PlainRealm();
      const given = scenario.plainArguments;
      const plainArguments = typeof given === "string" ? realm.evaluate<unknown[]>(given) : given();
      const instrumentedArguments = scenario.instrumentedArguments();
      const run = typeof given === "string" ? realm.run(scenario.source) : plain;
      expect(instrumented(...instrumentedArguments), scenario.name).to.deep.equal(run(...plainArguments));
      expect(stored(instrumentedArguments[0], plainArguments[0]), scenario.name).to.equal(true);
    }
  });

  it("mark what they store into a region", async () => {
    const { instrumented } = await buildKernel(
      "marked",
      "function run(a) { a[0] = 7; }",
      directory,
      "module",
    );
    region.rollback();
    const view = new Float64Array(region.buffer);
    const before = view[0];
    instrumented(view);
    expect(view[0]).to.equal(7);
    region.rollback();
    expect(view[0]).to.equal(before);
  });

  it("find the built-ins of their realm as JavaScript made them", () => {
    const native = new PlainRealm().evaluate<string>("String(DataView.prototype.setFloat64)");
    expect(native).to.include("[native code]");
    const { setFloat64 } = DataView.prototype;
    const theirs = new PlainRealm().evaluate<unknown>("DataView.prototype.setFloat64");
    expect(theirs).to.not.equal(setFloat64);
  });
});

/** Are the two equal, as far as the shorter one's bytes or elements go? */
function stored(a: unknown, b: unknown): boolean {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b)) return JSON.stringify(a) === JSON.stringify(b);
  const length = Math.min(a.byteLength, b.byteLength);
  const bytes = (view: ArrayBufferView) => Buffer.from(view.buffer, view.byteOffset, length);
  return bytes(a).equals(bytes(b));
}
