/** quiet-commits.ts FILE STORAGE DURABILITY COMMITS: as many commits on a thread that may make no system call. */

import { native } from "./storages.ts";

const [file = "", storage = "", durability = "", commits = ""] = process.argv.slice(2);
console.log(native.commitQuietly(file, storage, durability === "power", Number(commits)));
