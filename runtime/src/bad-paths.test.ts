/** Paths at which no region can be: each has its own code, says what to do, and changes nothing. */

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { FamsError, type FamsErrorCode, Region, type RegionOptions } from "fams";
import { childJson, runChild } from "./test-child.ts";
import { folder, newPath, openRegion, thrownBy } from "./test-scratch.ts";

function expectRefused(
  path: string,
  code: FamsErrorCode,
  advice: RegExp,
  options: RegionOptions = { size: 1 },
): void {
  for (const given of [options, { ...options, readOnly: true }]) {
    const error = thrownBy(() => Region.openSync(path, given)) as FamsError;
    expect(error).to.be.an.instanceof(FamsError);
    if (given.readOnly && error.code === "ERR_FAMS_NOT_FOUND") continue;
    expect(error.code).to.equal(code);
    expect(error.path).to.equal(path);
    expect(error.message).to.match(advice).and.contain(path);
    expect(error.name).to.equal("FamsError");
  }
}

const isRoot = process.getuid?.() === 0;
const mayMount = isRoot && canMount();

function canMount(): boolean {
  const place = newPath();
  mkdirSync(place);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", place], { stdio: "ignore" });
    execFileSync("umount", [place]);
    return true;
  } catch {
    return false;
  }
}

/** Runs `action` with a file system of its own mounted. */
function mounted(options: string, action: (place: string) => void): void {
  const place = newPath();
  mkdirSync(place);
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place]);
  try {
    action(place);
  } finally {
    execFileSync("umount", ["-l", place]);
    rmSync(place, { recursive: true });
  }
}

