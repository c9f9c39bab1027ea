import { expect } from "chai";
import { checkStore } from "./check.ts";
import {
  BUCKETS_WORD,
  CARVED,
  CLASS,
  COUNT_WORD,
  descriptor,
  FREE,
  FRONTIER_WORD,
  KIND,
  LENGTH,
  NEXT,
  PREVIOUS,
  RUN_FREE,
  RUN_SPAN,
  RUNS_WORD,
  SEGMENTS_WORD,
  SPANS_WORD,
  USED,
} from "./layout.ts";
import { KeyValueStore } from "./store.ts";

/** A store with a split table, overflow buckets, full and partly free spans, large records and free runs. */
function build(): ArrayBuffer {
  const buffer = new ArrayBuffer(2 ** 22);
  const store = new KeyValueStore(buffer);
  for (let i = 0; i < 5_000; i++) store.set(`k${i}`, new Uint8Array(i % 200));
  for (let i = 0; i < 9; i++) store.set(`large${i}`, new Uint8Array(40_000));
  for (let i = 0; i < 5_000; i += 3) store.delete(`k${i}`);
  for (let i = 0; i < 9; i += 3) store.delete(`large${i}`);
  return buffer;
}

describe("store checker", () => {
  const whole = build();
  const words = new Uint32Array(whole);

  const pageWhere = (holds: (run: number) => boolean): number => {
    for (let page = 1; page < words[FRONTIER_WORD]; page++) if (holds(descriptor(page))) return page;
    throw new Error("no such page");
  };
  const is = (kind: number) => (run: number) => words[run + KIND] === kind;
  const span = descriptor(pageWhere(is(RUN_SPAN)));
  const roomy = descriptor(pageWhere((run) => is(RUN_SPAN)(run) && words[run + FREE] !== 0));
  const freeRun = descriptor(pageWhere((run) => is(RUN_FREE)(run) && words[run + LENGTH] > 1));
  const listedSpan = descriptor(pageWhere((run) => is(RUN_SPAN)(run) && words[run + PREVIOUS] !== 0));
  const bucket = words[SEGMENTS_WORD] / 4;
  const slot = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find((index) => words[bucket + 5 + index] !== 0) ?? 0;
  const record = words[bucket + 5 + slot] / 4;

  it("accepts a whole store and counts it", () => {
    const usage = checkStore(whole);
    expect(usage.records).to.equal(new KeyValueStore(whole).size);
    expect(usage.overflowBuckets).to.be.greaterThan(0);
    expect(usage.usedBytes).to.be.lessThan(usage.totalBytes);
  });

  const damages: [string, number, (word: number) => number][] = [
    ["the record count", COUNT_WORD, (word) => word + 1],
    ["the bucket count", BUCKETS_WORD, (word) => word - 1],
    ["the frontier", FRONTIER_WORD, (word) => word + 1],
    ["a table segment", SEGMENTS_WORD + 1, (word) => word + 16384],
    ["the head of a span list", SPANS_WORD + words[span + CLASS], () => 0],
    ["the head of a free run list", RUNS_WORD + 31 - Math.clz32(words[freeRun + LENGTH]), () => 0],
    ["the kind of a run", span + KIND, () => 0],
    ["the length of a run", freeRun + LENGTH, (word) => word - 1],
    ["the class of a span", span + CLASS, (word) => word ^ 1],
    ["the use count of a span", span + USED, (word) => word - 1],
    ["the free list of a span", roomy + FREE, () => 0],
    ["a free block beside the grid", roomy + FREE, (word) => word + 4],
    ["the carved count of a span", roomy + CARVED, (word) => word - 1],
    ["a forward link", listedSpan + NEXT, (word) => word ^ 1],
    ["a back link", listedSpan + PREVIOUS, (word) => word + 1],
    ["a fingerprint", bucket + (slot >> 1), (word) => word ^ (slot & 1 ? 0x10000 : 1)],
    ["a record offset", bucket + 5 + slot, (word) => word + 16],
    ["a slot emptied by half", bucket + 5 + slot, () => 0],
    ["a key length", record, (word) => word + 1],
    ["a value length", record + 1, (word) => word + 1000],
    ["a key", record + 2, (word) => word ^ 0x0100],
  ];
  for (const [what, word, change] of damages) {
    it(`finds damage to ${what}`, () => {
      const copy = whole.slice(0);
      const damaged = new Uint32Array(copy);
      damaged[word] = change(damaged[word]);
      expect(() => checkStore(copy))
        .to.throw()
        .with.property("code", "ERR_KV_CORRUPT");
    });
  }

  it("finds a record that two slots share", () => {
    const copy = whole.slice(0);
    const damaged = new Uint32Array(copy);
    const empty = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].find((index) => damaged[bucket + 5 + index] === 0) ?? 0;
    damaged[bucket + 5 + empty] = damaged[bucket + 5 + slot];
    const halves = new Uint16Array(copy);
    halves[bucket * 2 + empty] = halves[bucket * 2 + slot];
    expect(() => checkStore(copy))
      .to.throw()
      .with.property("code", "ERR_KV_CORRUPT");
  });
});
