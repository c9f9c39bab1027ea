import { expect } from "chai";
import { checkStore } from "../kv/check.ts";
import { KeyValueStore } from "../kv/store.ts";
import { chooseSeed } from "../support/random.ts";
import { Benchmark, type Database } from "./benchmark.ts";
import { CORE_WORKLOADS, OPERATIONS, type WorkloadName } from "./core.ts";

const seed = chooseSeed();
const RECORDS = 2_000;
const OPERATION_COUNT = 20_000;

function make(name: WorkloadName, msyncEvery: number) {
  const buffer = new ArrayBuffer(2 ** 22);
  const store = new KeyValueStore(buffer);
  let msyncs = 0;
  const database: Database = {
    set: (key, value) => store.set(key, value),
    getInto: (key, target) => store.getInto(key, target),
    msync: () => {
      msyncs++;
    },
  };
  const workload = CORE_WORKLOADS[name];
  const benchmark = new Benchmark(database, {
    records: RECORDS,
    valueSize: 100,
    msyncEvery,
    seed,
  });
  const run = () => benchmark.run(workload, OPERATION_COUNT);
  return { benchmark, run, store, buffer, workload, counted: () => msyncs };
}

describe(`YCSB benchmark (seed ${seed})`, () => {
  for (const name of Object.keys(CORE_WORKLOADS) as WorkloadName[]) {
    it(`${name} performs its mix of operations and leaves every record as written last`, () => {
      const { benchmark, run, store, buffer, workload } = make(name, 1);
      expect(benchmark.load().operations).to.equal(RECORDS);
      const { latencies } = run();
      for (const operation of OPERATIONS) {
        const share = (workload.mix as Partial<Record<string, number>>)[operation] ?? 0;
        const found = (latencies[operation]?.count ?? 0) / OPERATION_COUNT;
        expect(found, operation).to.be.closeTo(share, 0.02);
      }
      expect(store.size).to.equal(RECORDS + (latencies.insert?.count ?? 0));
      expect(benchmark.check()).to.deep.equal([]);
      checkStore(buffer);
    });
  }

  it("finds a record that does not hold what was written last", () => {
    const { benchmark, store } = make("A", 1);
    benchmark.load();
    const key = "user000000000123";
    const value = Uint8Array.from(store.get(key) ?? []);
    value[50] ^= 1;
    store.set(key, value);
    expect(benchmark.check()).to.deep.equal([123]);
    store.delete(key);
    expect(benchmark.check()).to.deep.equal([123]);
  });

  it("calls msync after every n writes, once more for the rest, and never for n = 0", () => {
    for (const every of [1, 7, 0]) {
      const { benchmark, run, counted } = make("A", every);
      benchmark.load();
      const before = counted();
      const result = run();
      const writes = result.latencies.update?.count ?? 0;
      expect(counted() - before).to.equal(every === 0 ? 0 : Math.ceil(writes / every));
      expect(result.msyncs).to.equal(counted() - before);
    }
  });

  it("repeats exactly for a seed", () => {
    const [first, second] = [make("D", 1), make("D", 1)];
    for (const { benchmark, run } of [first, second]) {
      benchmark.load();
      run();
    }
    expect(Buffer.compare(Buffer.from(first.buffer), Buffer.from(second.buffer))).to.equal(0);
  });
});
