/** Recovering, compacting, saving and restoring lead to the last commit. */

import { linkSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { decode } from "../../native/test/decode.ts";
import { contentsOf, FAULTY, open, scratch, TIMEOUT } from "../../native/test/files.ts";
import { GRANULE } from "../../native/test/format.ts";
import { damaged, fams, famsProcess, STATES, said, saidOf, unclean, writeImage } from "./run-fams.ts";

const path = scratch("disk");
const LAST = STATES.at(-1) as Buffer;

describe("fams recover", function () {
  this.timeout(TIMEOUT);

  it("brings a region to its last commit and closes it", async () => {
    const file = writeImage(path("recovered"), unclean());
    expect(await said("recover", file)).to.deep.include({
      verdict: "recovered",
      commits: 3,
      lines: 11,
      generation: 2,
    });
    expect((await said("inspect", file)).verdict).to.equal("clean");
    expect(decode(readFileSync(file)).chosen.clean).to.equal(true);
    expect(contentsOf(file).equals(LAST)).to.equal(true);
  });

  it("changes no byte of a clean region", async () => {
    const file = path("clean");
    open(file, { size: "64 KiB" }).close();
    expect((await saidOf(file, "recover", file)).verdict).to.equal("clean");
  });

  it("goes on before the damage if that is accepted, and is then clean", async () => {
    const file = writeImage(path("accepted"), damaged());
    expect(await said("recover", file, "--accept-damage")).to.include({ verdict: "damaged", commits: 1 });
    expect((await said("inspect", file)).verdict).to.equal("clean");
    expect(contentsOf(file).equals(STATES[1] as Buffer)).to.equal(true);
  });
});

describe("fams compact", function () {
  this.timeout(TIMEOUT);

  it("gives back the space of a journal that has grown, and changes nothing when called again", async () => {
    const fresh = path("fresh");
    open(fresh, { size: "4 MiB" }).close();
    const file = path("grown");
    const region = open(file, { size: "4 MiB" });
    const bytes = new Uint8Array(region.buffer);
    for (let round = 1; round <= 4; round++) {
      bytes.fill(round);
      region.msyncSync();
    }
    region.close();
    const { bytesBefore, bytesAfter } = await said("compact", file);
    expect(bytesBefore).to.be.greaterThan(bytesAfter);
    expect(bytesAfter).to.equal(statSync(fresh).size);
    expect(statSync(file).size).to.equal(bytesAfter);
    expect(await saidOf(file, "compact", file)).to.include({ bytesBefore: bytesAfter, bytesAfter });
    expect(contentsOf(file).equals(Buffer.alloc(2 ** 22, 4))).to.equal(true);
  });

  it("recovers first", async () => {
    const file = writeImage(path("compacted"), unclean());
    await said("compact", file);
    expect((await said("inspect", file)).verdict).to.equal("clean");
    expect(contentsOf(file).equals(LAST)).to.equal(true);
  });
});

describe("fams backup and restore", function () {
  this.timeout(TIMEOUT);

  it("write the last commit as the same region, closed, under another generation and salt", async () => {
    const file = writeImage(path("origin"), unclean());
    const copy = path("copy");
    await saidOf(file, "backup", file, copy);
    const [before, after] = [decode(readFileSync(file)), decode(readFileSync(copy))];
    expect(after.contents.equals(LAST)).to.equal(true);
    expect(after.copies.map((superblock) => superblock?.clean)).to.deep.equal([true, true]);
    expect(after.records).to.deep.equal([]);
    expect(after.chosen.uuid.equals(before.chosen.uuid)).to.equal(true);
    expect(after.chosen.salt).to.not.equal(before.chosen.salt);
    expect(after.chosen.generation).to.equal(before.chosen.generation + 1);
    expect(after.chosen.nextRecord).to.equal(1);
  });

  it("come back to the same contents, and the restored region goes on", async () => {
    const file = writeImage(path("circle"), unclean());
    const [backup, restored] = [path("circle.backup"), path("circle.restored")];
    await said("backup", file, backup);
    await saidOf(backup, "restore", backup, restored);
    using region = open(restored);
    expect(region.recovery.verdict).to.equal("clean");
    const bytes = new Uint8Array(region.buffer);
    expect(Buffer.from(bytes).equals(LAST)).to.equal(true);
    bytes[GRANULE - 1] = 7;
    region.msyncSync();
  });

  it("take the newest of lines that were committed again and again, in a journal of several segments", async () => {
    const file = path("busy");
    const region = open(file, { size: "2 MiB" });
    const words = new Uint32Array(region.buffer);
    for (let round = 1; round <= 40; round++) {
      for (let i = 0; i < words.length; i += 16 * (1 + (round % 5))) words[i] = round;
      region.msyncSync();
    }
    const crashed = writeImageOf(readFileSync(file), path("busy.crashed"));
    region.close();
    await said("backup", crashed, path("busy.backup"));
    expect(contentsOf(path("busy.backup")).equals(contentsOf(file))).to.equal(true);
  });

  it("replace a file only if they are told to, through a link too, and never half", async () => {
    const file = writeImage(path("new state"), unclean());
    const old = path("old state");
    open(old, { size: "64 KiB" }).close();
    linkSync(old, path("other name"));
    symlinkSync(old, path("link"));
    const before = readFileSync(old);
    expect((await fams(["restore", file, path("link")])).status).to.equal(1);
    await said("restore", file, path("link"), "--force");
    expect(contentsOf(old).equals(LAST)).to.equal(true);
    expect(readFileSync(path("other name")).equals(before), "the old file is untouched").to.equal(true);
  });

  it("refuse to put a file into its own place", async () => {
    const file = writeImage(path("own place"), unclean());
    symlinkSync(file, path("own link"));
    for (const command of ["backup", "restore"]) {
      const { status, json } = await fams([command, file, path("own link"), "--force", "--json"]);
      expect(status).to.equal(2);
      expect(json.error.message).to.include("are the same file");
    }
  });

  it("leave nothing behind where there is no space", async () => {
    const file = writeImage(path("no space"), unclean());
    for (const args of [
      ["backup", file, path("nothing")],
      ["restore", file, path("nothing")],
      ["create", path("nothing"), "--size", "64KiB"],
    ]) {
      const { status, json } = famsProcess([...args, "--json"], {
        env: { FAMS_NATIVE_BINDING: FAULTY, FAMS_FAULT: "allocate:1:ENOSPC" },
      });
      expect(status).to.equal(1);
      expect(json.error).to.include({ code: "ERR_FAMS_NO_SPACE", path: path("nothing") });
      expect(readdirSync(path(".")).filter((name) => /^(nothing|[.]fams)/.test(name))).to.deep.equal([]);
    }
  });

  it("replace what is no region if they are told to", async () => {
    const file = writeImage(path("sound state"), unclean());
    for (const command of ["backup", "restore"]) {
      writeFileSync(path("rubbish"), "rubbish");
      await said(command, file, path("rubbish"), "--force");
      expect(contentsOf(path("rubbish")).equals(LAST)).to.equal(true);
    }
  });
});

const writeImageOf = (bytes: Buffer, file: string): string => {
  writeFileSync(file, bytes);
  return file;
};
