/** Every command on files in every state: a code, an exit code, something to do next, and no byte changed. */

import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect } from "chai";
import { open, scratch, TIMEOUT } from "../../native/test/files.ts";
import type { Superblock } from "../../native/test/format.ts";
import { damaged, fams, famsProcess, filesIn, unclean, writeImage } from "./run-fams.ts";

const path = scratch("memory");

interface State {
  make(file: string): void;
  code: string;
  exit: number;
  /** Commands that can do their work all the same, and their exit code. */
  but?: Record<string, number>;
}

const withSuperblocks = (changes: Partial<Superblock>) => (file: string) => {
  const image = unclean();
  for (const copy of [0, 1]) image.putSuperblock(copy, changes);
  writeImage(file, image);
};

const STATES: Record<string, State> = {
  "is missing": { make: () => {}, code: "ERR_FAMS_NOT_FOUND", exit: 1 },
  "is in no directory": { make: () => {}, code: "ERR_FAMS_NO_DIRECTORY", exit: 1 },
  "is a directory": { make: (file) => mkdirSync(file), code: "ERR_FAMS_NOT_A_FILE", exit: 1 },
  "is a link to nothing": {
    make: (file) => symlinkSync("nothing", file),
    code: "ERR_FAMS_SYMLINK",
    exit: 1,
  },
  "is empty": { make: (file) => writeFileSync(file, ""), code: "ERR_FAMS_NOT_A_REGION", exit: 5 },
  "is foreign": {
    make: (file) => writeFileSync(file, "SQLite format 3\0".repeat(8192)),
    code: "ERR_FAMS_NOT_A_REGION",
    exit: 5,
  },
  "is of a later version": { make: withSuperblocks({ version: 2 }), code: "ERR_FAMS_VERSION", exit: 5 },
  "is of another byte order": {
    make: withSuperblocks({ version: 1 << 24, byteOrder: 0x04030201 }),
    code: "ERR_FAMS_BYTE_ORDER",
    exit: 5,
  },
  "needs a feature that is not known": {
    make: withSuperblocks({ requiredFeatures: 4n }),
    code: "ERR_FAMS_FEATURE",
    exit: 5,
  },
  "has two broken superblocks": {
    make: (file) => {
      const image = unclean();
      for (const at of [100, 32 * 1024 + 100]) image.bytes.writeUInt8(0xee, at);
      writeImage(file, image);
    },
    code: "ERR_FAMS_SUPERBLOCK",
    exit: 3,
  },
  "is cut short": {
    make: (file) => writeFileSync(file, unclean().bytes.subarray(0, 140_000)),
    code: "ERR_FAMS_TRUNCATED",
    exit: 3,
  },
  "lost an acknowledged commit": {
    make: (file) => writeImage(file, damaged()),
    code: "ERR_FAMS_DAMAGED",
    exit: 3,
    but: { inspect: 3, verify: 3 },
  },
};

/** The command lines that read `file`. */
const commandsOn = (file: string): string[][] => [
  ["inspect", file],
  ["verify", file],
  ["dump", file],
  ["recover", file],
  ["compact", file],
  ["backup", file, `${file}.out`],
  ["restore", file, `${file}.out`],
];

let folders = 0;

/** A file of its own folder in the given state. */
function fileIn(make: (file: string) => void, inFolder = true): string {
  const file = path(`${folders++}/region`);
  if (inFolder) mkdirSync(dirname(file));
  make(file);
  return file;
}

