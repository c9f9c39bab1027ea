/** The two phases of a YCSB run over a key-value store: load every record, then perform the workload's operations. */
import { Random } from "../support/random.ts";
import { type Chooser, LatestChooser, ScrambledZipfianChooser, UniformChooser } from "./choosers.ts";
import { type CoreWorkload, OPERATIONS, type OperationName } from "./core.ts";
import { Latencies, type LatencySummary } from "./latencies.ts";
import { Keys, Value } from "./records.ts";

/** What is measured: a store and how its changes become durable. */
export interface Database {
  set(key: string, value: Uint8Array): void;
  /** Copies the value into `target`; -1 if there is no such key. */
  getInto(key: string, target: Uint8Array): number;
  /** Makes everything set before durable. */
  msync(): void;
}

export interface BenchmarkOptions {
  records: number;
  /** In bytes. */
  valueSize: number;
  /** One msync after this many writes of the run; 0 means none. */
  msyncEvery: number;
  seed: number;
}

export interface PhaseResult {
  operations: number;
  seconds: number;
  operationsPerSecond: number;
  msyncs: number;
}

export interface RunResult extends PhaseResult {
  /** In microseconds; an operation's latency holds the msync that followed it. */
  latencies: Partial<Record<OperationName, LatencySummary>>;
}

/** Records loaded between two msyncs. */
const LOAD_BATCH = 1_000;
/** Operations between two calls of `progress`. */
const PROGRESS_STEP = 1_024;

export type Progress = (done: number) => void;

export class Benchmark {
  readonly #database: Database;
  readonly #options: BenchmarkOptions;
  readonly #random: Random;
  readonly #keys = new Keys();
  readonly #value: Value;
  readonly #versions: number[] = [];
  #unsynced = 0;
  #msyncs = 0;

  constructor(database: Database, options: BenchmarkOptions) {
    this.#database = database;
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#value = new Value(options.valueSize);
  }

  /** The version that each record should have, by record number. */
  get versions(): readonly number[] {
    return this.#versions;
  }

  load(progress: Progress = () => {}): PhaseResult {
    return this.#phase(this.#options.records, LOAD_BATCH, progress, () => {
      this.#insert();
      this.#msyncAfter(LOAD_BATCH);
    });
  }

  run(workload: CoreWorkload, operations: number, progress: Progress = () => {}): RunResult {
    const chooser = makeChooser(workload.distribution, this.#random, this.#versions.length);
    const latencies = new Map(OPERATIONS.map((name) => [name, new Latencies()]));
    const result = this.#phase(operations, this.#options.msyncEvery, progress, () => {
      const name = this.#chooseOperation(workload.mix);
      const number = name === "insert" ? this.#versions.length : chooser.next(this.#versions.length);
      const key = this.#keys.text(number);
      const start = performance.now();
      this.#perform(name, number, key);
      latencies.get(name)?.record(start, performance.now());
    });
    const used = [...latencies].map(([name, recorded]) => [name, recorded.summary()] as const);
    return { ...result, latencies: Object.fromEntries(used.filter(([, summary]) => summary.count > 0)) };
  }

  /** Numbers of the records that do not hold, byte for byte, what was written last. */
  check(): number[] {
    const wrong: number[] = [];
    for (const [number, version] of this.#versions.entries()) {
      const length = this.#database.getInto(this.#keys.text(number), this.#value.bytes);
      const right = length === this.#options.valueSize && this.#value.version === version;
      if (!right || !this.#value.isWhole(number)) wrong.push(number);
    }
    return wrong;
  }

  #phase(operations: number, msyncEvery: number, progress: Progress, operation: () => void): PhaseResult {
    this.#msyncs = 0;
    const start = performance.now();
    for (let done = 0; done < operations; done++) {
      operation();
      if (done % PROGRESS_STEP === 0) progress(done);
    }
    if (this.#unsynced > 0 && msyncEvery > 0) this.#msync();
    const seconds = (performance.now() - start) / 1e3;
    progress(operations);
    return { operations, seconds, operationsPerSecond: operations / seconds, msyncs: this.#msyncs };
  }

  #chooseOperation(mix: CoreWorkload["mix"]): OperationName {
    let left = this.#random.fraction();
    for (const name of OPERATIONS) {
      left -= mix[name] ?? 0;
      if (left < 0) return name;
    }
    return "read";
  }

  #perform(name: OperationName, number: number, key: string): void {
    if (name === "read") {
      this.#read(key);
      return;
    }
    if (name === "readModifyWrite") this.#read(key);
    if (name === "insert") this.#insert();
    else this.#write(number, key, this.#versions[number] + 1);
    this.#msyncAfter(this.#options.msyncEvery);
  }

  #read(key: string): void {
    if (this.#database.getInto(key, this.#value.bytes) < 0) throw new Error(`record ${key} is lost`);
  }

  #insert(): void {
    const number = this.#versions.length;
    this.#write(number, this.#keys.text(number), 0);
  }

  #write(number: number, key: string, version: number): void {
    this.#value.fill(number, version);
    this.#database.set(key, this.#value.bytes);
    this.#versions[number] = version;
    this.#unsynced++;
  }

  #msyncAfter(writes: number): void {
    if (writes > 0 && this.#unsynced >= writes) this.#msync();
  }

  #msync(): void {
    this.#database.msync();
    this.#unsynced = 0;
    this.#msyncs++;
  }
}

function makeChooser(distribution: CoreWorkload["distribution"], random: Random, records: number): Chooser {
  switch (distribution) {
    case "zipfian":
      return new ScrambledZipfianChooser(random);
    case "latest":
      return new LatestChooser(random, records);
    case "uniform":
      return new UniformChooser(random);
  }
}
