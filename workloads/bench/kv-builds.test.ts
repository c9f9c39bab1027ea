import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { type Build, buildProgram } from "./kv-builds.ts";

describe("the whole program of the transform's benchmark", () => {
  // Where the packages are found.
  const directory = mkdtempSync(fileURLToPath(new URL("../../node_modules/.fams-kv-test-", import.meta.url)));

  after(() => rmSync(directory, { recursive: true }));

  for (const build of ["plain", "typed", "untyped"] satisfies Build[]) {
    it(`runs as it is built: ${build}`, () => {
      const program = buildProgram("bench/kv-program.ts", build, directory);
      const barriers =
        readFileSync(join(directory, build, "kv/heap.mjs"), "utf8").match(/\$f\.[vkoc]\(/g) ?? [];
      expect(barriers.length > 0).to.equal(build !== "plain");
      const kind = build === "plain" ? "plain" : "instrumented";
      const args = [program, kind, "2000", "20000", join(directory, `${build}.fams`)];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      expect(status, stderr).to.equal(0);
      expect(Number(stdout)).to.be.greaterThan(0);
    }).timeout(60_000);
  }
});
