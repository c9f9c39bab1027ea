/**
 * async-sweep.ts FILE OPTIONS SEED STEP: a random program of commits of every kind, again and again, each time with an error at another call of the storage, and
 * what every failure promises. Prints how many calls there were, how often it ran, and what it met; a broken promise goes to standard error.
 */

import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Region } from "fams";
import { Commits, Program, sameWords } from "./commits.ts";
import { codeOf, open } from "./files.ts";

const [, , file, given, seedText, step] = process.argv as string[] as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const seed = Number(seedText);
const options = { ...JSON.parse(given), verify: false };
const STEPS = 60;

const trace = `${file}.trace`;
const broken: string[] = [];
const met: Record<string, number> = {};
let runs = 0;

const codeOfPromise = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error) => error.code ?? String(error),
  );
const words = (region: Region) => new Uint32Array(region.buffer);
const at = (number: number): Commits => {
  const commits = new Commits(seed, options.size);
  while (commits.number < number) commits.next();
  return commits;
};

class Run {
  readonly #program: Program;
  readonly #commits: Commits;
  readonly #region: Region;

  constructor(readonly fault: string) {
    rmSync(file, { force: true });
    open(file, options).close();
    process.env.FAMS_FAULT = fault;
    if (fault === "nothing:1:EIO") process.env.FAMS_FAULT_TRACE = trace;
    this.#region = open(file, options);
    delete process.env.FAMS_FAULT;
    this.#commits = new Commits(seed, options.size);
    this.#program = new Program(this.#region, this.#commits, seed);
  }

  #require(promise: boolean, what: string): void {
    const { acknowledged } = this.#program;
    if (!promise)
      broken.push(
        `${this.fault}, commit ${this.#commits.number} of which ${acknowledged}, seed ${seed}: ${what}`,
      );
  }

  async go(allowed: readonly string[]): Promise<void> {
    runs++;
    let first = "none";
    try {
      await this.#program.run(STEPS);
    } catch (error) {
      first = (error as { code?: string }).code ?? String(error);
    }
    await this.#program.settle();
    const codes = [first, ...this.#program.failures.map(({ code }) => code ?? "none")].filter(
      (code) => code !== "none",
    );
    for (const code of codes) {
      met[code] = (met[code] ?? 0) + 1;
      this.#require(allowed.includes(code), `fails with ${code}`);
    }
    this.#sameCause();
    if (codes.length === 0) this.#close();
    else if (codes.every((code) => code === "ERR_FAMS_NO_SPACE")) await this.#outOfSpace();
    else await this.#poisoned();
    this.#lookAgain();
  }

  /** Commits that fail because an earlier one did say why that one did. */
  #sameCause(): void {
    if (this.fault.includes("+")) return;
    const messages = this.#program.failures
      .filter(({ code }) => code !== "ERR_FAMS_POISONED")
      .map(({ message }) => message);
    this.#require(new Set(messages).size <= 1, `one failure, several causes: ${[...new Set(messages)]}`);
  }

  #close(): void {
    const code = codeOf(() => this.#region.close());
    this.#require(["none", "ERR_FAMS_IO"].includes(code), `close fails with ${code}`);
  }

  async #poisoned(): Promise<void> {
    const region = this.#region;
    words(region)[1] = 77;
    for (const [name, code] of [
      ["msync", await codeOfPromise(region.msync())],
      ["flush", await codeOfPromise(region.flush())],
      ["msyncSync", codeOf(() => region.msyncSync())],
      ["flushSync", codeOf(() => region.flushSync())],
      ["transaction", codeOf(() => region.transaction(() => words(region).fill(7, 0, 1)))],
    ])
      this.#require(
        code === "ERR_FAMS_POISONED" || this.#everythingFails(code),
        `${name} after it says ${code}`,
      );
    await this.#goBack();
    const before = await settled();
    this.#require(codeOf(() => region.close()) === "none", "close fails once more");
    this.#require(readFileSync(file).equals(before), "closing a poisoned region changes the file");
  }

  /** Who looks at the file first, as rolling back does, fails there. */
  #everythingFails(code: string | undefined): boolean {
    return this.fault.includes("+") && code === "ERR_FAMS_IO";
  }

  /** To the last commit that succeeded. */
  async #goBack(): Promise<void> {
    const code = codeOf(() => this.#region.rollback());
    this.#require(code === "none" || this.#everythingFails(code), `rollback after it says ${code}`);
    this.#require(
      code !== "none" || this.#wentBack(),
      "rollback goes somewhere else than the last commit that succeeded",
    );
  }

  /** As a transaction does that finds no space. */
  #wentBack(): boolean {
    return sameWords(words(this.#region), at(this.#program.acknowledged).words);
  }

  async #outOfSpace(): Promise<void> {
    const region = this.#region;
    const stored = at(this.#commits.number).words;
    this.#require(
      this.#wentBack() || sameWords(words(region), stored),
      "stores are lost when there is no space",
    );
    const again = await codeOfPromise(region.msync());
    if (again === "none") {
      if (!this.#wentBack()) this.#program.acknowledged = this.#commits.number;
      await this.#goBack();
    } else {
      this.#require(again === "ERR_FAMS_NO_SPACE", `with no space, msync fails with ${again}`);
      await this.#goBack();
    }
    words(region)[5] = 5;
    words(region)[5] = at(this.#program.acknowledged).words[5] as number;
    this.#require((await codeOfPromise(region.msync())) === "none", "a small commit finds no space");
    this.#close();
  }

  #lookAgain(): void {
    using region = open(file, options);
    const { acknowledged } = this.#program;
    const found = new Commits(seed, options.size).find(
      words(region),
      acknowledged,
      this.#commits.number - acknowledged,
    );
    this.#require(
      found !== "a mixture",
      `is a mixture when opened again (${JSON.stringify(region.recovery)})`,
    );
    words(region)[0] = 1;
    region.msyncSync();
  }
}

/** The file once a checkpoint that was under way has ended. */
async function settled(): Promise<Buffer> {
  for (let last = readFileSync(file); ; ) {
    await sleep(10);
    const now = readFileSync(file);
    if (now.equals(last)) return now;
    last = now;
  }
}

const FAILED = ["ERR_FAMS_IO", "ERR_FAMS_POISONED"];
const traced = () => readFileSync(trace, "utf8").trim().split("\n");
const dry = new Run("nothing:1:EIO");
const before = traced().length;
await dry.go([]);
delete process.env.FAMS_FAULT_TRACE;
const all = traced();
for (let call = before + 1; call <= all.length; call += Number(step)) {
  await new Run(`any:${call}:EIO`).go(FAILED);
  await new Run(`any:${call}+:EIO`).go(FAILED);
}
const allocations = all.filter((operation) => operation === "allocate").length;
for (let call = 1; call <= allocations; call++) {
  await new Run(`allocate:${call}:ENOSPC`).go(["ERR_FAMS_NO_SPACE"]);
  await new Run(`allocate:${call}+:ENOSPC`).go(["ERR_FAMS_NO_SPACE"]);
}
console.log(JSON.stringify({ calls: all.length - before, allocations, runs, met }));
for (const what of broken) console.error(what);
process.exitCode = broken.length > 0 ? 1 : 0;
