/** Commits that wait for no medium make no system call: a filter ends the process at the first one. */

import { expect } from "chai";
import { open, run, scratch, TIMEOUT } from "./files.ts";

/** As many as fit into the first segment of the journal: going on to the next one wakes the checkpoint. */
const COMMITS = 2000;

describe("a commit", function () {
  this.timeout(TIMEOUT);

  for (const [storage, where, durability, quiet] of [
    ["file", "disk", "process", true],
    ["file", "memory", "process", true],
    ["dax", "memory", "process", true],
    ["dax", "memory", "power", true],
    ["file", "disk", "power", false],
  ] as const) {
    const path = scratch(where);
    it(`makes ${quiet ? "no system call" : "one, which the test sees"}: ${storage} on ${where}, durability ${durability}`, () => {
      const file = path("region");
      const { signal, stdout, stderr } = run("quiet-commits.ts", [
        file,
        storage,
        durability,
        String(COMMITS),
      ]);
      expect({ signal, stdout, stderr }).to.deep.equal(
        quiet ? { signal: null, stdout: "\n", stderr: "" } : { signal: "SIGSYS", stdout: "", stderr: "" },
      );
      using region = open(file);
      const words = new Uint32Array(region.buffer);
      // The last commit to each line.
      if (quiet) for (let i = COMMITS - 1023; i <= COMMITS; i++) expect(words[(i % 1024) * 16]).to.equal(i);
      else expect(words[16]).to.equal(1);
    });
  }
});
