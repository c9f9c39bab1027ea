/** Errors and kills at the calls of the storage: the right failure, and afterwards the last acknowledged commit or the one in flight. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { expect } from "chai";
import { type FaultProgram, PROGRAMS, STATES } from "./fault-programs.ts";
import { bytesOf, FAULTY, LONG, open, range, run, scratch, stateOf, TIMEOUT } from "./files.ts";

const path = scratch("disk");
const pathInMemory = scratch("memory");
const RECOVERIES = ["recover", "recover what one superblock knows", "accept damage"];

const folder = (made: string): string => {
  mkdirSync(made, { recursive: true });
  return made;
};

/** Runs a sweep to its end and returns what it counted. */
function sweep(script: string, name: string, step: number): { calls: number; runs?: number; pairs?: number } {
  const { stdout, stderr, status } = run(
    script,
    [folder(pathInMemory(script)), name, String(LONG ? 1 : step)],
    {
      FAMS_NATIVE_BINDING: FAULTY,
    },
  );
  expect(stderr).to.equal("");
  expect(status).to.equal(0);
  return JSON.parse(stdout);
}

describe("an error of the storage", function () {
  this.timeout(TIMEOUT);

  for (const [name, step] of [
    ["create and commit", 17],
    ["commit packed and flush", 17],
    ["recover", 3],
    ["recover what one superblock knows", 2],
    ["accept damage", 2],
  ] as const)
    it(`fails or poisons as it must, and loses nothing: ${name}`, () => {
      const { calls, runs } = sweep("fault-sweep.ts", name, step);
      expect(runs).to.be.at.least((4 * calls) / step - 4);
    });

  for (const name of RECOVERIES)
    it(`in recovery, and again in the next: ${name}`, () => {
      const { calls, pairs } = sweep("recovery-sweep.ts", name, 7);
      expect(pairs).to.be.at.least((calls * calls) / 7);
    });
});

/** Runs the program in a process of its own under a fault. */
function attempt(name: string, file: string, fault: string) {
  const { stdout, stderr, signal, status } = run("fault-run.ts", [name, file], {
    FAMS_NATIVE_BINDING: FAULTY,
    FAMS_FAULT: fault,
  });
  expect(signal ?? status, stderr).to.be.oneOf(["SIGKILL", 0]);
  const last = (what: string) =>
    Number(
      stdout
        .match(new RegExp(`${what} (\\d+)`, "g"))
        ?.at(-1)
        ?.split(" ")[1],
    );
  return { killed: signal !== null, attempted: last("attempt"), acknowledged: last("acknowledge") };
}

/** Kills the program at every chosen call until it survives. Returns how often it was killed. */
function killEverywhere(name: string, step: number, thenKillAt: readonly number[] = []): number {
  const program = PROGRAMS[name] as FaultProgram;
  const prepared = path(`prepared for ${name}`);
  const start = program.prepare(prepared);
  const file = `${folder(path("killed"))}/region`;
  for (let call = 1, kills = 0; ; call += LONG ? 1 : step) {
    for (const when of ["kill-before", "kill-after"]) {
      rmSync(file, { force: true });
      if (existsSync(prepared)) copyFileSync(prepared, file);
      const { killed, attempted, acknowledged } = attempt(name, file, `any:${call}:${when}`);
      if (!killed) return kills;
      kills++;
      for (const later of thenKillAt) attempt(name, file, `any:${later}:${when}`);
      const done = acknowledged || start;
      expect(readdirSync(path("killed")).filter((left) => left !== "region")).to.deep.equal([]);
      if (existsSync(file)) expectState(file, [done, attempted || start]);
      else expect(done, "an acknowledged commit is gone").to.equal(0);
    }
  }
}

function expectState(file: string, allowed: readonly number[]): void {
  using region = open(file);
  expect(stateOf(STATES, bytesOf(region)), JSON.stringify(region.recovery)).to.be.oneOf(allowed);
}

describe("a kill at a call of the storage", function () {
  this.timeout(TIMEOUT);

  it("while a region is created: there is the whole file or none", () => {
    const outcomes = new Set<string>();
    for (const call of LONG ? range(1, 9) : [1, 5, 8, 9])
      for (const when of ["kill-before", "kill-after"]) {
        rmSync(path("killed"), { recursive: true, force: true });
        const file = `${folder(path("killed"))}/region`;
        const { killed } = attempt("create and commit", file, `any:${call}:${when}`);
        expect(killed).to.equal(true);
        outcomes.add(readdirSync(path("killed")).join());
        if (existsSync(file)) expectState(file, [0, 1]);
      }
    expect([...outcomes]).to.have.members(["", "region"]);
  });

  for (const [name, step] of [
    ["create and commit", 17],
    ["commit packed and flush", 17],
  ] as const)
    it(`leaves the last acknowledged commit or the one in flight: ${name}`, () => {
      expect(killEverywhere(name, step)).to.be.greaterThan(4);
    });

  it("in recovery, and again in the next one, leaves the same state to recover", () => {
    expect(killEverywhere("recover", 4, LONG ? range(1, 20) : [9])).to.be.greaterThan(4);
  });
});
