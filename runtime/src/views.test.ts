/** A store through any view of a region, however it was made and whatever was done to it, marks its line. */

import { isTypedArray } from "node:util/types";
import vm from "node:vm";
import { expect } from "chai";
import type { Region } from "fams";
import { codeOf, linesCommitted, openRegion } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: every kind of view takes part
type Any = any;

const CLASSES = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];
const element = (view: Any): Any => (typeof view[0] === "bigint" ? 5n : 5);

const MAKERS: Record<string, (buffer: ArrayBuffer) => Any> = {
  subarray: (buffer) => new Float64Array(buffer).subarray(100, 200),
  "subarray of a subarray": (buffer) => new Uint8Array(buffer, 64).subarray(64).subarray(1),
  "Buffer.from(buffer)": (buffer) => Buffer.from(buffer),
  "Buffer.from(buffer, offset, length)": (buffer) => Buffer.from(buffer, 100, 200),
  "a slice of a Buffer": (buffer) => Buffer.from(buffer).slice(100, 200),
  "the buffer of a DataView": (buffer) => new Uint8Array(new DataView(buffer, 128).buffer, 500),
  "a subclass": (buffer) => new (class Vector extends Float64Array {})(buffer, 800, 10),
  "a subclass of a subclass": (buffer) =>
    new (class B extends class A extends Uint16Array {} {})(buffer, 130, 90),
  "a subclass of Buffer": (buffer) =>
    Object.setPrototypeOf(Buffer.from(buffer, 3, 300), class Own extends Uint8Array {}.prototype),
  "Reflect.construct": (buffer) =>
    Reflect.construct(Float32Array, [buffer, 128, 32], class Other extends Float64Array {}),
  "a prototype of its own": (buffer) =>
    Object.setPrototypeOf(new Float64Array(buffer, 64), Object.create(Float64Array.prototype)),
};

/** Stores at the first, a middle and the last element, each alone. */
function expectEachStoreSeen(region: Region, view: Any): void {
  for (const index of [0, view.length >> 1, view.length - 1])
    expect(
      linesCommitted(region, () => {
        view[index] = element(view);
      }),
      `element ${index}`,
    ).to.equal(1);
}

