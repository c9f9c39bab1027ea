/**
 * fault-sweep.ts FOLDER PROGRAM STEP: runs the program for every STEP-th call of the storage, and every allocation, with an error injected there, and
 * checks what every failure promises. Prints how many calls there were and how often it ran; a broken promise goes to standard error and makes it fail.
 */

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Region } from "fams";
import { type FaultProgram, PROGRAMS, type Progress, STATES, store } from "./fault-programs.ts";
import { bytesOf, codeOf, open, stateOf } from "./files.ts";

const [, , folder, name, step] = process.argv as [string, string, string, string, string];
const program = PROGRAMS[name] as FaultProgram;
const file = join(folder, "region");
const trace = join(folder, "trace");

// In a commit of its own a failure is one of input and output; one of a checkpoint in the background poisons the next commit.
const FAILED = ["ERR_FAMS_IO", "ERR_FAMS_POISONED"];
const broken: string[] = [];

/** What the file holds when a checkpoint that was under way has ended. */
function settled(path: string): Buffer {
  for (let last = readFileSync(path); ; ) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    const now = readFileSync(path);
    if (now.equals(last)) return now;
    last = now;
  }
}

class Run implements Progress {
  acknowledged: number;
  attempted: number;
  region: Region | undefined;
  readonly created: boolean;

  constructor(readonly fault: string) {
    for (const left of readdirSync(folder)) rmSync(join(folder, left));
    this.acknowledged = this.attempted = program.prepare(file);
    this.created = existsSync(file);
  }

  attempt(version: number): void {
    this.attempted = version;
  }
  acknowledge(version: number): void {
    this.acknowledged = version;
  }
  opened(region: Region): void {
    this.region = region;
  }

  require(promise: boolean, what: string): void {
    if (!promise)
      broken.push(`${name}, ${this.fault}, commit ${this.attempted} of which ${this.acknowledged}: ${what}`);
  }

  /** Runs the program to its end or its failure, and looks at what is left. */
  go(allowed: readonly string[]): void {
    process.env.FAMS_FAULT = this.fault;
    const code = codeOf(() => program.run(file, this));
    if (code !== "none") this.require(allowed.includes(code), `fails with ${code}`);
    if (this.region === undefined) this.#failedToOpen(code);
    else if (!this.region.closed) this.#failed(this.region, code);
    delete process.env.FAMS_FAULT;
    if (existsSync(file)) this.#lookAgain();
  }

  #failedToOpen(code: string): void {
    this.require(code !== "none", "is not opened and says nothing");
    if (this.created) return;
    this.require(readdirSync(folder).length === 0, `a failed creation leaves ${readdirSync(folder)}`);
  }

  #failed(region: Region, code: string): void {
    if (code === "ERR_FAMS_NO_SPACE") {
      this.#outOfSpace(region);
    } else {
      this.require(codeOf(() => region.msyncSync()) === "ERR_FAMS_POISONED", "msync goes on after a failure");
      this.require(codeOf(() => region.flushSync()) === "ERR_FAMS_POISONED", "flush goes on after a failure");
      const before = settled(file);
      this.require(codeOf(() => region.close()) === "none", "close fails once more");
      this.require(readFileSync(file).equals(before), "closing a poisoned region changes the file");
    }
  }

  /** Nothing is lost: what was stored is still there, can be taken back, and a smaller commit finds room. */
  #outOfSpace(region: Region): void {
    const attempted = this.attempted;
    this.require(stateOf(STATES, bytesOf(region)) === attempted, "stores are lost when there is no space");
    const again = codeOf(() => region.msyncSync());
    if (again === "none") {
      this.acknowledged = attempted;
    } else if (this.fault.startsWith("any") && FAILED.includes(again)) {
      // The fault is for ever and for every call, not for allocation alone.
      region.close();
      return;
    } else {
      this.require(again === "ERR_FAMS_NO_SPACE", `with no space, msync fails with ${again}`);
      region.rollback();
      this.require(stateOf(STATES, bytesOf(region)) === this.acknowledged, "rollback goes somewhere else");
    }
    this.require(codeOf(() => region.close()) === "none", "close fails when there is no space");
    this.attempted = this.acknowledged;
  }

  #lookAgain(): void {
    const code = codeOf(() => {
      using region = open(file, program.options);
      const state = stateOf(STATES, bytesOf(region));
      this.require(
        state === this.acknowledged || state === this.attempted,
        `is ${state} when opened again (${JSON.stringify(region.recovery)})`,
      );
      store(region, STATES.length - 1);
      region.msyncSync();
    });
    this.require(code === "none", `cannot be opened again: ${code}`);
  }
}

/** The storage operations of a run without faults. */
function operations(): string[] {
  const dry = new Run("nothing");
  process.env.FAMS_FAULT_TRACE = trace;
  program.run(file, dry);
  delete process.env.FAMS_FAULT_TRACE;
  return readFileSync(trace, "utf8").trim().split("\n");
}

const calls = operations();
let runs = 0;
const sweep = (fault: string, allowed: readonly string[]) => {
  runs++;
  new Run(fault).go(allowed);
};
for (let call = 1; call <= calls.length; call++) {
  if (call % Number(step) !== 0 && calls[call - 1] !== "allocate") continue;
  sweep(`any:${call}:EIO`, FAILED);
  sweep(`any:${call}+:EIO`, FAILED);
  sweep(`any:${call}:ENOSPC`, [...FAILED, "ERR_FAMS_NO_SPACE"]);
  sweep(`any:${call}+:ENOSPC`, [...FAILED, "ERR_FAMS_NO_SPACE"]);
}
for (let call = 1; call <= calls.filter((operation) => operation === "allocate").length; call++) {
  sweep(`allocate:${call}:ENOSPC`, ["ERR_FAMS_NO_SPACE"]);
  sweep(`allocate:${call}+:ENOSPC`, ["ERR_FAMS_NO_SPACE"]);
  sweep(`allocate:${call}+:EDQUOT`, ["ERR_FAMS_NO_SPACE"]);
}
console.log(JSON.stringify({ calls: calls.length, runs }));
for (const what of broken) console.error(what);
process.exitCode = broken.length > 0 ? 1 : 0;
