/** Reads a page of the working copy of argument 1 that is gone, once a guard stands somewhere. */

import { truncateSync } from "node:fs";
import { GRANULE } from "./format.ts";
import { native } from "./storages.ts";

const storage = new native.Storage(process.argv[2] ?? "", { storage: "dax" });
const working = new Uint8Array(storage.mapPrivate(0, 2 * GRANULE));
truncateSync(process.argv[2] ?? "", 0);
try {
  storage.read(0, 64);
} catch (error) {
  console.log((error as { code: string }).code);
}
console.log(working[0]);
