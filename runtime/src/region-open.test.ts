/** Opening and creating: sizes, paths, options, what opening finds. */

import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { FamsError, Region } from "fams";
import { codeOf, folder, newPath, openRegion, reopen } from "./test-scratch.ts";

const KIB = 1024;
const SIZES: [size: number | string, bytes: number][] = [
  [1, 64 * KIB],
  [65_536, 64 * KIB],
  [65_537, 128 * KIB],
  ["65536", 64 * KIB],
  ["64 KiB", 64 * KIB],
  ["64KiB", 64 * KIB],
  [" 64 kib ", 64 * KIB],
  ["1.5 MiB", 1536 * KIB],
  ["0.5 KiB", 64 * KIB],
  ["100 B", 64 * KIB],
  ["0.0625 GiB", 65_536 * KIB],
];
const NO_SIZES: unknown[] = [
  0,
  -1,
  -65_536,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 32 + 1,
  2 ** 53,
  "",
  " ",
  "64 KB",
  "KiB",
  "1 TiB",
  "-1 MiB",
  "1e6",
  "0x10000",
  "1,5 MiB",
  "1 MiB 1",
  "5 GiB",
  "64 constructor",
  "0.3 B",
  null,
  true,
  {},
  [65_536],
  65_536n,
  Symbol("size"),
  () => 65_536,
];

