/** `node --import @fams/cli/register script`: the hooks of fams-run without its command line. */

import { isMainThread } from "node:worker_threads";
import { install } from "./install.cjs";
import { fromEnvironment, fromQuery } from "./options.cjs";

const { search, searchParams } = new URL(import.meta.url);
const script = isMainThread ? process.argv[1] : undefined;
install(search === "" ? fromEnvironment() : fromQuery(searchParams), script ?? process.cwd());
