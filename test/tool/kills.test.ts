/**
 * The commands that write, killed or failing at each call of the storage: the region is at its last commit, and a new file is there as a
 * whole or not at all.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { expect } from "chai";
import { decode } from "../../native/test/decode.ts";
import { bytesOf, contentsOf, FAULTY, open, scratch, TIMEOUT } from "../../native/test/files.ts";
import { GRANULE } from "../../native/test/format.ts";
import { famsProcess, STATES, unclean, writeImage } from "./run-fams.ts";

const path = scratch("memory");
const LAST = STATES.at(-1) as Buffer;
const COMPACT = 2 * GRANULE + 2 ** 20;
const OLD = Buffer.alloc(65_536, 5);

interface Files {
  folder: string;
  region: string;
  target: string;
}

/** A folder with an unclean region and, for those that replace one, a file to be replaced. */
function prepare(replaces: boolean): Files {
  const folder = path("folder");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  // The journal is longer than a new region's: compact has something to cut off.
  const image = unclean({ segments: [{ bytes: 2 ** 20 }, { bytes: 2 ** 20 }] });
  const files = { folder, region: writeImage(`${folder}/region`, image), target: `${folder}/target` };
  if (!replaces) return files;
  const region = open(files.target, { size: OLD.length });
  new Uint8Array(region.buffer).set(OLD);
  region.msyncSync();
  region.close();
  return files;
}

const COMMANDS: Record<string, { replaces: boolean; args(files: Files): string[] }> = {
  recover: { replaces: false, args: ({ region }) => ["recover", region] },
  compact: { replaces: false, args: ({ region }) => ["compact", region] },
  backup: { replaces: false, args: ({ region, target }) => ["backup", region, target] },
  restore: { replaces: false, args: ({ region, target }) => ["restore", region, target] },
  "restore --force": {
    replaces: true,
    args: ({ region, target }) => ["restore", region, target, "--force"],
  },
};

/** Looks at what is left. */
function check({ folder, region, target }: Files, replaces: boolean, what: string): void {
  const temporary = readdirSync(folder).filter((name) => name !== "region" && name !== "target");
  for (const name of temporary) {
    expect(replaces && name.endsWith(".tmp"), `${what}: ${name}`).to.equal(true);
    expect(decode(readFileSync(`${folder}/${name}`)).contents.equals(LAST), `${what}: ${name}`).to.equal(
      true,
    );
  }
  expect(replaces && !existsSync(target), `${what}: the old file is gone`).to.equal(false);
  if (existsSync(target)) {
    using found = open(target);
    expect(found.recovery.verdict, what).to.equal("clean");
    const bytes = bytesOf(found);
    expect(bytes.equals(LAST) || (replaces && bytes.equals(OLD)), what).to.equal(true);
  }
  expect(contentsOf(region).equals(LAST), what).to.equal(true);
}

describe("at each call of the storage", function () {
  this.timeout(TIMEOUT);

  for (const [name, { replaces, args }] of Object.entries(COMMANDS))
    for (const fault of ["kill-before", "EIO"])
      it(`fams ${name} under ${fault} leaves everything whole`, () => {
        let hits = 0;
        for (let call = 1; ; call++) {
          const files = prepare(replaces);
          const { status, stdout, stderr } = famsProcess([...args(files), "--json"], {
            env: { FAMS_NATIVE_BINDING: FAULTY, FAMS_FAULT: `any:${call}:${fault}` },
          });
          const what = `call ${call}: ${stdout}${stderr}`;
          if (status === 0 && name === "compact") expect(statSync(files.region).size).to.equal(COMPACT);
          check(files, replaces, what);
          if (status === 0) break;
          expect(status, what).to.equal(fault === "EIO" ? 1 : "SIGKILL");
          if (fault === "EIO") expect(JSON.parse(stdout).error.code, what).to.equal("ERR_FAMS_IO");
          hits++;
        }
        expect(hits).to.be.greaterThan(5);
      });
});
