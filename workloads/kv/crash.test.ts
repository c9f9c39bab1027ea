import { closeSync, openSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { Region } from "fams";
import { readAcknowledgements } from "../support/acknowledgements.ts";
import { makeDiskDirectory } from "../support/disk.ts";
import { Program } from "../support/program.ts";
import { chooseSeed, Random } from "../support/random.ts";
import { checkStore } from "./check.ts";
import { applyToModel, difference, type Model, randomOperation } from "./model.ts";
import { KeyValueStore } from "./store.ts";

const KEYS = 400;
const KILLS = 5;
const SIZE = "32 MiB";

describe("key-value store under SIGKILL", () => {
  const seed = chooseSeed();
  let path: string;

  beforeEach(() => {
    path = join(makeDiskDirectory("kv-crash"), "store.fams");
  });

  afterEach(() => {
    rmSync(dirname(path), { recursive: true });
  });

  it(`holds every acknowledged operation and at most the one in flight (seed ${seed})`, async function () {
    this.timeout(60_000);
    const log = `${path}.log`;
    closeSync(openSync(log, "w"));
    const instants = new Random(seed + 1);
    const operations = new Random(seed);
    const model: Model = new Map();
    let done = 0;
    withStore(path, () => {});

    for (let kill = 0; kill < KILLS; kill++) {
      const program = new Program(new URL("endless.ts", import.meta.url), [
        path,
        log,
        `${seed}`,
        `${done}`,
        `${KEYS}`,
      ]);
      await program.ready();
      await delay(20 + instants.below(400));
      await program.kill();

      const acknowledged = readAcknowledgements(log).at(-1)?.[0] ?? 0;
      for (; done < acknowledged; done++) applyToModel(model, randomOperation(operations, KEYS));
      withStore(path, (store, buffer) => {
        checkStore(buffer);
        const found = difference(store, model);
        if (found === undefined) return;
        // Otherwise the operation in flight must have become durable, and must be all that differs.
        applyToModel(model, randomOperation(operations, KEYS));
        done++;
        expect(difference(store, model), found).to.equal(undefined);
      });
    }
    expect(done).to.be.greaterThan(KILLS * 10);
  });
});

function withStore(path: string, use: (store: KeyValueStore, buffer: ArrayBuffer) => void): void {
  const region = Region.openSync(path, { size: SIZE });
  try {
    use(new KeyValueStore(region.buffer), region.buffer);
    region.msyncSync();
  } finally {
    region.close();
  }
}
