/** Opens the storage of argument 2 in a file of argument 1 and runs out of space, by a limit on the length of files. */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { codeOf } from "./files.ts";
import { GRANULE } from "./format.ts";
import { native } from "./storages.ts";

const [file = "", options = "{}"] = process.argv.slice(2);
// The signal that comes with the error would end the process.
process.on("SIGXFSZ", () => {});
const content = Buffer.alloc(2 * GRANULE, 7);
writeFileSync(file, content);
const storage = new native.Storage(file, JSON.parse(options));
const { status } = spawnSync("prlimit", ["--pid", String(process.pid), `--fsize=${3 * GRANULE}`]);
if (status !== 0) throw new Error("prlimit failed");
const result = {
  allocate: codeOf(() => storage.allocate(2 * GRANULE, 2 * GRANULE)),
  prepareJournal: codeOf(() => storage.prepareJournal(2 * GRANULE, 2 * GRANULE)),
  unchanged: readFileSync(file)
    .subarray(0, 2 * GRANULE)
    .equals(content),
  writes: codeOf(() => storage.writeDurable("journal", 0, content)),
};
console.log(JSON.stringify(result));
