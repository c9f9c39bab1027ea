import { expect } from "chai";
import { chooseSeed, Random } from "../support/random.ts";
import { checkStore } from "./check.ts";
import { KeyValueStore } from "./store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("key-value store", () => {
  let buffer: ArrayBuffer;
  let store: KeyValueStore;

  beforeEach(() => {
    buffer = new ArrayBuffer(2 ** 20);
    store = new KeyValueStore(buffer);
  });

  afterEach(() => {
    checkStore(buffer);
  });

  it("returns what was set, and undefined for what was not", () => {
    store.set("a", bytes("first"));
    expect(store.get("a")).to.deep.equal(bytes("first"));
    expect(store.has("a")).to.equal(true);
    expect(store.get("b")).to.equal(undefined);
    expect(store.has("b")).to.equal(false);
    expect(store.size).to.equal(1);
  });

  it("update changes only keys that are there", () => {
    expect(store.update("a", bytes("x"))).to.equal(false);
    expect(store.size).to.equal(0);
    store.set("a", bytes("x"));
    expect(
      store.update("a", bytes("a much longer value than before, so that the record moves to a larger block")),
    ).to.equal(true);
    expect(store.get("a")).to.have.length(75);
  });

  it("copies out: a value that was got does not change with the store", () => {
    store.set("a", bytes("old"));
    const got = store.get("a");
    store.set("a", bytes("new"));
    expect(got).to.deep.equal(bytes("old"));
  });

  it("getInto copies as much as fits and tells the whole length", () => {
    store.set("a", bytes("0123456789"));
    const target = new Uint8Array(4);
    expect(store.getInto("a", target)).to.equal(10);
    expect(target).to.deep.equal(bytes("0123"));
    expect(store.getInto("b", target)).to.equal(-1);
  });

  it("locates a value in place, without copying", () => {
    store.set("a", bytes("in place"));
    const record = store.locate("a");
    const start = store.valueOffset(record);
    expect(store.bytes.subarray(start, start + store.valueLength(record))).to.deep.equal(bytes("in place"));
    expect(store.locate("b")).to.equal(0);
  });

  it("deletes, and takes the key again afterwards", () => {
    store.set("a", bytes("1"));
    expect(store.delete("a")).to.equal(true);
    expect(store.delete("a")).to.equal(false);
    expect(store.get("a")).to.equal(undefined);
    store.set("a", bytes("2"));
    expect(store.get("a")).to.deep.equal(bytes("2"));
    expect(store.size).to.equal(1);
  });

  it("holds empty keys and empty values", () => {
    store.set("", bytes("value of the empty key"));
    store.set("empty", new Uint8Array(0));
    expect(store.get("")).to.deep.equal(bytes("value of the empty key"));
    expect(store.get("empty")).to.deep.equal(new Uint8Array(0));
  });

  it("tells keys apart that differ only in length, in the last byte or by a zero character", () => {
    const keys = [
      "",
      "\0",
      "\0\0",
      "a",
      "a\0",
      "aaaa",
      "aaab",
      "aaaaa",
      "aaaab",
      "aaaaaa",
      "aaaaab",
      "aaaaaaa",
      "é",
      "e",
    ];
    keys.forEach((key, index) => {
      store.set(key, Uint8Array.of(index));
    });
    keys.forEach((key, index) => {
      expect(store.get(key), JSON.stringify(key)).to.deep.equal(Uint8Array.of(index));
    });
    expect([...store.keys()]).to.have.members(keys);
  });

  it("holds keys longer than any buffer it started with, in any script", () => {
    const keys = [
      "x".repeat(255),
      "x".repeat(257),
      "x".repeat(40_000),
      "ß".repeat(3_000),
      "鍵🔑".repeat(3_000),
    ];
    for (const key of keys) store.set(key, bytes(key.slice(0, 3)));
    for (const key of keys) expect(store.get(key)).to.deep.equal(bytes(key.slice(0, 3)));
    expect([...store.keys()]).to.have.members(keys);
  });

  it("refuses a lone surrogate, which would make two keys one, and changes nothing", () => {
    store.set("\uFFFD", bytes("replacement character"));
    expect(() => store.set("\uD800", bytes("x")))
      .to.throw()
      .with.property("code", "ERR_KV_KEY");
    expect(() => store.get("a\uDC00"))
      .to.throw()
      .with.property("code", "ERR_KV_KEY");
    expect(store.size).to.equal(1);
  });

  it("keeps the value through every move between block sizes and to page runs and back", () => {
    const lengths = [
      0, 1, 7, 8, 9, 24, 56, 57, 100, 500, 1_015, 1_016, 1_017, 8_183, 8_184, 8_185, 16_376, 16_377, 100_000,
    ];
    for (const length of [...lengths, ...lengths.toReversed()]) {
      const value = new Uint8Array(length).fill(length % 251);
      store.set("k", value);
      expect(store.get("k")).to.deep.equal(value);
      checkStore(buffer);
    }
  });

  it("an update in place changes only the lines of the value", () => {
    const key = "sixteen bytes ok";
    const first = new Uint8Array(100).fill(1);
    for (let i = 0; i < 500; i++) store.set(`other${i}`, first);
    store.set(key, first);
    const before = new Uint8Array(buffer.slice(0));
    store.set(key, new Uint8Array(100).fill(2));
    const start = store.valueOffset(store.locate(key));
    const valueLines = [start >>> 6, (start + 99) >>> 6];
    expect([...changedLines(before, store.bytes)]).to.deep.equal(valueLines);
  });

  it("takes a value that lies in the store itself", () => {
    store.set("a", bytes("source"));
    const record = store.locate("a");
    const start = store.valueOffset(record);
    store.set("b", store.bytes.subarray(start, start + store.valueLength(record)));
    expect(store.get("b")).to.deep.equal(bytes("source"));
  });

  it("is all in its memory: another store over the same bytes has the same content", () => {
    for (let i = 0; i < 3_000; i++) store.set(`k${i}`, bytes(String(i)));
    const other = new KeyValueStore(buffer.slice(0));
    expect(other.size).to.equal(3_000);
    for (let i = 0; i < 3_000; i++) expect(other.get(`k${i}`)).to.deep.equal(bytes(String(i)));
  });

  it("iterates over every record once", () => {
    for (let i = 0; i < 2_000; i++) store.set(`k${i}`, bytes(String(i)));
    const found = new Map(store);
    expect(found.size).to.equal(2_000);
    for (let i = 0; i < 2_000; i++) expect(found.get(`k${i}`)).to.deep.equal(bytes(String(i)));
  });

  it("gives all room back when everything is deleted", () => {
    const fill = (): number => {
      let count = 0;
      while (setIfRoom(store, `k${count}`, new Uint8Array(count % 300))) count++;
      return count;
    };
    const first = fill();
    for (const key of [...store.keys()]) store.delete(key);
    expect(store.size).to.equal(0);
    const table = checkStore(buffer);
    expect(table.usedBytes, "only the hash table is left").to.equal(nextPowerOfTwo(table.buckets) * 64);
    expect(fill()).to.equal(first);
  });

  it("says that it is full and keeps everything as it was", () => {
    const seed = chooseSeed();
    const random = new Random(seed);
    let count = 0;
    while (setIfRoom(store, `k${count}`, new Uint8Array(100).fill(count))) count++;
    expect(count, `seed ${seed}`).to.be.greaterThan(5_000);
    const before = new Map(store);
    for (let i = 0; i < 50; i++) {
      const key = random.below(2) === 0 ? `new${i}` : `k${random.below(count)}`;
      expect(setIfRoom(store, key, new Uint8Array(130 + random.below(30_000))), `seed ${seed}`).to.equal(
        false,
      );
      checkStore(buffer);
    }
    expect(new Map(store)).to.deep.equal(before);
    expect(() => store.set("k0", new Uint8Array(2 ** 21)))
      .to.throw()
      .with.property("code", "ERR_KV_FULL");
  });

  it("refuses memory that is too small, foreign, or of another size", () => {
    const code = "ERR_KV_FORMAT";
    expect(() => new KeyValueStore(new ArrayBuffer(1_000)))
      .to.throw()
      .with.property("code", code);
    const foreign = new ArrayBuffer(2 ** 20);
    new Uint8Array(foreign)[500] = 1;
    expect(() => new KeyValueStore(foreign))
      .to.throw()
      .with.property("code", code);
    expect(() => new KeyValueStore(buffer.slice(0, 2 ** 19)))
      .to.throw()
      .with.property("code", code);
  });
});

function setIfRoom(store: KeyValueStore, key: string, value: Uint8Array): boolean {
  try {
    store.set(key, value);
    return true;
  } catch (error) {
    expect(error).to.have.property("code", "ERR_KV_FULL");
    return false;
  }
}

function changedLines(before: Uint8Array, after: Uint8Array): Set<number> {
  const lines = new Set<number>();
  for (let i = 0; i < before.length; i++) if (before[i] !== after[i]) lines.add(i >>> 6);
  return lines;
}

function nextPowerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
