/** verify: what changed without a mark is found at msync, shown, and not committed. */

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { FamsError, type Region } from "fams";
import { childJson } from "./test-child.ts";
import { linesCommitted, newPath, openRegion, reopen, thrownBy } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: every kind of view takes part
type Any = any;

/** A store that no transform has seen. */
const hiddenStore = new Function("view", "key", "value", "view[key] = value") as (
  view: Any,
  key: number,
  value: unknown,
) => void;

const untracked = (region: Region): FamsError => {
  const error = thrownBy(() => region.msyncSync()) as FamsError;
  expect(error).to.be.an.instanceof(FamsError).with.property("code", "ERR_FAMS_UNTRACKED");
  return error;
};

/** Writers that no barrier and no wrapper sees: each is found. */
const UNSEEN: Record<string, (view: Any, region: Region) => unknown> = {
  "code that was not instrumented": (view) => hiddenStore(view, 20, 5),
  "a field of a subclass": (_, region) => {
    class Fielded extends Float64Array {
      20 = 5 as never;
    }
    return new Fielded(region.buffer);
  },
  "push with a length of the view's own": (view) =>
    Array.prototype.push.call(Object.defineProperty(view, "length", { value: 20, writable: true }), 5),
  "map into the region by the species of an array": (view) => {
    class Placing extends Array {
      static override get [Symbol.species](): never {
        return function place() {
          return view;
        } as never;
      }
    }
    return Placing.of(1, 2).map(() => 5);
  },
  "JSON.parse with a reviver": (view) =>
    JSON.parse("[[1], 2]", function (this: Any, key, value) {
      if (key === "0" && Array.isArray(this[1]) === false && Array.isArray(value)) this[1] = view;
      return this === view ? 5 : value;
    }),
};

describe("verify", () => {
  it("shows what changed, before and after, and commits nothing", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    view[3] = 1;
    region.msyncSync();
    const bytes = readFileSync(region.path);
    view[100] = 7;
    hiddenStore(view, 3, 2);
    hiddenStore(new Uint8Array(region.buffer), 65_535, 255);
    const error = untracked(region);
    expect(error.path).to.equal(region.path);
    expect(error.message).to.match(/Nothing was committed\. .*fams-run/);
    const ranges = error.ranges?.map(({ offset, before, after }) => ({
      offset,
      before: [...before],
      after: [...after],
    }));
    const two = [...new Uint8Array(new Float64Array([1, 2]).buffer)];
    expect(ranges).to.deep.equal([
      { offset: 30, before: two.slice(6, 8), after: two.slice(14, 16) },
      { offset: 65_535, before: [0], after: [255] },
    ]);
    expect(region.stats().commits).to.equal(1);
    expect(readFileSync(region.path).equals(bytes)).to.equal(true);
    untracked(region);
  });

  it("loses nothing: once the store is seen, all of it is committed", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    view[100] = 7;
    hiddenStore(view, 3, 2);
    untracked(region);
    view[3] = view[3] as number;
    region.msyncSync();
    const again = new Float64Array(reopen(region).buffer);
    expect([again[3], again[100]]).to.deep.equal([2, 7]);
  });

  it("loses nothing of what small views and proxies stored, either", () => {
    const region = openRegion({ size: "1 MiB" });
    const view = new Float64Array(region.buffer);
    new Float64Array(region.buffer, 0, 1)[0] = 3;
    hiddenStore(view, 50, 2);
    untracked(region);
    view[50] = 2;
    expect(linesCommitted(region, () => {})).to.equal(0);
    const [zero, fifty] = new Float64Array(reopen(region, { size: "1 MiB" }).buffer).filter((x) => x !== 0);
    expect([zero, fifty]).to.deep.equal([3, 2]);
  });

  it("shows at most 16 ranges and counts them all", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    for (let line = 0; line < 40; line++) hiddenStore(view, line * 8, 1);
    const error = untracked(region);
    expect(error.ranges).to.have.length(16);
    expect(error.message).to.contain("40");
  });

  it("does not mind bytes that were changed and changed back", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    hiddenStore(view, 3, 2);
    hiddenStore(view, 3, 0);
    expect(linesCommitted(region, () => {})).to.equal(0);
  });

  it("is not put off by a proxy or a small view of an earlier msync", () => {
    const region = openRegion();
    const view = new Float64Array(region.buffer);
    new Proxy(new Float64Array(region.buffer), {})[100] = 1;
    new Float64Array(region.buffer, 0, 1)[0] = 1;
    region.msyncSync();
    hiddenStore(view, 200, 1);
    untracked(region);
    region.rollback();
    view[200] = 1;
    hiddenStore(view, 3, 1);
    untracked(region);
    new Proxy(new Float64Array(region.buffer), {})[100] = 2;
    new Float64Array(region.buffer, 0, 1)[0] = 2;
    region.rollback();
    expect([view[0], view[100]]).to.deep.equal([1, 1]);
    hiddenStore(view, 3, 1);
    untracked(region);
  });

  it("finds what differs from the journal as well as from the data behind it", () => {
    let region = openRegion();
    let view = new Float64Array(region.buffer);
    for (const checkpointed of [false, true]) {
      view[9] = 1;
      region.msyncSync();
      if (checkpointed) {
        region = reopen(region);
        view = new Float64Array(region.buffer);
      }
      hiddenStore(view, 9, 3);
      untracked(region);
      view[9] = 4;
      region.msyncSync();
    }
  });

  for (const [name, write] of Object.entries(UNSEEN))
    it(`finds ${name}`, () => {
      const region = openRegion();
      const view = new Float64Array(region.buffer);
      for (let i = 0; i < view.length; i++) view[i] = i + 1;
      region.msyncSync();
      const before = Buffer.from(Buffer.from(region.buffer));
      write(view, region);
      expect(Buffer.from(region.buffer).equals(before), "it wrote").to.equal(false);
      untracked(region);
    });

  it("is off unless it is asked for, by option or by environment", () => {
    const program = `
      import { Region } from "fams";
      const found = [];
      for (const options of [{}, { verify: true }, { verify: false }]) {
        const region = Region.openSync(process.argv[1] + found.length, { size: 1, ...options });
        new Float64Array(region.buffer)[100] = 1;
        try { region.msyncSync(); found.push("unseen"); } catch (error) { found.push(error.code); }
      }
      console.log(JSON.stringify(found));`;
    const found = (FAMS_VERIFY: string) => childJson(program, { args: [newPath()], env: { FAMS_VERIFY } });
    expect(found("")).to.deep.equal(["unseen", "ERR_FAMS_UNTRACKED", "unseen"]);
    expect(found("1")).to.deep.equal(["ERR_FAMS_UNTRACKED", "ERR_FAMS_UNTRACKED", "unseen"]);
    expect(found("0")).to.deep.equal(["unseen", "ERR_FAMS_UNTRACKED", "unseen"]);
  });
});
