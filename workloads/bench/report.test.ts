import { tmpdir } from "node:os";
import { expect } from "chai";
import { fileSystem, machine } from "./machine.ts";
import { missedBars } from "./report.ts";

const at = (median: number) => ({ min: 0, median, max: 100 });

describe("bars", () => {
  it("are reached by their own value and missed beyond it, upwards or downwards", () => {
    expect(
      missedBars({
        "stores.plain_array_over_plain": at(1.3),
        "stores.random_f64_dirty_over_plain": at(2.21),
        "commit.msync2_64_pages_over_fams_64_lines": at(19.9),
        "commit.1_line_over_bare_flush": at(1.0),
      }),
    ).to.deep.equal(["stores.random_f64_dirty_over_plain", "commit.msync2_64_pages_over_fams_64_lines"]);
  });

  it("are missed by a ratio that is no number", () => {
    expect(missedBars({ "commit.1_line_over_bare_flush": at(Number.NaN) })).to.have.length(1);
  });

  it("are not set on every ratio", () => {
    expect(missedBars({ "stores.set_100_bytes_over_plain": at(50) })).to.deep.equal([]);
  });
});

describe("machine", () => {
  it("names the file system of the longest mount point above a directory", () => {
    expect(fileSystem("/proc/self")).to.equal("proc");
    expect(machine(tmpdir()).fileSystem).to.equal(fileSystem(tmpdir()));
  });
});
