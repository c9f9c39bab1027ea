import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { FAMS_RUN } from "../support/program.ts";

describe("demonstration", () => {
  it("kills, recovers, finds every record right, says so, and removes its files", function () {
    this.timeout(120_000);
    const directory = mkdtempSync(join(tmpdir(), "fams-demo-test-"));
    try {
      const start = fileURLToPath(new URL("start.ts", import.meta.url));
      const args = [
        FAMS_RUN,
        start,
        "--records",
        "2000",
        "--kills",
        "5",
        "--directory",
        directory,
        "--seed",
        "7",
      ];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      expect(stderr).to.equal("");
      expect(stdout, stdout).to.match(/kills survived +5\n/);
      expect(stdout)
        .to.match(/lost records +0\n/)
        .and.match(/torn records +0\n/);
      expect(stdout.trimEnd().endsWith("PASSED")).to.equal(true);
      expect(status).to.equal(0);
      expect(readdirSync(directory)).to.deep.equal([]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
