import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { FAMS_RUN } from "../support/program.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

function ycsb(...args: string[]) {
  return spawnSync(process.execPath, [FAMS_RUN, MAIN, ...args], { encoding: "utf8" });
}

describe("YCSB command", () => {
  const small = ["--records", "1000", "--operations", "400", "--seed", "5"];

  it("runs over a region with every store tracked, and reports as JSON", function () {
    this.timeout(30_000);
    const { stdout, status } = ycsb("--workload", "d", ...small, "--msync-every", "3", "--verify", "--json");
    const result = JSON.parse(stdout);
    expect(result).to.include({ workload: "D", records: 1000, operations: 400, seed: 5, msyncEvery: 3 });
    expect(result.run.msyncs).to.equal(Math.ceil(result.run.latencies.insert.count / 3));
    expect(result.run.operationsPerSecond).to.be.greaterThan(0);
    expect(result.wrong).to.deep.equal([]);
    expect(status).to.equal(0);
  });

  it("prints throughput and latencies", function () {
    this.timeout(30_000);
    const { stdout, status } = ycsb(...small, "--durability", "process");
    expect(stdout).to.match(/run +[\d,]+ operations\/s +400 in/);
    expect(stdout).to.match(/^latency \(us\) +count +p50 +p95 +p99 +max$/m);
    expect(stdout).to.match(/^update( +[\d,.]+){5}$/m);
    expect(status).to.equal(0);
  });

  it("refuses what it does not know or cannot do", function () {
    this.timeout(30_000);
    for (const args of [["--workload", "E"], ["--records", "1.5"], ["--value-size", "2"], ["--unknown"]]) {
      const { stderr, status } = ycsb(...args);
      expect(status, args.join(" ")).to.equal(1);
      expect(stderr).to.contain(args[0].slice(2));
    }
  });
});
