/** What a program may see of the barrier: one symbol key of a view, one read of it on a proxy, and nothing else. */

import assert from "node:assert";
import { isDeepStrictEqual } from "node:util";
import vm from "node:vm";
import { expect } from "chai";
import { S } from "fams/barrier";
import { linesCommitted, openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: views of every kind
type Any = any;

/** A view that was stored to and two that were not, of the same elements. */
function views(): { known: Any; fresh: Any; outside: Any } {
  const region = openRegion();
  const known = new Float64Array(region.buffer, 640, 20);
  known[3] = 1.5;
  const fresh = new Float64Array(region.buffer, 640, 20);
  const outside = new Float64Array(20);
  outside[3] = 1.5;
  expect(Object.getOwnPropertySymbols(known)).to.deep.equal([S]);
  return { known, fresh, outside };
}

/** A proxy that notes every trap, and what it notes while `action` runs. */
function traced(target: object, action: (proxy: Any) => void): string[] {
  const seen: string[] = [];
  const traps: Any = {};
  for (const name of Object.getOwnPropertyNames(Reflect).filter((it) => it !== "toString")) {
    traps[name] = (...args: Any[]) => {
      const key = args[1] === S ? "the symbol" : typeof args[1] === "string" ? args[1] : "";
      seen.push(`${name} ${key}`.trim());
      // Not with the proxy as receiver: a view's accessors refuse it.
      return (Reflect as Any)[name](...args.slice(0, name === "set" ? 3 : name === "get" ? 2 : args.length));
    };
  }
  action(new Proxy(target, traps));
  return seen;
}

describe("a program sees of the barrier", () => {
  it("nothing when it compares views", () => {
    const all = Object.values(views());
    for (const one of all)
      for (const other of all) {
        assert.deepStrictEqual(one, other);
        assert.deepEqual(one, other);
        expect(isDeepStrictEqual([{ one }], [{ one: other }])).to.equal(true);
        expect(one).to.deep.equal(other);
      }
    const different = new Float64Array(20);
    for (const one of all) assert.notDeepStrictEqual(one, different);
  });

  it("nothing on a copy", () => {
    const { known } = views();
    const copies = [
      structuredClone(known),
      known.slice(),
      known.map((x: number) => x),
      Float64Array.from(known),
    ];
    for (const copy of [...copies, Object.assign({}, known), { ...known }]) {
      expect(Object.getOwnPropertySymbols(copy)).to.deep.equal([]);
      expect(copy[3]).to.equal(1.5);
    }
    expect(Object.getOwnPropertySymbols(known.subarray(2))).to.deep.equal([]);
  });

  it("one symbol among all keys, which cannot be enumerated", () => {
    const { known, fresh } = views();
    expect(Reflect.ownKeys(known)).to.deep.equal([...Reflect.ownKeys(fresh), S]);
    expect(Reflect.getOwnPropertyDescriptor(known, S)?.enumerable).to.equal(false);
    expect([Object.isExtensible(known), Object.isSealed(known), Object.isFrozen(known)]).to.deep.equal([
      Object.isExtensible(fresh),
      Object.isSealed(fresh),
      Object.isFrozen(fresh),
    ]);
  });

  it("one read of the symbol on a proxy for each store", () => {
    const stores: Record<string, [(proxy: Any) => void, seen: string[]]> = {
      "=": [(proxy) => (proxy[1] = 2), ["get the symbol", "set 1"]],
      "+=": [(proxy) => (proxy[1] += 2), ["get 1", "get the symbol", "set 1"]],
      "++": [(proxy) => proxy[1]++, ["get the symbol", "get 1", "set 1"]],
      "??=": [(proxy) => (proxy.x ??= 2), ["get x", "set x"]],
      "[]": [(proxy) => ([proxy[1]] = [2]), ["get the symbol", "set 1"]],
      delete: [(proxy) => Reflect.deleteProperty(proxy, "x"), ["deleteProperty x"]],
      "a name": [(proxy) => (proxy.x = 1), ["set x"]],
      "a read": [(proxy) => proxy[1], ["get 1"]],
    };
    for (const target of [() => views().known, () => [1, 2], () => ({ 1: 5 })])
      for (const [what, [store, expected]] of Object.entries(stores)) {
        const own = (step: string) => /^(get|set|deleteProperty) /.test(step);
        expect(traced(target(), store).filter(own), what).to.deep.equal(expected);
      }
  });

  it("nothing on frozen and sealed objects and arrays", () => {
    openRegion();
    for (const make of [() => [1, 2], () => ({ 0: 1, 1: 2 }), () => (x: unknown) => x]) {
      const frozen: Any = Object.freeze(make());
      expect(() => (frozen[0] = 5)).to.throw(TypeError, /read only|not extensible/);
      expect(() => frozen[1]++).to.throw(TypeError, /read only|not extensible/);
      const sealed: Any = Object.seal(make());
      expect(() => (sealed[7] = 5)).to.throw(TypeError, "object is not extensible");
      for (const object of [frozen, sealed]) expect(Object.getOwnPropertySymbols(object)).to.deep.equal([]);
    }
  });

  it("nothing on views of buffers that grow or are shared", () => {
    openRegion();
    const growing: Any = Reflect.construct(ArrayBuffer, [100, { maxByteLength: 400 }]);
    const shared: Any = Reflect.construct(SharedArrayBuffer, [100, { maxByteLength: 400 }]);
    for (const [buffer, grow] of [
      [growing, () => growing.resize(400)],
      [shared, () => shared.grow(400)],
    ] as const) {
      const tracking: Any = new Uint8Array(buffer);
      tracking[1] = 300;
      tracking[399] = 5;
      grow();
      tracking[399] += 7;
      expect([tracking.length, tracking[1], tracking[399]]).to.deep.equal([400, 44, 7]);
    }
  });

  it("the same things in a realm of its own, whose arrays and objects are stored to as ever", () => {
    const region = openRegion();
    const foreign: Any = vm.runInNewContext("({ array: [1, 2], object: {}, view: new Float64Array(20) })");
    const lines = linesCommitted(region, () => {
      for (const target of [foreign.array, foreign.object, foreign.view]) {
        target[1] = 5;
        target[1] += 1;
        [target[2]] = [7];
        expect([target[1], target[2]]).to.deep.equal([6, 7]);
      }
    });
    expect(lines).to.equal(0);
    for (const target of [foreign.array, foreign.object])
      expect(Object.getOwnPropertySymbols(target)).to.deep.equal([]);
  });
});
