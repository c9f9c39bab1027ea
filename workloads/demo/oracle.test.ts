import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { Region } from "fams";
import { KeyValueStore } from "../kv/store.ts";
import { makeDiskDirectory } from "../support/disk.ts";
import { Keys, Value } from "../ycsb/records.ts";
import { Oracle } from "./oracle.ts";
import { recoverAndCheck } from "./round.ts";

const RECORDS = 1_000;
const VALUE_BYTES = 100;
const keys = new Keys();

function write(store: KeyValueStore, number: number, version: number): void {
  const value = new Value(VALUE_BYTES);
  value.fill(number, version);
  store.set(keys.text(number), value.bytes);
}

/** A store of the records in version 0, and an oracle that knows it. */
function build(buffer: ArrayBuffer): { store: KeyValueStore; oracle: Oracle } {
  const store = new KeyValueStore(buffer);
  for (let number = 0; number < RECORDS; number++) write(store, number, 0);
  return { store, oracle: new Oracle(new Array<number>(RECORDS).fill(0), VALUE_BYTES) };
}

const nothing = { lost: [], torn: [], unexpected: [], inFlight: [] as number[] };

describe("oracle", () => {
  let store: KeyValueStore;
  let oracle: Oracle;

  beforeEach(() => {
    ({ store, oracle } = build(new ArrayBuffer(2 ** 20)));
  });

  it("accepts exactly what was acknowledged", () => {
    write(store, 5, 1);
    oracle.acknowledge(5, 1);
    expect(oracle.check(store, 1)).to.deep.equal(nothing);
  });

  it("accepts one update in flight, and expects it from then on", () => {
    write(store, 5, 1);
    expect(oracle.check(store, 1)).to.deep.equal({ ...nothing, inFlight: [5] });
    expect(oracle.check(store, 1)).to.deep.equal(nothing);
    write(store, 5, 0);
    expect(oracle.check(store, 1)).to.deep.equal({ ...nothing, lost: [5] });
  });

  it("accepts one update in flight for each kill, also of one record", () => {
    write(store, 5, 2);
    write(store, 6, 1);
    expect(oracle.check(store, 3)).to.deep.equal({ ...nothing, inFlight: [5, 5, 6] });
    write(store, 5, 4);
    expect(oracle.check(store, 1)).to.deep.equal({ ...nothing, unexpected: [5] });
  });

  it("accepts none if nothing was killed", () => {
    write(store, 5, 1);
    expect(oracle.check(store, 0)).to.deep.equal({ ...nothing, unexpected: [5] });
  });

  it("finds an acknowledged update that is missing", () => {
    oracle.acknowledge(5, 1);
    expect(oracle.check(store, 1)).to.deep.equal({ ...nothing, lost: [5] });
  });

  it("finds a record that is missing", () => {
    store.delete(keys.text(7));
    expect(oracle.check(store, 1)).to.deep.equal({ ...nothing, lost: [7] });
  });

  it("finds a value half of the old and half of the new version, cut at any line", () => {
    const mixed = new Value(VALUE_BYTES);
    const newer = new Value(VALUE_BYTES);
    newer.fill(9, 1);
    for (const cut of [4, 40, 64, 96]) {
      mixed.fill(9, 0);
      mixed.bytes.set(newer.bytes.subarray(0, cut));
      store.set(keys.text(9), mixed.bytes);
      expect(oracle.check(store, 1), `first ${cut} bytes`).to.deep.equal({ ...nothing, torn: [9] });
    }
  });

  it("finds a value of another length", () => {
    store.set(keys.text(3), new Uint8Array(VALUE_BYTES - 1));
    expect(oracle.check(store, 1)).to.deep.equal({ ...nothing, torn: [3] });
  });

  it("finds a second update that was never acknowledged, a version too new, and a record too many", () => {
    write(store, 1, 1);
    write(store, 2, 1);
    write(store, 3, 2);
    store.set("another", new Uint8Array(1));
    expect(oracle.check(store, 1)).to.deep.equal({ ...nothing, inFlight: [1], unexpected: [2, 3, RECORDS] });
  });
});

describe("oracle over a region file that is damaged on purpose", () => {
  let path: string;
  let oracle: Oracle;

  beforeEach(() => {
    path = join(makeDiskDirectory("oracle"), "demo.fams");
    const region = Region.openSync(path, { size: "1 MiB" });
    ({ oracle } = build(region.buffer));
    region.msyncSync();
    region.close();
  });

  afterEach(() => {
    rmSync(dirname(path), { recursive: true });
  });

  it("finds nothing wrong with the file as it is", () => {
    expect(recoverAndCheck(path, oracle, 1)).to.deep.include(nothing);
  });

  it("finds the lost updates when an older copy of the file is put back", () => {
    copyFileSync(path, `${path}.older`);
    const region = Region.openSync(path);
    const store = new KeyValueStore(region.buffer);
    for (const number of [10, 20, 30]) {
      write(store, number, 1);
      region.msyncSync();
      oracle.acknowledge(number, 1);
    }
    region.close();
    expect(recoverAndCheck(path, oracle, 1)).to.deep.include(nothing);
    copyFileSync(`${path}.older`, path);
    expect(recoverAndCheck(path, oracle, 1)).to.deep.include({ ...nothing, lost: [10, 20, 30] });
  });

  it("finds the torn record when half of a value in the file is replaced", () => {
    // Opened and closed once more, so that the value stands in the data and no longer in the journal.
    recoverAndCheck(path, oracle, 1);
    const [older, newer] = [new Value(VALUE_BYTES), new Value(VALUE_BYTES)];
    older.fill(42, 0);
    newer.fill(42, 1);
    const file = readFileSync(path);
    const at = file.indexOf(older.bytes);
    expect(at).to.be.greaterThan(0);
    file.set(newer.bytes.subarray(0, 52), at);
    writeFileSync(path, file);
    expect(recoverAndCheck(path, oracle, 1)).to.deep.include({ ...nothing, torn: [42] });
  });
});
