/** Bytes that Node reads into a view are there as ever, and marked when they have arrived, before the program hears of it. */

import fs, { readSync as importedRead } from "node:fs";
import { open as importedOpen } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { folder, linesAfter, linesCommitted, openRegion, thrownBy } from "./test-scratch.ts";

// biome-ignore lint/suspicious/noExplicitAny: arguments of every kind
type Any = any;

const FILE = join(folder, "source");
const BYTES = 1000;
const TEXT = Buffer.from(Array.from({ length: BYTES }, (_, i) => (i % 255) + 1));
before(() => fs.writeFileSync(FILE, TEXT));

/** Runs `use` with a descriptor of the source. */
async function withFile<T>(use: (fd: number) => T | Promise<T>): Promise<T> {
  const fd = fs.openSync(FILE, "r");
  try {
    return await use(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Arguments after the descriptor, and how many lines of the view they fill. Byte 0 of the view is byte 64 of the region. */
const READS: [string, (view: Uint8Array) => unknown[], number][] = [
  ["a buffer", (view) => [view], 16],
  ["an offset and a length", (view) => [view, 60, 8, 0], 2],
  ["an offset, a length and a position", (view) => [view, 64, 64, 3], 1],
  ["a position as a bigint", (view) => [view, 64, 64, 3n], 1],
  ["a place beyond the end of the file", (view) => [view, 0, 100, 5000], 0],
  ["a short read", (view) => [view, 64, 900, 990], 1],
  ["no bytes", (view) => [view, 64, 0, 0], 0],
  ["options", (view) => [view, { offset: 60, length: 8, position: 0 }], 2],
  ["options with a prototype", (view) => [view, Object.create({ offset: 60, length: 8 })], 2],
  [
    "options that only their getters know",
    (view) => [
      view,
      {
        get offset() {
          return 60;
        },
        length: 8,
      },
    ],
    16,
  ],
  ["options in a proxy", (view) => [view, new Proxy({ offset: 60, length: 8 }, {})], 16],
  ["no options", (view) => [view, null], 16],
  ["doubles", (view) => [new Float64Array(view.buffer, 64, 40), 4, 8], 1],
  ["a DataView", (view) => [new DataView(view.buffer, 64, 640), 60, 8], 2],
  ["a Buffer", (view) => [Buffer.from(view.buffer as ArrayBuffer, 64, 640), 60, 8], 2],
];

/** Refused, or failing in the system. */
const WRONG: ((view: Uint8Array) => unknown[])[] = [
  (view) => [view, -1],
  (view) => [view, 2000],
  (view) => [view, 0, 2000],
  (view) => [view, "3", 4],
  (view) => [view, 0, 8, "x"],
  (view) => [view.buffer],
  () => [[]],
  () => [5],
  () => [new Proxy(new Uint8Array(9), {})],
];

/** What a call throws, if it throws. */
function outcomeOf(call: () => unknown): string {
  try {
    call();
    return "nothing thrown";
  } catch (error) {
    return (error as Error).message;
  }
}

const setUp = () => {
  const region = openRegion();
  return { region, view: new Uint8Array(region.buffer, 64, 1024) };
};

describe("fs.readSync", () => {
  for (const [name, args, lines] of READS)
    it(`into ${name}`, () =>
      withFile(async (fd) => {
        const { region, view } = setUp();
        const plain = new Uint8Array(65_536).subarray(64, 1088);
        let count = 0;
        const committed = linesCommitted(region, () => {
          count = (fs.readSync as Any)(fd, ...args(view));
        });
        await withFile((other) => expect((fs.readSync as Any)(other, ...args(plain))).to.equal(count));
        expect([...view]).to.deep.equal([...plain]);
        expect(committed).to.be.at.most(lines);
        if (count > 0) expect(committed).to.be.at.least(1);
      }));

  it("refuses what it always refused", () =>
    withFile((fd) => {
      const { region, view } = setUp();
      const plain = new Uint8Array(65_536).subarray(64, 1088);
      for (const args of WRONG) {
        const error = thrownBy(() => (fs.readSync as Any)(fd, ...args(view))) as Error;
        const other = thrownBy(() => (fs.readSync as Any)(fd, ...args(plain))) as Error;
        expect([error.name, error.message]).to.deep.equal([other.name, other.message]);
      }
      expect(() => fs.readSync(99_999, view)).to.throw("EBADF");
      const here = fs.openSync(folder, "r");
      expect(() => fs.readSync(here, view)).to.throw("EISDIR");
      fs.closeSync(here);
      region.msyncSync();
    }));

  it("is seen however it is called, imported by name too", () =>
    withFile((fd) => {
      const { region, view } = setUp();
      const place = (i: number): [Uint8Array, number, number, number] => [view, 0, 64, i];
      const calls: ((i: number) => unknown)[] = [
        (i) => importedRead(fd, ...place(i)),
        (i) => (fs.readSync as Any).call(null, fd, ...place(i)),
        (i) => Reflect.apply(fs.readSync, fs, [fd, ...place(i)]),
        (i) => (fs.readSync as Any).bind(fs, fd)(...place(i)),
        (i) => [fs.readSync][0]?.(fd, ...place(i)),
        (i) => fs.readvSync(fd, [view.subarray(0, 64)], i),
      ];
      for (const [i, call] of calls.entries()) expect(linesCommitted(region, () => call(i + 1))).to.equal(1);
    }));

  it("that goes past the page cache may fill all of its place", function () {
    const { region } = setUp();
    const view = new Uint8Array(region.buffer, 0, 16_384);
    view.fill(9);
    let fd: number;
    try {
      fd = fs.openSync(FILE, fs.constants.O_RDONLY | fs.constants.O_DIRECT);
    } catch {
      // Not every file system can.
      this.skip();
    }
    expect(linesCommitted(region, () => expect(fs.readSync(fd, view)).to.equal(BYTES))).to.equal(256);
    fs.closeSync(fd);
    region.msyncSync();
    const through = fs.openSync(FILE, "r");
    expect(linesCommitted(region, () => fs.readSync(through, view))).to.equal(16);
    fs.closeSync(through);
  });
});

describe("fs.readv and fs.readvSync", () => {
  const split = (view: Uint8Array): NodeJS.ArrayBufferView[] => [
    view.subarray(0, 60),
    new Uint8Array(9),
    new Float64Array(view.buffer as ArrayBuffer, 128, 8),
    view.subarray(512, 512),
    new DataView(view.buffer, 640, 100),
  ];

  it("fill views one after the other", () =>
    withFile(async (fd) => {
      const { region, view } = setUp();
      expect(linesCommitted(region, () => fs.readvSync(fd, split(view), 0))).to.equal(4);
      expect(linesCommitted(region, () => fs.readvSync(fd, split(view), 920))).to.equal(2);
      expect(() => fs.readvSync(fd, [], 0)).to.throw("EINVAL");
      const readv = promisify(fs.readv) as Any;
      expect(await linesAfter(region, () => readv(fd, split(view), 0))).to.equal(4);
      expect(await linesAfter(region, () => readv(fd, split(view), 920))).to.equal(2);
      await withFile((other) => {
        return new Promise<void>((done) => {
          fs.readv(other, split(view), (error, bytes) => {
            expect([error, bytes]).to.deep.equal([null, 233]);
            region.msyncSync();
            done();
          });
        });
      });
      expect(() => fs.readvSync(fd, [new Proxy(view, {})], 0)).to.throw(TypeError);
    }));
});

describe("fs.read and FileHandle.read", () => {
  for (const [name, args, lines] of READS)
    it(`into ${name}`, () =>
      withFile(async (fd) => {
        const { region, view } = setUp();
        const handle = await importedOpen(FILE);
        const given = args(view);
        // With three arguments the callback would stand at the place of the position.
        const withPosition = given.length === 3 ? [...given, null] : given;
        const plain = new Uint8Array(65_536).subarray(64, 1088);
        const read = promisify(fs.read) as Any;
        expect(await linesAfter(region, () => read(fd, ...withPosition)), "fs.read").to.be.at.most(lines);
        await withFile((again) => read(again, ...args(plain), ...(given.length === 3 ? [null] : [])));
        expect([...view]).to.deep.equal([...plain]);
        view.fill(0);
        region.msyncSync();
        const more = await linesAfter(region, () => (handle.read as Any)(...args(view)));
        expect(more, "FileHandle.read").to.be.at.most(lines);
        const other = await importedOpen(FILE);
        await (other.read as Any)(...args(plain.fill(0)));
        expect([...view]).to.deep.equal([...plain]);
        await handle.close();
        await other.close();
      }));

  it("take the place from their options", () =>
    withFile(async (fd) => {
      const { region, view } = setUp();
      const read = promisify(fs.read) as Any;
      const options = { buffer: view, offset: 60, length: 8, position: 0 };
      expect(await linesAfter(region, () => read(fd, options))).to.equal(2);
      const handle = await fs.promises.open(FILE);
      expect(await linesAfter(region, () => handle.read({ ...options, position: 8 }))).to.equal(2);
      expect(await linesAfter(region, () => handle.readv([view.subarray(0, 60)], 7))).to.equal(1);
      const hidden = {
        get buffer() {
          return view;
        },
        offset: 60,
        length: 8,
        position: 50,
      };
      expect(await linesAfter(region, () => handle.read(hidden))).to.equal(2);
      expect(
        await linesAfter(region, () =>
          read(fd, {
            ...hidden,
            get buffer() {
              return view;
            },
            position: 90,
          }),
        ),
      ).to.equal(2);
      await handle.close();
    }));

  it("refuse what they always refused, and then wait for nothing", () =>
    withFile(async (fd) => {
      const { region, view } = setUp();
      const plain = new Uint8Array(65_536).subarray(64, 1088);
      const handle = await fs.promises.open(FILE);
      for (const args of WRONG) {
        const [mine, plainly] = [view, plain].map((target) =>
          outcomeOf(() => (fs.read as Any)(fd, ...args(target), () => {})),
        );
        expect(mine).to.equal(plainly);
        const [here, there] = await Promise.all(
          [view, plain].map(async (target) => {
            const own = await fs.promises.open(FILE);
            const read = (own.read as Any)(...args(target)) as Promise<{ bytesRead: number }>;
            const outcome = await read.then(
              ({ bytesRead }) => bytesRead,
              (error: Error) => error.message,
            );
            await own.close();
            return outcome;
          }),
        );
        expect(here).to.deep.equal(there);
      }
      for (const call of [
        () => (fs.read as Any)(fd, view),
        () => (fs.read as Any)(fd, view, 0, 1, 0),
        () => (fs.read as Any)(),
      ])
        expect(call).to.throw(TypeError);
      await handle.close();
      expect(await handle.read(view).catch((error) => error.code)).to.equal("EBADF");
      expect(await promisify(fs.read as Any)(99_999, view).catch((error: Any) => error.code)).to.equal(
        "EBADF",
      );
      region.msyncSync();
    }));

  it("are marked before the callback, and before the promise goes on", () =>
    withFile(async (fd) => {
      const { region, view } = setUp();
      const commits = () => region.stats().commits;
      const before = commits();
      await new Promise<void>((done) => {
        fs.read(fd, view, (error, bytes, buffer) => {
          region.msyncSync();
          expect([error, bytes, buffer === view, commits() - before]).to.deep.equal([null, BYTES, true, 1]);
          done();
        });
      });
      const handle = await fs.promises.open(FILE);
      view.fill(0);
      region.msyncSync();
      const { bytesRead, buffer } = await handle.read(view);
      region.msyncSync();
      expect([bytesRead, buffer === view, commits() - before]).to.deep.equal([BYTES, true, 3]);
      await handle.close();
    }));

  it("leave msyncs alone while bytes are under way, and the bytes to the next one", async () => {
    const region = openRegion({ verify: false });
    const view = new Uint8Array(region.buffer, 64, 1024);
    const pipe = join(folder, "pipe");
    const { spawnSync } = await import("node:child_process");
    spawnSync("mkfifo", [pipe]);
    const fd = fs.openSync(pipe, fs.constants.O_RDWR);
    const arrival = promisify(fs.read as Any)(fd, view, 0, 640, null) as Promise<Any>;
    view[900] = 1;
    region.msyncSync();
    expect(region.stats().lines).to.equal(1);
    fs.writeSync(fd, TEXT, 0, 70);
    await arrival;
    region.msyncSync();
    expect(region.stats().lines).to.equal(3);
    fs.closeSync(fd);
  });

  it("do not let a verified msync complain about bytes under way", async () => {
    const { region, view } = setUp();
    const reads = Array.from({ length: 20 }, () =>
      withFile((fd) => promisify(fs.read as Any)(fd, view, 0, 1000, 0)),
    );
    for (let i = 0; i < 200; i++) {
      view[i] = i;
      region.msyncSync();
      if (i % 10 === 0) await new Promise(setImmediate);
    }
    await Promise.all(reads);
    region.msyncSync();
  });
});

describe("bytes under way", () => {
  it("are not lost when the pages of a large region are given back", async () => {
    const large = join(folder, "large");
    const bytes = 8 * 2 ** 20;
    fs.writeFileSync(large, Buffer.alloc(bytes, 7));
    const options = { size: "32 MiB", maxResident: "1 MiB", durability: "process", verify: false } as const;
    const region = openRegion(options);
    const view = new Uint8Array(region.buffer);
    const fd = fs.openSync(large, "r");
    for (let round = 0; round < 4; round++) {
      view.fill(0, 0, bytes);
      region.msyncSync();
      let arrived = false;
      const read = promisify(fs.read as Any)(fd, view, 0, bytes, 0).then(() => {
        arrived = true;
      });
      for (let i = 0; !arrived; i++) {
        view.fill(i, 2 * bytes, 2 * bytes + 2 ** 21);
        region.msyncSync();
        await new Promise(setImmediate);
      }
      await read;
      expect(view.subarray(0, bytes).every((byte) => byte === 7)).to.equal(true);
    }
    fs.closeSync(fd);
    expect(region.stats()).to.have.property("pagesGivenBack").that.is.above(0);
  });
});
