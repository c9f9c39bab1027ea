/** A tracked view looks like any other: to loops, copies, comparisons, inspection and messages. */

import assert from "node:assert";
import { inspect, isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import { expect } from "chai";
import { childJson } from "./test-child.ts";
import { newPath, openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: views of every kind
type Any = any;

const MAKERS: Record<string, (buffer: ArrayBuffer) => Any> = {
  Float64Array: (buffer) => new Float64Array(buffer, 64, 3),
  "a long Uint8Array": (buffer) => new Uint8Array(buffer, 0, 300),
  Buffer: (buffer) => Buffer.from(buffer, 64, 5),
  DataView: (buffer) => new DataView(buffer, 64, 8),
  BigInt64Array: (buffer) => new BigInt64Array(buffer, 64, 2),
  "a subclass": (buffer) => new (class Vector extends Float32Array {})(buffer, 64, 3),
};

const LOOKS: Record<string, (view: Any) => unknown> = {
  "Object.keys": Object.keys,
  "Object.getOwnPropertyNames": Object.getOwnPropertyNames,
  "Object.entries": (view) => Object.entries(view).map(String),
  "for in": (view) => {
    const keys: string[] = [];
    for (const key in view) keys.push(key);
    return keys;
  },
  "JSON.stringify": (view) => JSON.stringify(view, (_, x) => (typeof x === "bigint" ? String(x) : x)),
  inspect: (view) =>
    inspect(view).replace(/byteLength: \d+|<[0-9a-f ]+\.\.\. \d+ more bytes>|<(00 ?)+>/g, ""),
  "inspect with details": (view) =>
    inspect(view, { depth: 0, maxArrayLength: 2, compact: true }).split("\n")[0],
  spread: (view) => Object.keys({ ...view }),
  "Object.assign": (view) => Reflect.ownKeys(Object.assign({}, view)).map(String),
  String: (view) => String(view),
  "Object.prototype.toString": (view) => Object.prototype.toString.call(view),
  structuredClone: (view) => Reflect.ownKeys(structuredClone(view)).map(String),
  serialize: (view) => Reflect.ownKeys(deserialize(serialize(view))).map(String),
  slice: (view) => Reflect.ownKeys(view.slice?.() ?? {}).map(String),
  "is extensible": Object.isExtensible,
};

/** A view that the barrier has come to know, and its twin that it has not. */
function twins(make: (buffer: ArrayBuffer) => Any): [known: Any, plain: Any] {
  const region = openRegion();
  const known = make(region.buffer);
  const plain = make(new ArrayBuffer(region.size));
  const stored = plain[0];
  known[0] = stored;
  if (known instanceof DataView) delete (known as Any)[0];
  return [known, plain];
}

describe("tracked views", () => {
  for (const [name, make] of Object.entries(MAKERS)) {
    for (const [look, at] of Object.entries(LOOKS))
      it(`${name}: ${look}`, () => {
        const [known, plain] = twins(make);
        expect(at(known)).to.deep.equal(at(plain));
      });

    it(`${name}: comparisons`, () => {
      const [known, plain] = twins(make);
      const views: Any[] = [known, plain];
      if (known instanceof DataView) return expect(inspect(known)).to.contain("DataView");
      for (const one of views)
        for (const other of views) {
          assert.deepStrictEqual(Array.from(one), Array.from(other));
          expect(isDeepStrictEqual(one, other)).to.equal(
            isDeepStrictEqual(make(new ArrayBuffer(65_536)), make(new ArrayBuffer(65_536))) || one === other,
          );
        }
      return undefined;
    });
  }

  it("are known by nothing but a symbol that is not enumerable", () => {
    const region = openRegion();
    const view: Any = new Float64Array(region.buffer, 64, 2);
    view[0] = 1;
    const more = Reflect.ownKeys(view).filter((key) => key !== "0" && key !== "1");
    expect(more.map(String)).to.deep.equal(["Symbol(fams.track)"]);
    expect(Object.getOwnPropertyDescriptor(view, more[0] as symbol)).to.deep.include({ enumerable: false });
  });

  it("are not made known while no region is open", () => {
    const before: Any = new Float64Array(100);
    before[0] = 1;
    before[99]++;
    [before[5]] = [6];
    before.fill(2);
    before.set([1, 2]);
    const data = new DataView(new ArrayBuffer(100));
    data.setInt8(0, 1);
    const bytes = Buffer.alloc(100);
    bytes.writeInt8(5, 3);
    bytes.write("abc");
    for (const view of [before, data, bytes]) expect(Object.getOwnPropertySymbols(view)).to.deep.equal([]);
  });

  it("small views at the start of their buffer stay where they are, with any region open", () => {
    openRegion();
    const small: Any = new Float32Array(3);
    small[0] = 1;
    small[2]++;
    small.fill(2);
    small.set(small.subarray(1));
    small.reverse();
    expect(Object.getOwnPropertySymbols(small)).to.deep.equal([]);
  });
});

/** What can be seen of every method of the owners of wrapped built-ins. */
const DESCRIBE = `(() => {
  const owners = { TypedArray: Object.getPrototypeOf(Uint8Array.prototype), DataView: DataView.prototype, Buffer: Buffer.prototype, Atomics, Uint8Array: Uint8Array.prototype,
    Array: Array.prototype, ArrayStatic: Array, TypedArrayStatic: Object.getPrototypeOf(Uint8Array), Object, Reflect, ArrayBuffer: ArrayBuffer.prototype,
    TextEncoder: TextEncoder.prototype, Crypto: Object.getPrototypeOf(crypto), MessagePort: MessagePort.prototype, fs: process.getBuiltinModule("fs"),
    promises: process.getBuiltinModule("fs/promises"), crypto: process.getBuiltinModule("crypto"), net: process.getBuiltinModule("net"),
    Reader: ReadableStreamBYOBReader.prototype, Controller: ReadableByteStreamController.prototype, Request: ReadableStreamBYOBRequest.prototype,
    global: { structuredClone } };
  const constructs = (f) => { try { Reflect.construct(Object, [], f); return true; } catch { return false; } };
  const seen = {};
  for (const [name, owner] of Object.entries(owners))
    for (const key of Reflect.ownKeys(owner)) {
      if (String(key).startsWith("Symbol(fams.")) continue;
      const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(owner, key);
      const f = typeof value === "function" ? value : undefined;
      seen[name + "." + String(key)] = { ...flags, kind: typeof value, own: f && String(key) !== "constructor" && [f.name, f.length, Reflect.ownKeys(f).filter((own) => own !== "prototype" && own !== "arguments" && own !== "caller").map(String), Object.prototype.toString.call(f)] , constructs: f && /\\[native code\\]/.test(Function.prototype.toString.call(f)) ? constructs(f) : undefined };
    }
  return seen;
})()`;

describe("wrapped built-ins", () => {
  it("keep names, lengths, attributes, order and kind", () => {
    const plain = childJson(`console.log(JSON.stringify(${DESCRIBE}))`) as Record<string, Any>;
    // In a process of its own as well: packages that other tests load change the modules of Node.js, too.
    const wrapped = `
      import { Region } from "fams";
      Region.openSync(${JSON.stringify(newPath())}, { size: "64 KiB" });
      console.log(JSON.stringify(${DESCRIBE}))`;
    const here = childJson(wrapped) as Record<string, Any>;
    expect(Object.keys(here)).to.deep.equal(Object.keys(plain));
    for (const [name, seen] of Object.entries(plain)) {
      // Node defines some of its own when they are first asked for.
      if (seen.kind !== "function") continue;
      const { constructs, ...rest } = here[name];
      const { constructs: wouldConstruct, ...plainRest } = seen;
      expect(rest, name).to.deep.equal(plainRest);
      // Node's own functions in JavaScript do; nobody constructs them.
      expect(constructs, `${name} constructs`).to.be.oneOf([undefined, wouldConstruct ?? true]);
    }
  });

  it("construct nothing that was no constructor", () => {
    for (const method of [
      Uint8Array.prototype.set,
      Uint8Array.prototype.fill,
      Uint8Array.prototype.sort,
      DataView.prototype.setInt8,
      Atomics.store,
    ] as Any[])
      expect(() => new method()).to.throw(TypeError, "is not a constructor");
  });

  it("are wrapped once, and aliases stay one function", () => {
    expect(Buffer.prototype.writeUint8).to.equal(Buffer.prototype.writeUInt8);
    expect(Object.hasOwn(Uint8Array.prototype, "set")).to.equal(false);
    expect(Object.getPrototypeOf(Float64Array.prototype).fill).to.equal(
      Object.getPrototypeOf(Int8Array.prototype).fill,
    );
  });
});
