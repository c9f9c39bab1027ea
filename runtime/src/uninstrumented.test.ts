/** A program whose stores nobody sees is told so, once; every other program hears nothing. */

import { expect } from "chai";
import { runChild } from "./test-child.ts";
import { newPath } from "./test-scratch.ts";

/** Warnings of a program in plain Node.js, with `open(n)` for regions and `store` as its own, unseen store. */
function warningsOf(body: string, env = { FAMS_VERIFY: "" }): string[] {
  const program = `
    import { Region } from "fams";
    const open = (n = 0, options = {}) => Region.openSync(process.argv[1] + n, { size: "1 MiB", ...options });
    const store = (region, i = 1000) => { new Float64Array(region.buffer)[i] += 1; };
    const found = [];
    process.on("warning", ({ name, code, message }) => found.push([name, code, message].join(" ")));
    ${body}
    await new Promise(setImmediate);
    console.log(JSON.stringify(found));`;
  const { status, stdout, stderr } = runChild(program, { args: [newPath()], flags: ["--no-warnings"], env });
  expect(status, stderr).to.equal(0);
  return JSON.parse(stdout);
}

const SILENT: Record<string, string> = {
  "stores nothing": "const r = open(); r.msyncSync(); r.close();",
  "only reads":
    "const r = open(); new Float64Array(r.buffer).reduce((a, b) => a + b); r.msyncSync(); r.close();",
  "marks by hand":
    "const r = open(); store(r); r.touch(8000, 8); r.msyncSync(); store(r); r.msyncSync(); r.close();",
  "stores by wrapped built-ins":
    "const r = open(); new Float64Array(r.buffer).fill(1); r.msyncSync(); store(r); r.msyncSync();",
  "stores by wrapped built-ins into small views":
    "const r = open(); new Float64Array(r.buffer, 0, 1).fill(1); r.msyncSync();",
  "works on a private copy": "open().close(); const r = open(0, { readOnly: true }); store(r); r.close();",
  "recovers first": "let r = open(); r.touch(0, 8); r.msyncSync(); r = open(1); r.close();",
};

describe("FAMS_UNINSTRUMENTED", () => {
  it("says at the first msync what to do, once", () => {
    const found = warningsOf(
      "const r = open(), s = open(1); store(r); r.msyncSync(); store(s); s.msyncSync(); await s.msync(); r.close(); s.close();",
    );
    expect(found).to.have.length(1);
    expect(found[0]).to.match(
      /^FamsWarning FAMS_UNINSTRUMENTED .*region-\d+0, .*fams-run.*region\.touch\(\)/,
    );
  });

  it("is heard at close if there was no msync, and at the second msync if nothing was stored before", () => {
    expect(warningsOf("const r = open(); store(r); r.close();")).to.have.length(1);
    expect(warningsOf("const r = open(); r.msyncSync(); store(r); await r.msync();")).to.have.length(1);
    expect(
      warningsOf("const r = open(); store(r); try { r.transaction(() => {}); } finally { r.close(); }"),
    ).to.have.length(1);
  });

  it("finds stores in large regions, and after recovery", () => {
    expect(
      warningsOf("const r = open(0, { size: '2 GiB' }); store(r, 2 ** 27); r.msyncSync();"),
    ).to.have.length(1);
    expect(warningsOf("open().close(); const r = open(); store(r); r.msyncSync();")).to.have.length(1);
  });

  for (const [what, body] of Object.entries(SILENT))
    it(`is not for a program that ${what}`, () => {
      expect(warningsOf(body)).to.deep.equal([]);
    });

  it("is not for a program whose msyncs compare anyway", () => {
    const body =
      "const r = open(); store(r); try { r.msyncSync(); } catch (error) { found.push(error.code); }";
    expect(warningsOf(body, { FAMS_VERIFY: "1" })).to.deep.equal(["ERR_FAMS_UNTRACKED"]);
  });
});