describe("every command on a file that", function () {
  this.timeout(TIMEOUT);

  for (const [name, { make, code, exit, but = {} }] of Object.entries(STATES))
    it(name, async () => {
      const file = fileIn(make, code !== "ERR_FAMS_NO_DIRECTORY");
      const before = code === "ERR_FAMS_NO_DIRECTORY" ? undefined : filesIn(dirname(file));
      for (const command of commandsOn(file)) {
        const [verb = ""] = command;
        const { status, json } = await fams([...command, "--json"]);
        // What inspect finds wrong is its result.
        const problem = json.error ?? (json.problem && { ...json.problem, path: json.path, message: "." });
        if (verb in but) {
          expect(status, verb).to.equal(but[verb]);
          expect(json.verdict).to.equal("damaged");
        } else {
          expect(problem, verb).to.deep.include({ code, path: file });
          expect(problem.message, verb).to.match(/\.$/);
          expect(status, verb).to.equal(exit);
        }
      }
      if (before !== undefined) expect(filesIn(dirname(file))).to.deep.equal(before);
    });

  it("is open elsewhere: refused, but for inspect", async () => {
    const file = fileIn(() => {});
    using region = open(file, { size: "64 KiB" });
    new Uint8Array(region.buffer)[100] = 1;
    region.msyncSync();
    const before = filesIn(dirname(file));
    for (const command of commandsOn(file)) {
      const { status, json } = await fams([...command, "--json"]);
      if (command[0] === "inspect") {
        expect(json).to.include({ verdict: "open", locked: true });
        expect(json.plan).to.include({ commits: 1, lines: 1 });
        expect(status).to.equal(0);
      } else {
        expect(json.error, command[0]).to.include({ code: "ERR_FAMS_LOCKED", path: file });
        expect(status).to.equal(4);
      }
    }
    expect(filesIn(dirname(file))).to.deep.equal(before);
  });

  it("is open elsewhere: not replaced by restore", async () => {
    const backup = fileIn((file) => writeImage(file, unclean()));
    const file = fileIn(() => {});
    using _region = open(file, { size: "64 KiB" });
    const before = filesIn(dirname(file));
    const { status, json } = await fams(["restore", backup, file, "--force", "--json"]);
    expect(json.error).to.include({ code: "ERR_FAMS_LOCKED", path: file });
    expect(status).to.equal(4);
    expect(filesIn(dirname(file))).to.deep.equal(before);
  });

  it("the user may not read", function () {
    if (process.getuid?.() !== 0) this.skip();
    const nobody = 65534;
    // A checkout that others may not read cannot run for them.
    if (famsProcess(["--version"], { uid: nobody }).status !== 0) this.skip();
    const file = fileIn((made) => writeImage(made, unclean()));
    // The test's folder is closed to others: nobody is to come as far as the file.
    chmodSync(path("."), 0o711);
    chmodSync(file, 0o600);
    const before = filesIn(dirname(file));
    for (const command of commandsOn(file)) {
      const { status, json } = famsProcess([...command, "--json"], { uid: nobody });
      expect(json.error, command[0]).to.deep.include({ code: "ERR_FAMS_PERMISSION", path: file });
      expect(status).to.equal(1);
    }
    expect([...filesIn(dirname(file)).keys()]).to.deep.equal([basename(file)]);
    expect(filesIn(dirname(file))).to.deep.equal(before);
  });
});

describe("every command that writes a new file", function () {
  this.timeout(TIMEOUT);

  const intoFile = (source: string, file: string): string[][] => [
    ["create", file, "--size", "64KiB"],
    ["backup", source, file],
    ["restore", source, file],
  ];

  it("leaves a file that is there already alone", async () => {
    const source = fileIn((file) => writeImage(file, unclean()));
    const file = fileIn((made) => writeFileSync(made, "mine"));
    for (const command of intoFile(source, file)) {
      const { status, json } = await fams([...command, "--json"]);
      expect(json.error, command[0]).to.deep.include({ code: "ERR_FAMS_EXISTS", path: file });
      expect(status).to.equal(1);
    }
    expect(filesIn(dirname(file))).to.deep.equal(new Map([["region", Buffer.from("mine")]]));
  });

  for (const [what, code, place] of [
    ["a directory that does not exist", "ERR_FAMS_NO_DIRECTORY", (folder: string) => `${folder}/no/region`],
    ["a file", "ERR_FAMS_NO_DIRECTORY", (folder: string) => `${folder}/file/region`],
    ["the place of a directory", "ERR_FAMS_NOT_A_FILE", (folder: string) => `${folder}/folder`],
    ["the place of a link to nothing", "ERR_FAMS_SYMLINK", (folder: string) => `${folder}/link`],
  ] as const)
    it(`writes nothing into ${what}`, async () => {
      const source = fileIn((file) => writeImage(file, unclean()));
      const folder = dirname(fileIn((file) => mkdirSync(`${dirname(file)}/folder`)));
      symlinkSync("nothing", `${folder}/link`);
      writeFileSync(`${folder}/file`, "");
      const before = filesIn(folder);
      const file = place(folder);
      for (const command of intoFile(source, file)) {
        if (command[0] === "create" && code !== "ERR_FAMS_NO_DIRECTORY") continue;
        for (const force of command[0] === "create" ? [[]] : [[], ["--force"]]) {
          const { status, json } = await fams([...command, ...force, "--json"]);
          expect(json.error, command.join(" ")).to.deep.include({ code, path: file });
          expect(status).to.equal(1);
        }
      }
      expect(filesIn(folder)).to.deep.equal(before);
    });
});
