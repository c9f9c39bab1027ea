/**
 * async-endless.ts FILE OPTIONS SEED: commits to the region in every way, for ever, and keeps in FILE.acknowledged the number of the last commit
 * that was acknowledged. Goes on from the number that stands there.
 */

import { existsSync, openSync, readFileSync, writeSync } from "node:fs";
import { Commits, Program } from "./commits.ts";
import { open } from "./files.ts";

const [file = "", options = "{}", seed = "0"] = process.argv.slice(2);
const noted = `${file}.acknowledged`;
const from = existsSync(noted) ? readFileSync(noted).readUInt32LE() : 0;
const notes = openSync(noted, from > 0 ? "r+" : "w");
const note = Buffer.alloc(4);

const region = open(file, { ...JSON.parse(options), verify: false });
const commits = new Commits(Number(seed), region.size);
const found = commits.find(new Uint32Array(region.buffer), from);
if (found === "a mixture") throw new Error(`the region is a mixture behind commit ${from}`);
const program = new Program(region, commits, Number(seed) + found, (number) => {
  note.writeUInt32LE(number);
  writeSync(notes, note, 0, 4, 0);
});
console.log("running");
for (;;) {
  await program.step();
  if (program.failures.length > 0) throw program.failures[0];
}