describe("Region.open", () => {
  for (const [size, bytes] of SIZES)
    it(`creates ${bytes} bytes for ${JSON.stringify(size)}`, () => {
      const region = openRegion({ size });
      expect([region.size, region.buffer.byteLength]).to.deep.equal([bytes, bytes]);
      expect(new Uint8Array(region.buffer).every((x) => x === 0)).to.equal(true);
      expect(region.recovery).to.deep.include({
        verdict: "created",
        commits: 0,
        generation: 1,
        brokenSuperblocks: [],
        discarded: null,
      });
    });

  it("refuses what is no size, and leaves no file", () => {
    for (const size of NO_SIZES) {
      const path = newPath();
      expect(
        codeOf(() => Region.openSync(path, { size } as never)),
        String(size),
      ).to.equal("ERR_FAMS_INVALID_SIZE");
      expect(existsSync(path)).to.equal(false);
    }
  });

  it("refuses paths and options of other types", async () => {
    const paths: unknown[] = [
      undefined,
      null,
      5,
      "",
      "a\0b",
      {},
      [],
      Buffer.from("a"),
      Symbol("path"),
      () => "a",
      new URL("http://example.org/a"),
      new URL("file://host/a"),
      new URL("file:///a%2Fb"),
    ];
    for (const path of paths) {
      expect(
        codeOf(() => Region.openSync(path as never, { size: 1 })),
        String(path),
      ).to.equal("ERR_FAMS_INVALID_ARGUMENT");
      const rejection = await Region.open(path as never, { size: 1 }).then(
        () => "opened",
        (error) => error,
      );
      expect(rejection, String(path))
        .to.be.an.instanceof(FamsError)
        .with.property("code", "ERR_FAMS_INVALID_ARGUMENT");
    }
    const options: unknown[] = [
      null,
      5,
      "64 KiB",
      true,
      { readOnly: 1 },
      { readOnly: "false" },
      { verify: "yes" },
      { verify: null },
      { acceptDamage: 0 },
      { durability: "none" },
      { durability: null },
      { durability: true },
      { durability: Symbol("d") },
    ];
    for (const wrong of options) {
      const path = newPath();
      const given = typeof wrong === "object" && wrong !== null ? { size: 1, ...wrong } : wrong;
      expect(
        codeOf(() => Region.openSync(path, given as never)),
        JSON.stringify(wrong),
      ).to.equal("ERR_FAMS_INVALID_ARGUMENT");
      expect(existsSync(path)).to.equal(false);
    }
  });

  it("needs a size to create, and none to open", () => {
    const path = newPath();
    expect(codeOf(() => Region.openSync(path))).to.equal("ERR_FAMS_SIZE_REQUIRED");
    expect(codeOf(() => Region.openSync(path, { readOnly: true, size: 1 }))).to.equal("ERR_FAMS_NOT_FOUND");
    expect(existsSync(path)).to.equal(false);
    const region = openRegion({ size: 100_000 }, path);
    region.close();
    expect(Region.openSync(path).size).to.equal(131_072);
  });

  it("finds what was committed, and counts its openings", () => {
    let region = openRegion();
    for (let generation = 2; generation < 6; generation++) {
      new Float64Array(region.buffer)[generation] = generation;
      region.msyncSync();
      new Float64Array(region.buffer)[100] = 1;
      region = reopen(region);
      expect(region.recovery).to.deep.include({ verdict: "clean", generation, discarded: null });
      const view = new Float64Array(region.buffer);
      expect([view[generation], view[100]]).to.deep.equal([generation, 0]);
    }
  });

  it("takes relative paths, URLs and links, and says the absolute path", () => {
    const path = newPath();
    const close = (region: Region) => {
      const { path: said, size } = region;
      region.close();
      expect(size).to.equal(65_536);
      return said;
    };
    expect(close(openRegion({}, relative(process.cwd(), path)))).to.equal(path);
    expect(close(Region.openSync(pathToFileURL(path)))).to.equal(path);
    expect(close(Region.openSync(join(dirname(path), ".", "x", "..", basename(path))))).to.equal(path);
    const link = newPath();
    symlinkSync(path, link);
    expect(close(Region.openSync(link))).to.equal(link);
    const hard = newPath();
    linkSync(path, hard);
    expect(close(Region.openSync(hard))).to.equal(hard);
    const strange = join(folder, "a b%20#?é\n😀");
    expect(close(openRegion({}, strange))).to.equal(strange);
    expect(close(Region.openSync(pathToFileURL(strange)))).to.equal(strange);
  });

  it("leaves nothing but the region in its folder, with the mode of any new file", () => {
    const folderOfOne = newPath();
    mkdirSync(folderOfOne);
    const path = join(folderOfOne, "only");
    openRegion({}, path);
    expect(readdirSync(folderOfOne)).to.deep.equal(["only"]);
    expect(statSync(path).mode & 0o777).to.equal(0o666 & ~process.umask());
  });

  it("locks out a second opener, by whatever name, until it is closed", () => {
    const region = openRegion();
    const link = newPath();
    linkSync(region.path, link);
    for (const path of [region.path, link])
      for (const options of [{}, { readOnly: true }])
        expect(codeOf(() => Region.openSync(path, options))).to.equal("ERR_FAMS_LOCKED");
    const moved = newPath();
    renameSync(region.path, moved);
    expect(codeOf(() => Region.openSync(moved))).to.equal("ERR_FAMS_LOCKED");
    new Float64Array(region.buffer)[0] = 5;
    region.msyncSync();
    region.close();
    expect(new Float64Array(openRegion({}, moved).buffer)[0]).to.equal(5);
  });

  it("readers share, keep their stores to themselves and change no byte of the file", () => {
    const region = openRegion();
    new Float64Array(region.buffer)[0] = 5;
    region.close();
    const before = readFileSync(region.path);
    const readers = [
      openRegion({ readOnly: true }, region.path),
      openRegion({ readOnly: true, size: "64 KiB" }, region.path),
    ];
    expect(codeOf(() => Region.openSync(region.path))).to.equal("ERR_FAMS_LOCKED");
    for (const reader of readers) {
      const view = new Float64Array(reader.buffer);
      view[0] = 77;
      expect(reader.readOnly).to.equal(true);
      for (const write of [() => reader.msyncSync(), () => reader.flushSync()])
        expect(codeOf(write)).to.equal("ERR_FAMS_READ_ONLY");
      expect(codeOf(() => reader.transaction(() => (view[1] = 3)))).to.equal("ERR_FAMS_READ_ONLY");
      expect(view[0]).to.equal(0);
      reader.close();
    }
    expect(readFileSync(region.path).equals(before)).to.equal(true);
  });

  it("many at once, each with its own memory", () => {
    const regions = Array.from({ length: 100 }, () => openRegion({ durability: "process" }));
    const views = regions.map((region) => new Float64Array(region.buffer));
    for (const [i, view] of views.entries()) for (const other of views) if (other !== view) view[i] += 1;
    for (const region of regions) region.msyncSync();
    for (const [i, region] of regions.entries()) {
      expect(region.stats().lines).to.equal(1);
      expect(views[i]?.[i]).to.equal(99);
      region.close();
    }
  });

  it("is what its promise form is", async () => {
    const path = newPath();
    const region = await Region.open(path, { size: "64 KiB" });
    new Float64Array(region.buffer)[9] = 2;
    await region.msync();
    await region.flush();
    region.close();
    const again = await Region.open(path);
    expect(new Float64Array(again.buffer)[9]).to.equal(2);
    again.close();
    expect(await Region.open(newPath()).catch((error) => error)).to.be.an.instanceof(FamsError);
  });
});