describe("views of a region", () => {
  for (const View of CLASSES)
    it(`${View.name} at every kind of offset`, () => {
      const region = openRegion();
      const bytes = View.BYTES_PER_ELEMENT;
      for (const offset of [0, bytes, 64 - bytes, 64, 4096 + bytes, region.size - 2 * bytes]) {
        const length = (region.size - offset) / bytes;
        for (const used of [length, Math.min(length, 3)]) {
          const view = new View(region.buffer as never, offset, used);
          view.fill((bytes === 8 && View.name.startsWith("Big") ? 0n : 0) as never);
          expectEachStoreSeen(region, view);
        }
      }
    });

  for (const [name, make] of Object.entries(MAKERS))
    it(`made by ${name}`, () => {
      const region = openRegion();
      expectEachStoreSeen(region, make(region.buffer));
    });

  it("small ones, at the start and elsewhere, alone or beside others", () => {
    const region = openRegion();
    const sizes = [1, 7, 8, 9, 16];
    for (const offset of [0, 8, 64, 120, 4096])
      for (const size of sizes) {
        const view = new Float64Array(region.buffer, offset, size);
        view[size - 1] = offset + size;
        expect(linesCommitted(region, () => (view[0] = view[size - 1] + 1))).to.equal(1);
      }
    const small = new Uint8Array(region.buffer, 0, 1);
    new Float64Array(3)[1] = 5;
    expect(linesCommitted(region, () => {})).to.equal(0);
    small[0] = small[0] + 1;
    new Float64Array(region.buffer)[100] = 4;
    expect(linesCommitted(region, () => {})).to.equal(0);
  });

  it("empty ones mark at most the line they stand at", async () => {
    const region = openRegion();
    const key: Any = { toString: () => "5" };
    for (const offset of [0, 64, region.size]) {
      const empties: Any[] = [
        new Float64Array(region.buffer, offset, 0),
        new DataView(region.buffer, offset, 0),
        Buffer.from(region.buffer, offset, 0),
      ];
      for (const view of empties) {
        const stores = () => {
          view[0] = 1;
          view[key] = 1;
          view[0] = { valueOf: () => 1 };
          view.fill?.(1);
        };
        expect(linesCommitted(region, stores)).to.be.at.most(1);
        await null;
        expect(() => DataView.prototype.setInt8.call(view, key, 1)).to.throw();
        expect(linesCommitted(region, () => {})).to.equal(0);
      }
    }
  });

  it("take back what a small one stored", () => {
    const region = openRegion();
    new Float64Array(region.buffer, 0, 2)[1] = 7;
    region.msyncSync();
    const view = new Float64Array(region.buffer, 0, 2);
    view[1] = 9;
    region.rollback();
    expect(view[1]).to.equal(7);
    expect(linesCommitted(region, () => {})).to.equal(0);
  });

  it("non-extensible and sealed ones", () => {
    const region = openRegion();
    const extended = Object.preventExtensions(new Float64Array(region.buffer, 640, 100));
    expectEachStoreSeen(region, extended);
    const sealed = Object.seal(new Float64Array(region.buffer, 640, 100));
    expectEachStoreSeen(region, sealed);
    const stamped = new Float64Array(region.buffer, 640, 100);
    stamped[1] = 1;
    expectEachStoreSeen(region, Object.seal(stamped));
    const frozen = Object.freeze(new DataView(region.buffer, 640, 100));
    expect(linesCommitted(region, () => frozen.setFloat64(60, 4))).to.equal(2);
  });

  it("that shadow the properties of every view", async () => {
    const region = openRegion();
    const shadow = (name: string, descriptor: PropertyDescriptor) =>
      Object.defineProperty(new Float64Array(region.buffer, 640, 100), name, descriptor);
    const throwing = {
      get() {
        throw new Error("mine");
      },
    };
    const key = { toString: () => "77" } as never;
    for (const name of ["buffer", "byteOffset", "byteLength", "length", "BYTES_PER_ELEMENT", "constructor"])
      for (const descriptor of [throwing, { value: 0 }, { value: 8 }, { value: 6400 }]) {
        const view: Any = shadow(name, descriptor);
        expect(
          linesCommitted(region, () => (view[90] = 3)),
          `${name}[90]`,
        ).to.equal(1);
        expect(
          linesCommitted(region, () => (view[key] = 4)),
          `${name}[object]`,
        ).to.be.at.least(1);
        await null;
        expect(
          linesCommitted(region, () => Float64Array.prototype.fill.call(view, 5, 3, 90)),
          `${name} fill`,
        ).to.be.at.least(11);
        expect(
          linesCommitted(region, () => Float64Array.prototype.set.call(view, [6, 6], 70)),
          `${name} set`,
        ).to.be.at.least(1);
      }
  });

  const OWNERS: Record<string, (here: Region, other: Region) => Any> = {
    "the same region": (here) => new Float64Array(here.buffer, 1280, 0),
    "another region": (_, other) => new Float64Array(other.buffer, 1280, 0),
  };
  for (const [owner, make] of Object.entries(OWNERS))
    it(`that were given the own properties of a view of ${owner}`, () => {
      const region = openRegion();
      const source = make(region, openRegion());
      source[5] = 1;
      source.x = 1;
      for (const from of [source, Object.seal(source)]) {
        const target = new Float64Array(region.buffer, 640, 100);
        Object.defineProperties(target, Object.getOwnPropertyDescriptors(from));
        expectEachStoreSeen(region, target);
      }
    });

  it("that were given the own properties of a view of no region are lost, and verify finds it", () => {
    const region = openRegion();
    const source = new Float64Array(new ArrayBuffer(800), 80, 0);
    source[5] = 1;
    const target = new Float64Array(region.buffer, 640, 100);
    Object.defineProperties(target, Object.getOwnPropertyDescriptors(source));
    target[3] = 1;
    expect(() => region.msyncSync())
      .to.throw()
      .with.property("code", "ERR_FAMS_UNTRACKED");
  });

  it("of a closed region, detached, shared or resizable do as they always did", () => {
    const closed = openRegion();
    const views: Any[] = [
      new Float64Array(closed.buffer),
      new DataView(closed.buffer),
      Buffer.from(closed.buffer),
    ];
    const known: Any = new Float64Array(closed.buffer);
    known[3] = 1;
    closed.close();
    const resizable: Any = Reflect.construct(ArrayBuffer, [100, { maxByteLength: 200 }]);
    views.push(known, new DataView(resizable, 60), new Uint8Array(resizable, 60), new Uint8Array(resizable));
    resizable.resize(50);
    const moved = new ArrayBuffer(100);
    views.push(new DataView(moved), new Uint8Array(moved), new Int32Array(moved, 8));
    structuredClone(moved, { transfer: [moved] });
    views.push(new Int32Array(new SharedArrayBuffer(100)), new Int32Array(4), [1, 2], { x: 1 }, () => {});
    const region = openRegion();
    for (const view of views) {
      for (const key of [0, 1, 500, "0", "x", -1]) {
        view[key] = 5;
        view[key] += 1;
        view[key]++;
        [view[key]] = [3];
      }
      expect(view[0]).to.equal(isTypedArray(view) && view.length === 0 ? undefined : 3);
    }
    expect(linesCommitted(region, () => {})).to.equal(0);
  }).timeout(5000);

  it("of another realm or another prototype are caught where they are not seen", () => {
    const region = openRegion();
    const unlike = Object.setPrototypeOf(new Float64Array(region.buffer, 640), null);
    unlike[2] = 6;
    expect(["ERR_FAMS_UNTRACKED", ""]).to.include(codeOrNothing(() => region.msyncSync()));
    const foreign = vm.runInNewContext("(buffer) => new Float64Array(buffer, 640)")(region.buffer);
    foreign[3] = 7;
    expect(["ERR_FAMS_UNTRACKED", ""]).to.include(codeOrNothing(() => region.msyncSync()));
  });
});

function codeOrNothing(action: () => void): string {
  let ended = "";
  try {
    action();
  } catch {
    ended = codeOf(action);
  }
  return ended;
}
