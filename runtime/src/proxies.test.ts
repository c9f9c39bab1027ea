/** Receivers that are no views but stand for one, or answer to everything: nothing is thrown that plain code would not throw. */

import { expect } from "chai";
import { linesCommitted, openRegion, thrownBy } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: mocks have every property
type Any = any;

const nothing = () => {};

/** Every form of store, and what it evaluates to. */
const STORES: Record<string, (target: Any, key: Any) => unknown> = {
  "=": (target, key) => (target[key] = 5),
  "+=": (target, key) => (target[key] += 5),
  "??=": (target, key) => (target[key] ??= 5),
  "++": (target, key) => target[key]++,
  pattern: (target, key) => ([target[key]] = [5]),
  "for of": (target, key) => {
    for (target[key] of [1, 2]) nothing();
  },
  "an object": (target, key) => {
    target[key] = {};
  },
};

/** What a get trap answers to a mock's every question. */
const ANSWERS: Record<string, (mock: Any) => unknown> = {
  itself: (mock) => mock,
  "a function": () => () => 1,
  "an object": () => ({ view: 1, marks: null }),
  null: () => null,
  "a number": () => 7,
  "a string": () => "x",
  "a symbol": () => Symbol("x"),
  true: () => true,
  "a revoked proxy": () => revoked(),
  "a proxy that throws": () =>
    new Proxy(
      {},
      {
        get() {
          throw new Error("inner");
        },
        getPrototypeOf() {
          throw new Error("inner");
        },
        has() {
          throw new Error("inner");
        },
      },
    ),
  "a view": () => new Uint8Array(4),
};

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A mock whose arithmetic works: what plain code does with it is not to throw. */
function mockAnswering(answer: (mock: Any) => unknown): Any {
  const mock: Any = new Proxy(function mocked() {}, {
    get: (_, name) =>
      typeof name === "string" && /^(\d+|name)$/.test(name)
        ? 1
        : name === Symbol.toPrimitive
          ? () => 1
          : answer(mock),
    set: () => true,
    apply: () => 1,
  });
  return mock;
}