describe("paths that cannot be opened", () => {
  it("in a directory that does not exist", () => {
    expectRefused(join(newPath(), "x"), "ERR_FAMS_NO_DIRECTORY", /Create the directory first/);
  });

  it("below a file", () => {
    const file = newPath();
    writeFileSync(file, "text");
    expectRefused(join(file, "x"), "ERR_FAMS_NO_DIRECTORY", /Create the directory first/);
  });

  it("of a directory", () => {
    expectRefused(folder, "ERR_FAMS_NOT_A_FILE", /Give the path of a regular file/);
    expectRefused("/", "ERR_FAMS_NOT_A_FILE", /Give the path of a regular file/);
  });

  it("of a FIFO, a device or a socket, without waiting for its other end", async () => {
    const fifo = newPath();
    execFileSync("mkfifo", [fifo]);
    const socket = newPath();
    const server = createServer().listen(socket);
    await new Promise((resolve) => server.once("listening", resolve));
    for (const path of [fifo, socket, "/dev/null", "/dev/zero"])
      expectRefused(path, "ERR_FAMS_NOT_A_FILE", /Give the path of a regular file/);
    server.close();
    expect(lstatSync(fifo).isFIFO()).to.equal(true);
  });

  it("of a symbolic link to nothing, or to itself", () => {
    const link = newPath();
    const target = newPath();
    symlinkSync(target, link);
    expectRefused(link, "ERR_FAMS_SYMLINK", /Create the link's target/);
    expect([readlinkSync(link), existsSync(target)]).to.deep.equal([target, false]);
    const loop = newPath();
    symlinkSync(loop, loop);
    expectRefused(loop, "ERR_FAMS_SYMLINK", /Create the link's target/);
  });

  it("whose name is too long", () => {
    for (const path of [join(folder, "a".repeat(300)), `/${"a/".repeat(3000)}b`]) {
      const error = thrownBy(() => Region.openSync(path, { size: 1 })) as FamsError;
      expect(error).to.be.an.instanceof(FamsError);
      expect(error.code).to.equal("ERR_FAMS_INVALID_ARGUMENT");
    }
  });

  it("of files of the kernel's", () => {
    for (const path of ["/proc/self/status", "/proc/version"]) {
      const error = thrownBy(() => Region.openSync(path, { size: 1 })) as FamsError;
      expect(error).to.be.an.instanceof(FamsError);
      expect(error.code).to.be.oneOf(["ERR_FAMS_PERMISSION", "ERR_FAMS_NOT_A_REGION"]);
    }
    expect(thrownBy(() => Region.openSync("/proc/fams", { size: 1 }))).to.be.an.instanceof(FamsError);
  });

  it("that the user may not read or write", () => {
    const path = newPath();
    openRegion({}, path).close();
    chmodSync(path, 0o400);
    const guarded = newPath();
    mkdirSync(guarded, { mode: 0o500 });
    const attempts = `
      import { Region } from "fams";
      const nobody = process.argv[2];
      if (nobody !== "") { process.setgroups([]); process.setgid(Number(nobody)); process.setuid(Number(nobody)); }
      const code = (path, options) => { try { Region.openSync(path, options).close(); return "opened"; } catch (error) { return error.code; } };
      const [path, guarded] = process.argv.slice(1).filter((x) => x.startsWith("/"));
      console.log(JSON.stringify([code(path), code(path, { readOnly: true }), code(guarded + "/x", { size: 1 })]));`;
    if (isRoot) {
      // The test's folder is closed to others: nobody is to come as far as the file.
      chmodSync(folder, 0o711);
      chmodSync(path, 0o600);
    }
    const found = childJson(attempts, { args: [path, isRoot ? "65534" : "", guarded] });
    expect(found).to.deep.equal([
      "ERR_FAMS_PERMISSION",
      isRoot ? "ERR_FAMS_PERMISSION" : "opened",
      "ERR_FAMS_PERMISSION",
    ]);
    expect(readdirSync(guarded)).to.deep.equal([]);
  });

  it("on a file system that is read-only", function () {
    if (!mayMount) {
      console.log("        skipped: mounting a file system needs root");
      return this.skip();
    }
    mounted("size=8m", (place) => {
      const path = join(place, "region");
      openRegion({}, path).close();
      execFileSync("mount", ["-o", "remount,ro", place]);
      for (const target of [path, join(place, "new")]) {
        const error = thrownBy(() => Region.openSync(target, { size: "64 KiB" })) as FamsError;
        expect(error.code).to.equal("ERR_FAMS_READ_ONLY_FILE_SYSTEM");
        expect(error.message).to.match(/readOnly: true/);
      }
      const reader = openRegion({ readOnly: true }, path);
      expect(reader.recovery.verdict).to.equal("clean");
      reader.close();
    });
  });

  it("where there is no space, and the space is given back", function () {
    if (!mayMount) {
      console.log("        skipped: mounting a file system needs root");
      return this.skip();
    }
    mounted("size=2m", (place) => {
      const error = thrownBy(() => Region.openSync(join(place, "region"), { size: "4 MiB" })) as FamsError;
      expect(error.code).to.equal("ERR_FAMS_NO_SPACE");
      expect(readdirSync(place)).to.deep.equal([]);
      const region = openRegion({}, join(place, "region"));
      new Float64Array(region.buffer)[0] = 1;
      region.msyncSync();
      region.close();
    });
  });

  it("where a limit forbids the size", () => {
    const path = newPath();
    const { stdout, status, signal } = runChild(
      `import { Region } from "fams";
      try { Region.openSync(process.argv[1], { size: "8 MiB" }); } catch (error) { console.log(error.code); }`,
      { args: [path], before: "ulimit -f 4096" },
    );
    expect([stdout.trim(), status, signal]).to.deep.equal(["ERR_FAMS_NO_SPACE", 0, null]);
    expect(existsSync(path)).to.equal(false);
  });

  it("relative to a directory that is gone", () => {
    const gone = newPath();
    mkdirSync(gone);
    const { stdout } = runChild(
      `import { rmdirSync } from "node:fs";
      import { Region } from "fams";
      process.chdir(process.argv[1]);
      rmdirSync(process.argv[1]);
      try { Region.openSync("x", { size: 1 }); } catch (error) { console.log(error.name, error.code); }`,
      { args: [gone] },
    );
    expect(stdout.trim()).to.match(/^FamsError ERR_FAMS_(INVALID_ARGUMENT|NO_DIRECTORY)$/);
  });
});
