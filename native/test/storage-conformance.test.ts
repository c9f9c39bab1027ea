/** What storage.h promises, held against every storage. */

import { readFileSync, renameSync, statSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { expect } from "chai";
import { codeOf, run, scratch, TIMEOUT } from "./files.ts";
import { GRANULE } from "./format.ts";
import { makeRandom } from "./random.ts";
import { native, ROWS, type Storage, type Stream } from "./storages.ts";

const PAGE = 4096;
const SIZE = 4 * GRANULE;
const random = makeRandom();

const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => random(256)));

for (const row of ROWS) {
  const path = scratch(row.where);
  let files = 0;
  const fresh = (): string => path(`file-${files++}`);

  /** A file of `SIZE` zeros. */
  function make(): { file: string; storage: Storage } {
    const file = fresh();
    writeFileSync(file, Buffer.alloc(SIZE));
    return { file, storage: new native.Storage(file, row.options) };
  }

  describe(`${row.name} (seed ${random.seed})`, function () {
    this.timeout(TIMEOUT);

    it("says what it is", () => {
      const { storage } = make();
      const memory = row.kind !== "file";
      expect(storage.describe()).to.deep.equal({
        kind: row.kind,
        writeUnit: memory ? 64 : PAGE,
        isMemory: memory && row.options.persistence !== "msync",
      });
      storage.close();
    });

    it("reads what was written, through either stream, durably or not, and so does everyone else", () => {
      const { file, storage } = make();
      storage.prepareJournal(GRANULE, GRANULE);
      const model = Buffer.alloc(SIZE);
      for (let i = 0; i < 300; i++) {
        const length = [1, 7, 64, 100, 512, PAGE, 3 * PAGE, GRANULE][random(8)] as number;
        const unit = [1, 8, 64, PAGE][random(4)] as number;
        const offset = Math.floor(random(SIZE - length) / unit) * unit;
        const content = bytes(length);
        const stream: Stream = random(2) === 0 ? "journal" : "data";
        if (random(4) === 0) storage.writeDurable(stream, offset, content);
        else storage.write(stream, offset, content);
        content.copy(model, offset);
        const from = Math.max(0, offset - 100);
        const around = Math.min(SIZE, offset + length + 100) - from;
        expect(model.subarray(from, from + around).equals(storage.read(from, around))).to.equal(true);
        if (random(20) === 0) storage.flushAll(stream);
        if (random(20) === 0) storage.writeBack(0, SIZE);
      }
      expect(readFileSync(file).equals(model), "through another descriptor").to.equal(true);
      storage.flushAll("journal");
      storage.flushAll("data");
      storage.close();
      expect(readFileSync(file).equals(model), "after closing").to.equal(true);
    });

    it("has flushed bytes on the medium, wherever there is a way to see that", () => {
      const { storage } = make();
      const unaligned = bytes(300);
      storage.write("journal", 1000, unaligned);
      storage.flushAll("journal");
      const durable = bytes(PAGE);
      storage.writeDurable("data", 3 * PAGE, durable);
      const seen = codeOf(() => storage.readMedium(1000, 300));
      if (seen === "none") {
        expect(unaligned.equals(storage.readMedium(1000, 300))).to.equal(true);
        expect(durable.equals(storage.readMedium(3 * PAGE, PAGE))).to.equal(true);
      } else {
        expect([row.kind, seen]).to.deep.equal(["file", "ERR_FAMS_UNSUPPORTED"]);
      }
      storage.close();
    });

    it("shows writes in a shared mapping, and in the untouched pages of a private one", () => {
      const { storage } = make();
      const shared = new Uint8Array(storage.mapShared(GRANULE, 2 * GRANULE));
      const own = new Uint8Array(storage.mapPrivate(GRANULE, 2 * GRANULE));
      own[PAGE] = 7;
      for (const [page, stream] of [
        [0, "data"],
        [1, "data"],
        [2, "journal"],
      ] as const) {
        if (stream === "journal") storage.prepareJournal(GRANULE, GRANULE);
        storage.write(stream, GRANULE + page * PAGE + 1, Uint8Array.of(page + 1));
      }
      expect([0, 1, 2].map((page) => shared[page * PAGE + 1])).to.deep.equal([1, 2, 3]);
      expect([0, 1, 2].map((page) => own[page * PAGE + 1])).to.deep.equal([1, 0, 3]);
      expect(storage.read(GRANULE + PAGE, 1)[0], "private stores stay private").to.equal(0);
      storage.close();
      expect(shared[1], "mappings outlive the storage").to.equal(1);
    });

    it("grows by allocating, moves nothing that is mapped, and keeps what is there", () => {
      const { file, storage } = make();
      const content = bytes(SIZE);
      storage.write("data", 0, content);
      const shared = new Uint8Array(storage.mapShared(0, SIZE));
      for (let end = SIZE; end < SIZE + 6 * GRANULE; end += 2 * GRANULE) {
        storage.allocate(end, 2 * GRANULE);
        expect([storage.size(), statSync(file).size]).to.deep.equal([end + 2 * GRANULE, end + 2 * GRANULE]);
        expect(storage.read(end, 2 * GRANULE).every((byte) => byte === 0)).to.equal(true);
        storage.write("journal", end + GRANULE - 10, bytes(20));
      }
      storage.allocate(GRANULE, GRANULE);
      expect(content.equals(storage.read(0, SIZE))).to.equal(true);
      expect(content.equals(shared)).to.equal(true);
      storage.flushAll("journal");
      storage.checkAlive();
      storage.close();
    });

    it("cuts its end off, and starts over there with zeros", () => {
      const { file, storage } = make();
      storage.allocate(SIZE, 2 * GRANULE);
      storage.prepareJournal(SIZE, 2 * GRANULE);
      for (let i = 0; i < 3; i++) {
        storage.write("journal", SIZE + 100, bytes(100));
        storage.forgetJournal(SIZE, 2 * GRANULE);
        storage.truncate(SIZE);
        expect([storage.size(), statSync(file).size]).to.deep.equal([SIZE, SIZE]);
        expect(codeOf(() => storage.read(SIZE, 1))).to.equal("ERR_FAMS_TRUNCATED");
        storage.checkAlive();
        storage.prepareJournal(SIZE, 2 * GRANULE);
        expect(storage.read(SIZE, 2 * GRANULE).every((byte) => byte === 0)).to.equal(true);
      }
      storage.close();
    });

    it("allocates what it prepares for the journal, holes too", () => {
      const { file, storage } = make();
      truncateSync(file, SIZE + 4 * GRANULE);
      storage.prepareJournal(SIZE, 4 * GRANULE);
      expect(statSync(file).blocks * 512).to.be.at.least(4 * GRANULE);
      expect(storage.size()).to.equal(SIZE + 4 * GRANULE);
      storage.close();
    });

    it("writes the same across the edges of prepared parts, and after they are forgotten", () => {
      const { file, storage } = make();
      const model = Buffer.alloc(SIZE);
      storage.prepareJournal(GRANULE, GRANULE);
      storage.prepareJournal(3 * GRANULE, GRANULE);
      const write = (offset: number, length: number) => {
        const content = bytes(length);
        storage.write("journal", offset, content);
        content.copy(model, offset);
      };
      for (const edge of [1, 2, 3]) write(edge * GRANULE - 32, 64);
      storage.forgetJournal(GRANULE, GRANULE);
      write(GRANULE + 5, 64);
      storage.prepareJournal(GRANULE, GRANULE);
      storage.prepareJournal(GRANULE, GRANULE);
      write(GRANULE + 500, 64);
      write(4 * GRANULE - 64, 64);
      expect(model.equals(storage.read(0, SIZE))).to.equal(true);
      storage.close();
      expect(readFileSync(file).equals(model)).to.equal(true);
    });

    it("tells a name or an end that was lost, and takes a new name for the old file", () => {
      const { file, storage } = make();
      renameSync(file, `${file}-renamed`);
      storage.checkAlive();
      storage.writeDurable("journal", 0, bytes(64));
      truncateSync(`${file}-renamed`, PAGE);
      expect(codeOf(() => storage.checkAlive())).to.equal("ERR_FAMS_TRUNCATED");
      unlinkSync(`${file}-renamed`);
      expect(codeOf(() => storage.checkAlive())).to.equal("ERR_FAMS_FILE_GONE");
      storage.close();
    });

    it("fails, and the process lives, where the file was cut short behind its back", () => {
      const { file, storage } = make();
      storage.prepareJournal(2 * GRANULE, 2 * GRANULE);
      truncateSync(file, GRANULE);
      expect(codeOf(() => storage.read(3 * GRANULE, 64))).to.be.oneOf(["ERR_FAMS_TRUNCATED", "ERR_FAMS_IO"]);
      for (let i = 0; i < 3; i++)
        expect(codeOf(() => storage.write("journal", 3 * GRANULE, bytes(64)))).to.equal("ERR_FAMS_IO");
      storage.write("journal", 0, bytes(64));
      storage.close();
    });

    it("is busy on three threads at once without harm", () => {
      const { storage } = make();
      expect(storage.race(200)).to.equal("");
      storage.close();
    });

    it("says that there is no space before anything is written", () => {
      const { status, stderr, stdout } = run("no-space.ts", [fresh(), JSON.stringify(row.options)]);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
      expect(JSON.parse(stdout)).to.deep.equal({
        allocate: "ERR_FAMS_NO_SPACE",
        prepareJournal: "ERR_FAMS_NO_SPACE",
        unchanged: true,
        writes: "none",
      });
    });

    for (const durable of [false, true]) {
      const memory = row.kind !== "file";
      const none = row.options.persistence !== "msync" && (memory || !durable);
      it(`makes ${none ? "no" : "a"} system call for a small ${durable ? "durable" : "prepared"} write`, () => {
        const file = fresh();
        writeFileSync(file, Buffer.alloc(SIZE));
        const { signal, stdout } = run("no-system-calls.ts", [
          file,
          JSON.stringify(row.options),
          durable ? "durable" : "not",
        ]);
        expect({ signal, stdout }).to.deep.equal(
          none ? { signal: null, stdout: "\n" } : { signal: "SIGSYS", stdout: "" },
        );
        if (none)
          expect(readFileSync(file).subarray(63, 129)).to.deep.equal(
            Buffer.from([0, ...Array(64).fill(5), 0]),
          );
      });
    }

    if (row.options.persistence !== undefined) return;

    it("creates a file all at once, and none where there is one", () => {
      const file = fresh();
      const storage = new native.Storage(file, { ...row.options, create: SIZE });
      expect(storage.describe().kind).to.equal(row.kind);
      expect(readFileSync(file).equals(Buffer.alloc(SIZE))).to.equal(true);
      expect(codeOf(() => new native.Storage(file, { ...row.options, create: SIZE }))).to.equal(
        "ERR_FAMS_LOCKED",
      );
      storage.close();
    });

    it("reads for several, and then writes nothing", () => {
      const { file, storage } = make();
      storage.close();
      const readers = [1, 2].map(() => new native.Storage(file, { ...row.options, readOnly: true }));
      for (const reader of readers) {
        expect(reader.read(SIZE - 1, 1)[0]).to.equal(0);
        expect(codeOf(() => reader.write("journal", 0, bytes(1)))).to.be.oneOf([
          "ERR_FAMS_READ_ONLY",
          "ERR_FAMS_IO",
        ]);
        reader.close();
      }
    });
  });
}
