/** The command line of fams: help, mistakes, and creating a region. */

import { statSync } from "node:fs";
import { expect } from "chai";
import { contentsOf, scratch, TIMEOUT } from "../../native/test/files.ts";
import { GRANULE } from "../../native/test/format.ts";
import { fams, famsProcess, said, unclean, writeImage } from "./run-fams.ts";

const path = scratch("disk");

describe("the command line of fams", function () {
  this.timeout(TIMEOUT);

  const COMMANDS = ["create", "inspect", "verify", "dump", "recover", "compact", "backup", "restore"];

  it("lists every command, and the exit codes", async () => {
    const { status, stdout } = famsProcess(["--help"]);
    expect(status).to.equal(0);
    for (const command of COMMANDS) expect(stdout).to.include(`fams ${command} `);
    expect(stdout).to.include("Exit codes: 0 done;");
  });

  it("explains every command with examples", async () => {
    for (const command of COMMANDS) {
      const { status, stdout } = famsProcess([command, "--help"]);
      expect(status).to.equal(0);
      expect(stdout, command)
        .to.include("--json")
        .and.match(/Examples:\n +fams /);
    }
  });

  it("answers a wrong one with exit code 2, and does nothing", async () => {
    const file = path("wrong");
    for (const [args, message] of [
      [[], "No command given"],
      [["frobnicate"], "Unknown argument: frobnicate"],
      [["create", file], "Missing required argument: size"],
      [["create", file, "--size", "big"], '"big" is not a size'],
      [["create", file, "--size", "5 GiB"], "is not a size"],
      [["inspect"], "Not enough non-option arguments"],
      [["inspect", file, "--loud"], "Unknown argument: loud"],
      [["dump", writeImage(path("sound"), unclean()), "--as", "utf8"], "Invalid values"],
      [["dump", path("sound"), "--offset", "1 parsec"], "is not a number of bytes"],
      [["dump", path("sound"), "--offset", "64KiB", "--length", "1"], "The region has 65536 bytes"],
      [["dump", path("sound"), "--length", "7", "--as", "f64"], "no multiple of the 8 bytes of f64"],
      [["dump", path("sound"), "--as", "raw", "--json"], "cannot be printed as JSON"],
    ] as const) {
      const plain = await fams(args);
      expect(plain.status, args.join(" ")).to.equal(2);
      if (!args.some((arg) => arg === "--json")) expect(plain.stderr).to.include(message);
      const { status, json } = await fams([...args, "--json"]);
      expect(status).to.equal(2);
      expect(json.error.message).to.include(message);
    }
    expect(statSync(file, { throwIfNoEntry: false })).to.equal(undefined);
  });
});

describe("fams create", function () {
  this.timeout(TIMEOUT);

  it("makes a region of the size that is asked for", async () => {
    const file = path("created");
    expect(await said("create", file, "--size", "100 KiB")).to.deep.equal({ path: file, bytes: 2 * GRANULE });
    expect(contentsOf(file).equals(Buffer.alloc(2 * GRANULE))).to.equal(true);
  });
});
