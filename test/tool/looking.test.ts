/** What inspect, verify and dump say is true, and they change no byte. */

import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { inspect } from "../../cli/src/tool/files.ts";
import { decode } from "../../native/test/decode.ts";
import { FAULTY, open, scratch, TIMEOUT } from "../../native/test/files.ts";
import { GRANULE } from "../../native/test/format.ts";
import { damaged, fams, famsProcess, STATES, said, saidOf, unclean, writeImage } from "./run-fams.ts";

const path = scratch("disk");
const LAST = STATES.at(-1) as Buffer;

describe("fams inspect", function () {
  this.timeout(TIMEOUT);

  it("shows superblocks, segments and records as they stand in the file", async () => {
    const image = unclean();
    const file = writeImage(path("inspected"), image);
    const seen = await saidOf(file, "inspect", file);
    const { records } = decode(image.bytes);
    expect(seen).to.include({
      path: file,
      verdict: "recoverable",
      fileBytes: image.bytes.length,
      locked: false,
    });
    expect(seen.copies.map((copy: { valid: boolean }) => copy.valid)).to.deep.equal([true, true]);
    expect(seen.superblock).to.include({
      uuid: image.superblock.uuid.toString("hex"),
      dataBytes: GRANULE,
      generation: 1,
    });
    expect(seen.superblock.segments).to.deep.equal(image.superblock.segments);
    expect(seen.plan).to.deep.equal({
      verdict: "recovered",
      commits: 3,
      lines: 11,
      end: records.at(-1) && seen.records[2].position + seen.records[2].bytes,
      nextRecord: 4,
      ending: "nothing",
    });
    expect(seen.records.map((record: object) => record)).to.deep.equal(
      records.map(({ header, offset, runs }) => ({
        type: "commit",
        sequence: header.sequence,
        position: header.position,
        offset,
        bytes: 64 + header.payloadBytes,
        durableThrough: header.durableThrough,
        runs: runs.length,
        lines: runs.reduce((sum, run) => sum + run.count, 0),
      })),
    );
  });

  it("shows as many of the newest records as are asked for", async () => {
    const file = writeImage(path("records"), unclean());
    const sequences = async (n: string) =>
      (await said("inspect", file, "--records", n)).records.map(
        (record: { sequence: number }) => record.sequence,
      );
    expect(await sequences("0")).to.deep.equal([]);
    expect(await sequences("2")).to.deep.equal([2, 3]);
    expect(await sequences("100")).to.deep.equal([1, 2, 3]);
  });

  it("says what is wrong with each superblock", async () => {
    const image = unclean();
    image.bytes.fill(0, 0, 4096);
    image.bytes.writeUInt8(0xee, 32 * 1024 + 200);
    const { status, stdout } = await fams(["inspect", writeImage(path("superblocks"), image)]);
    expect(status).to.equal(3);
    expect(stdout).to.include("superblock A  does not begin as a superblock does");
    expect(stdout).to.include("superblock B  does not match its checksum");
    expect(stdout).to.include("unreadable: both superblocks are broken [ERR_FAMS_SUPERBLOCK]");
  });

  it("says in words what a program would find", async () => {
    const words = async (image: ReturnType<typeof unclean>, name: string) =>
      (await fams(["inspect", writeImage(path(name), image)])).stdout;
    expect(await words(unclean(), "words 1")).to.include("recoverable: opening it, or fams recover,");
    expect(await words(damaged(), "words 2")).to.include(
      "damaged: the acknowledged commits from record 2 on are lost",
    );
  });
});

describe("fams inspect of a region that is being written to", function () {
  this.timeout(TIMEOUT);

  it("shows every commit that was made before it looked, or says that it cannot", async () => {
    const file = path("written to");
    using region = open(file, { size: "1 MiB", durability: "process", verify: false });
    const words = new Uint32Array(region.buffer);
    let round = 0;
    const commit = () => {
      round++;
      for (let i = 0; i < 500; i++) words[(i * 7919 * round) % words.length] = round;
      region.msyncSync();
    };
    let answers = 0;
    for (let look = 0; look < 500; look++) {
      const before = round;
      const looking = inspect(file, {});
      do {
        commit();
        await setImmediate();
      } while (!(await Promise.race([looking.then(() => true), setImmediate(false)])));
      const { problem, plan } = await looking;
      if (problem === undefined) {
        answers++;
        expect(plan?.nextRecord).to.be.greaterThan(before);
      } else {
        expect(problem.code).to.equal("ERR_FAMS_LOCKED");
      }
    }
    expect(answers).to.be.greaterThan(0);
    expect(region.stats().checkpoints).to.be.greaterThan(10);
  });
});

