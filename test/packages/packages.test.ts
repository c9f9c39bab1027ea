import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { Region } from "fams";
import { MEMORY, SCENARIOS, type Scenario } from "./scenarios.ts";

const FAMS_RUN = fileURLToPath(new URL("../../cli/bin/fams-run.js", import.meta.url));
const CHILD = fileURLToPath(new URL("./child.ts", import.meta.url));
const SEED = Number(process.env.FAMS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const KILLS = process.env.FAMS_LONG ? 100 : 2;

interface Ended {
  signal: NodeJS.Signals | null;
  status: number | null;
  /** The last commit that the child was told of. */
  acknowledged: number;
  stderr: string;
}

/** Runs a scenario, and kills it once that many commits are acknowledged. */
function run(path: string, name: string, killAfter: number, flags: readonly string[] = []): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [FAMS_RUN, ...flags, CHILD, path, name]);
    let [acknowledged, stderr, rest] = [0, "", ""];
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    child.stdout.on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() as string;
      acknowledged = Number(lines.at(-1) ?? acknowledged);
      if (acknowledged >= killAfter) child.kill("SIGKILL");
    });
    child.on("close", (status, signal) => resolve({ status, signal, acknowledged, stderr }));
  });
}

/** What the memory of an ordinary run holds after so many commits. */
function plainly({ run: start }: Scenario, commits: number): ArrayBuffer {
  const memory = new ArrayBuffer(MEMORY);
  const steps = start(memory);
  for (let commit = 0; commit < commits; commit++) steps.next();
  return memory;
}

const commitsOf = ({ run: start }: Scenario): number => [...start(new ArrayBuffer(MEMORY))].length;

const isSame = (a: ArrayBuffer, b: ArrayBuffer): boolean => Buffer.from(a).equals(Buffer.from(b));

describe(`packages from node_modules keep their data in a region, FAMS_SEED=${SEED}`, () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "fams-packages-"));
  });

  after(() => rmSync(folder, { recursive: true }));

  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    it(`${name}: to the end, and read back from the file`, async () => {
      const path = join(folder, name);
      const { status, acknowledged, stderr } = await run(path, name, Number.POSITIVE_INFINITY);
      expect([status, stderr]).to.deep.equal([0, ""]);
      const commits = commitsOf(scenario);
      expect(acknowledged).to.equal(commits);
      using region = Region.openSync(path);
      const plain = plainly(scenario, commits);
      expect(isSame(region.buffer, plain)).to.equal(true);
      expect(scenario.read(region.buffer)).to.deep.equal(scenario.read(plain));
    }).timeout(60_000);

    it(`${name}: killed ${KILLS} times, each recovered to its last commit`, async () => {
      const commits = commitsOf(scenario);
      let random = SEED;
      let killed = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
        const killAfter = 1 + Math.floor((random / 2 ** 32) * commits * 0.9);
        const path = join(folder, `${name}-${kill}`);
        const { signal, acknowledged } = await run(path, name, killAfter);
        if (signal === "SIGKILL") killed++;
        using region = Region.openSync(path);
        // The commit after the last acknowledged one may have been made, too.
        const states = [acknowledged, acknowledged + 1].map((state) => plainly(scenario, state));
        expect(
          states.some((state) => isSame(state, region.buffer)),
          `killed after commit ${acknowledged}`,
        ).to.equal(true);
      }
      expect(killed).to.be.greaterThan(0);
    }).timeout(600_000);
  }

  it("and verify sees it when they are not instrumented", async () => {
    const { stderr, status } = await run(join(folder, "bare"), "flatbush", Number.POSITIVE_INFINITY, [
      "--exclude",
      "node_modules",
    ]);
    expect(status).to.equal(1);
    expect(stderr).to.include("ERR_FAMS_UNTRACKED");
  }).timeout(60_000);
});
