/** `node --import @fams/cli/register script`: the hooks of fams-run without its command line. */

import { isMainThread } from "node:worker_threads";
import { install } from "./install.cjs";
import { fromQuery } from "./options.cjs";

const script = isMainThread ? process.argv[1] : undefined;
install(fromQuery(new URL(import.meta.url).searchParams), script ?? process.cwd());