describe("proxies and mocks", () => {
  for (const [name, answer] of Object.entries(ANSWERS))
    it(`a mock that answers with ${name} is stored to as ever`, () => {
      const region = openRegion();
      const view = new Float64Array(region.buffer);
      view[3] = 1;
      for (const [form, store] of Object.entries(STORES))
        for (const key of [0, "0", "name", { toString: () => "0" }])
          expect(() => store(mockAnswering(answer), key), form).not.to.throw();
      region.msyncSync();
    });

  it("a mock that looks like a track of its own is not called", () => {
    openRegion();
    const calls: unknown[] = [];
    const mock: Any = new Proxy(
      {},
      {
        get: (_, name) =>
          name === "0"
            ? 1
            : name === "view" || typeof name === "symbol"
              ? mock
              : name === "marks"
                ? [0, 0]
                : name === "tracker"
                  ? { push: (x: unknown) => calls.push(x) }
                  : 0,
        set: () => true,
      },
    );
    for (const store of Object.values(STORES)) store(mock, 0);
    expect(calls).to.deep.equal([]);
  });

  it("a proxy without traps stores into its view, and is seen", async () => {
    const region = openRegion();
    for (const known of [false, true]) {
      const view = new Float64Array(region.buffer, 640, 100);
      if (known) view[50] = 1;
      const proxy = new Proxy(view, {});
      for (const [form, store] of Object.entries(STORES)) {
        view[90] = Number.NaN;
        expect(
          linesCommitted(region, () => store(proxy, 90)),
          `${form}, ${known}`,
        ).to.be.at.most(1);
        // A key or value that is converted later keeps its line open until the job ends.
        await null;
      }
      expect(linesCommitted(region, () => (proxy[9] = view[9] + 1))).to.equal(1);
    }
  });

  it("a proxy whose traps hand everything on is seen, at any depth", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer, 640, 100);
    const traps: ProxyHandler<Float64Array> = {
      get: (target, name) => Reflect.get(target, name, target),
      set: (target, name, value) => {
        target[name as never] = value;
        return true;
      },
    };
    let proxy = new Proxy(view, traps);
    for (let depth = 0; depth < 3; depth++) {
      expect(linesCommitted(region, () => (proxy[90] = depth + 1))).to.equal(1);
      expect(linesCommitted(region, () => proxy[90]++)).to.equal(1);
      proxy = new Proxy(proxy, depth === 0 ? {} : traps);
    }
  });

  const BUILT_INS: Record<string, (proxy: Any, value: object) => unknown> = {
    "Reflect.set": (proxy, value) => Reflect.set(proxy, 9, value),
    "Reflect.defineProperty": (proxy, value) => Reflect.defineProperty(proxy, 9, { value }),
    "Object.defineProperties": (proxy, value) => Object.defineProperties(proxy, { 9: { value } }),
    "Object.assign": (proxy, value) => Object.assign(proxy, { 9: value }),
  };
  for (const [name, store] of Object.entries(BUILT_INS))
    it(`${name} into a proxy of a view never seen, while the value's conversion commits`, async () => {
      for (const traps of [{}, { get: (target: object, key: PropertyKey) => Reflect.get(target, key) }]) {
        const region = openRegion();
        for (const settle of [() => region.msyncSync(), () => region.rollback()]) {
          const view = new Float64Array(region.buffer, 640, 100);
          const value = {
            valueOf() {
              settle();
              return view[9] + 7;
            },
          };
          const before = view[9] as number;
          store(new Proxy(view, traps), value);
          expect(view[9]).to.equal(before + 7);
          region.msyncSync();
          region.rollback();
          expect(view[9]).to.equal(before + 7);
          await null;
        }
      }
    });

  it("errors of traps are the program's own", () => {
    openRegion();
    const failing = new Proxy(new Float64Array(4), {
      set() {
        throw new Error("set trap");
      },
    });
    expect(thrownBy(() => (failing[0] = 1))).to.have.property("message", "set trap");
    const refusing = new Proxy(new Float64Array(4), { set: () => false });
    expect(() => (refusing[0] = 1)).to.throw(TypeError, "'set' on proxy: trap returned falsish");
    const gone = revoked() as Any;
    expect(() => (gone[0] = 1)).to.throw(TypeError, "on a proxy that has been revoked");
  });

  it("objects that inherit from a view do as ever", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer, 640, 100);
    view[0] = 1;
    region.msyncSync();
    const plainHeir: Any = Object.create(new Float64Array(100));
    for (const heir of [
      Object.create(view),
      Object.create(Object.create(view)),
      Object.create(new Proxy(view, {})),
    ] as Any[]) {
      for (const key of [0, 1, "2", 200, "x"]) {
        heir[key] = 5;
        plainHeir[key] = 5;
      }
      expect(Object.keys(heir)).to.deep.equal(Object.keys(plainHeir));
      region.msyncSync();
    }
    for (const prototype of [
      Uint8Array.prototype,
      DataView.prototype,
      Object.create(Float64Array.prototype),
    ]) {
      expect(() => Reflect.set(prototype, "fams", 1)).not.to.throw();
      prototype[7] = 1;
      delete prototype[7];
      delete prototype.fams;
    }
    region.msyncSync();
  });

  it("undefined and null fail as ever", () => {
    openRegion();
    for (const target of [undefined, null] as Any[]) {
      expect(() => (target[0] = 1)).to.throw(TypeError, `Cannot set properties of ${target} (setting '0')`);
      expect(() => target[0]++).to.throw(TypeError, `Cannot read properties of ${target} (reading '0')`);
    }
    for (const primitive of [5, "text", true, 5n, Symbol("x")] as Any[])
      expect(() => (primitive[0] = 1)).to.throw(TypeError);
  });
});
