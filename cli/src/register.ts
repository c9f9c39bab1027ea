/** `node --import @fams/cli/register script`: the hooks of fams-run without its command line. */

import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";

// An import of CommonJS would first look for the names in its text.
const require = createRequire(import.meta.url);
const { install } = require("./install.cjs") as typeof import("./install.cjs");
const { fromEnvironment, fromQuery } = require("./options.cjs") as typeof import("./options.cjs");

const { search, searchParams } = new URL(import.meta.url);
const script = isMainThread ? process.argv[1] : undefined;
install(search === "" ? fromEnvironment() : fromQuery(searchParams), script ?? process.cwd());