describe("fams verify", function () {
  this.timeout(TIMEOUT);

  it("names what has a checksum and what has none", async () => {
    const file = writeImage(path("verified"), unclean());
    const found = await saidOf(file, "verify", file);
    expect(found).to.include({ sound: true, verdict: "recoverable" });
    expect(found.checked).to.deep.equal([
      { what: "superblock A", found: "valid" },
      { what: "superblock B", found: "valid" },
      { what: "journal", found: "3 records valid" },
    ]);
    expect(found.unchecked[0].found).to.include("65536 bytes: all can be read");
  });

  it("finds one broken superblock, which costs nothing", async () => {
    const image = unclean();
    image.bytes.writeUInt8(0xee, 200);
    const found = await said("verify", writeImage(path("one broken"), image));
    expect(found.checked[0].found).to.equal("does not match its checksum");
    expect(found.sound).to.equal(true);
  });

  it("finds data that the medium does not give", async () => {
    const file = path("unreadable");
    open(file, { size: "3 MiB" }).close();
    // Reads 1 and 2 are the superblocks, 3 and 4 these again; then come the data, 1 MiB a read, and pages where that fails.
    const { status, json } = famsProcess(["verify", file, "--json"], {
      env: { FAMS_NATIVE_BINDING: FAULTY, FAMS_FAULT: "read:6+:EIO" },
    });
    expect(status).to.equal(3);
    expect(json.sound).to.equal(false);
    expect(json.unchecked[0].found).to.include(
      `${2 ** 21} cannot be read: ${2 ** 21} at byte ${GRANULE + 2 ** 20}`,
    );
  });
});

describe("fams dump", function () {
  this.timeout(TIMEOUT);
  let file: string;
  before(() => {
    file = writeImage(path("dumped"), unclean());
  });

  it("prints the last commit, which is still in the journal, and changes no byte", async () => {
    const { values } = await saidOf(file, "dump", file);
    expect(Buffer.from(values).equals(LAST)).to.equal(true);
  });

  it("prints a range in every type", async () => {
    const view = new DataView(LAST.buffer, LAST.byteOffset + 120, 80);
    const of = async (type: string) =>
      (await said("dump", file, "--offset", "120", "--length", "80", "--as", type)).values;
    const every = (bytes: number, get: (at: number) => number | bigint) =>
      Array.from({ length: 80 / bytes }, (_, i) => get(i * bytes));
    expect(await of("i8")).to.deep.equal(every(1, (at) => view.getInt8(at)));
    expect(await of("u16")).to.deep.equal(every(2, (at) => view.getUint16(at, true)));
    expect(await of("i32")).to.deep.equal(every(4, (at) => view.getInt32(at, true)));
    expect(await of("u64")).to.deep.equal(every(8, (at) => view.getBigUint64(at, true)).map(String));
    expect(await of("f32")).to.deep.equal(every(4, (at) => view.getFloat32(at, true)));
    expect(await of("f64")).to.deep.equal(every(8, (at) => view.getFloat64(at, true)));
  });

  it("prints numbers that JSON does not have as strings", async () => {
    const odd = path("odd numbers");
    const region = open(odd, { size: "64 KiB" });
    new Float64Array(region.buffer).set([Number.NaN, Number.POSITIVE_INFINITY, -0, 0.1]);
    region.msyncSync();
    region.close();
    expect((await said("dump", odd, "--length", "32", "--as", "f64")).values).to.deep.equal([
      "NaN",
      "Infinity",
      0,
      0.1,
    ]);
    expect((await fams(["dump", odd, "--length", "32", "--as", "f64"])).stdout).to.equal(
      "00000000  NaN\n00000008  Infinity\n00000010  -0\n00000018  0.1\n",
    );
  });

  it("prints hexadecimal with repeated rows left out, also across what it reads at a time", async () => {
    const long = path("long");
    const region = open(long, { size: "192 KiB" });
    new Uint8Array(region.buffer).set([0x66, 0x61, 0x6d, 0x73], 131_080);
    region.msyncSync();
    region.close();
    expect((await fams(["dump", long])).stdout).to.equal(
      [
        `00000000  ${"00 ".repeat(16)} |${".".repeat(16)}|`,
        "*",
        `00020000  ${"00 ".repeat(8)}66 61 6d 73 00 00 00 00  |........fams....|`,
        `00020010  ${"00 ".repeat(16)} |${".".repeat(16)}|`,
        "*",
        "00030000",
        "",
      ].join("\n"),
    );
  });

  it("prints the bytes themselves", async () => {
    const { stdout } = await fams(["dump", file, "--as", "raw", "--offset", "0x40", "--length", "3"]);
    expect(Buffer.from(stdout, "latin1").equals(LAST.subarray(64, 67))).to.equal(true);
  });

  it("prints what can be read of a damaged region if that is accepted", async () => {
    const broken = writeImage(path("dumped damaged"), damaged());
    const { values } = await saidOf(broken, "dump", broken, "--accept-damage");
    expect(Buffer.from(values).equals(STATES[1] as Buffer)).to.equal(true);
  });
});
