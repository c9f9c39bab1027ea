/** Opens the storage of argument 2 in the file of argument 1, prepares it, and writes as argument 3 says on a thread that may make no system call. */

import { GRANULE } from "./format.ts";
import { native } from "./storages.ts";

const [file = "", options = "{}", durable = ""] = process.argv.slice(2);
const storage = new native.Storage(file, JSON.parse(options));
storage.prepareJournal(0, GRANULE);
console.log(storage.writeWithoutSystemCalls(durable === "durable"));
