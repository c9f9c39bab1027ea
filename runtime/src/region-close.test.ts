/** Closing: every view is detached, whatever runs at that moment, and the file is let go of. */

import { expect } from "chai";
import { Region } from "fams";
import { runChild } from "./test-child.ts";
import { codeOf, newPath, openRegion, reopen } from "./test-scratch.ts";

/** Calls on a region `r` with views `b` and `f` over it that close it while a built-in or another thread uses its memory. */
const CLOSING: Record<string, string> = {
  "Buffer fill": "b.fill(closing(1))",
  "Buffer utf8Write": "b.utf8Write('a'.repeat(1e5), closing(0))",
  "Buffer hexWrite": "b.hexWrite('ab'.repeat(1e5), closing(0))",
  "Buffer ucs2Write": "b.ucs2Write('ab'.repeat(1e5), 0, closing(1000))",
  "Buffer write": "b.write('ab', 0, 2, { toString: closing('utf8').valueOf })",
  "Buffer copy": "Buffer.from('abc').copy(b, closing(0))",
  "Buffer copy out": "b.copy(Buffer.alloc(99), closing(0))",
  "typed array fill": "f.fill(closing(1))",
  "typed array set": "f.set([closing(1), 2, 3])",
  "typed array set of a list": "f.set({ length: 3, get 1() { r.close(); return 1; }, 2: 2 })",
  "typed array sort": "f.sort((x, y) => { r.close(); return x - y; })",
  "typed array copyWithin": "f.copyWithin(closing(0), 10, 1000)",
  "typed array map": "f.map((x) => { r.close(); return x; })",
  "typed array join": "f.join({ toString: closing(',').valueOf })",
  "DataView setter": "new DataView(r.buffer).setFloat64(0, closing(1))",
  "Atomics.store": "Atomics.store(new Int32Array(r.buffer), 0, closing(1))",
  "Atomics.compareExchange": "Atomics.compareExchange(new Int32Array(r.buffer), 0, 0, closing(1))",
  "element store": "f[closing('0')] = closing(1)",
  "crypto.randomFill": "crypto.randomFill(b, finished); r.close()",
  "fs.read": "fs.read(fs.openSync('/dev/zero'), b, 0, b.length, 0, finished); r.close()",
  "zlib.deflate": "zlib.deflate(b, finished); setTimeout(() => r.close(), 3)",
  "subtle.digest": "crypto.subtle.digest('SHA-256', b).finally(finished); r.close()",
  "FileHandle.write":
    "fs.promises.open(path + '.out', 'w').then((file) => { file.write(b).finally(() => file.close()); r.close(); })",
};

const program = (call: string) => `
  import { Region } from "fams";
  import crypto from "node:crypto";
  import fs from "node:fs";
  import zlib from "node:zlib";
  const path = process.argv[1];
  const r = Region.openSync(path, { size: "16 MiB" });
  const b = Buffer.from(r.buffer), f = new Float64Array(r.buffer);
  const closing = (x) => ({ valueOf() { r.close(); return x; }, toString() { return this.valueOf(); } });
  const finished = () => console.log("finished");
  try { ${call}; } catch (error) { if (!(error instanceof TypeError)) throw error; }
  setTimeout(() => console.log(r.closed, f.length), 20);`;

describe("Region.close", () => {
  it("detaches every view, and what is stored afterwards goes nowhere", () => {
    const region = openRegion();
    const { buffer } = region;
    const view = new Float64Array(buffer);
    const views = [
      view,
      new Float64Array(buffer, 64, 8),
      view.subarray(9),
      Buffer.from(buffer),
      new Uint8Array(buffer, 0, 8),
    ];
    view[0] = 1;
    region.msyncSync();
    view[0] = 2;
    region.close();
    expect(buffer.byteLength).to.equal(0);
    for (const any of views) {
      expect(any.length).to.equal(0);
      (any as Float64Array)[0] = 5;
      expect((any as Float64Array)[0]).to.equal(undefined);
    }
    expect(() => new DataView(buffer)).to.throw(TypeError);
    expect(new Float64Array(openRegion({}, region.path).buffer)[0]).to.equal(1);
  });

  it("twice is once, and everything but closing says so", async () => {
    const region = openRegion();
    const { path, size, recovery } = region;
    region.close();
    region.close();
    region[Symbol.dispose]();
    expect(region.closed).to.equal(true);
    for (const action of [
      () => region.buffer,
      () => region.msyncSync(),
      () => region.rollback(),
      () => region.transaction(() => 1),
      () => region.flushSync(),
      () => region.stats(),
    ])
      expect(codeOf(action)).to.equal("ERR_FAMS_CLOSED");
    for (const promised of [region.msync(), region.flush()])
      expect(await promised.catch((error) => error.code)).to.equal("ERR_FAMS_CLOSED");
    expect([region.path, region.size, region.recovery]).to.deep.equal([path, size, recovery]);
  });

  it("comes with the end of a block that uses it, also by a throw", () => {
    const path = newPath();
    let seen: Region | undefined;
    const work = (fails: boolean) => {
      using region = Region.openSync(path, { size: "64 KiB", verify: true });
      seen = region;
      new Float64Array(region.buffer)[0] += 1;
      region.msyncSync();
      if (fails) throw new Error("mine");
    };
    work(false);
    expect(seen?.closed).to.equal(true);
    expect(() => work(true)).to.throw("mine");
    expect(seen?.closed).to.equal(true);
    expect(new Float64Array(openRegion({}, path).buffer)[0]).to.equal(2);
  });

  it("keeps the views of other regions, and of its own file opened again, alive", () => {
    const other = openRegion();
    const kept = new Float64Array(other.buffer);
    let region = openRegion();
    const old = new Float64Array(region.buffer);
    old[3] = 1;
    region.msyncSync();
    region = reopen(region);
    const fresh = new Float64Array(region.buffer);
    old[3] = 9;
    fresh[4] = 2;
    kept[5] = 3;
    region.msyncSync();
    other.msyncSync();
    expect([old.length, fresh[3], fresh[4], kept[5]]).to.deep.equal([0, 1, 2, 3]);
  });

  for (const [name, call] of Object.entries(CLOSING))
    it(`in the middle of ${name} ends no process`, () => {
      const { status, signal, stdout, stderr } = runChild(program(call), { args: [newPath()] });
      expect({ status, signal, stderr }).to.deep.equal({ status: 0, signal: null, stderr: "" });
      expect(stdout).to.contain("true 0");
    });
});
