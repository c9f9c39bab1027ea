/** commit-large.ts FILE: commits all of the region, takes that back, and commits one line; tells what came of both. */

import { codeOf, open } from "./files.ts";

const region = open(process.argv[2] as string);
const bytes = new Uint8Array(region.buffer);
bytes.fill(7);
const large = codeOf(() => region.msyncSync());
region.rollback();
bytes[64]++;
const small = codeOf(() => region.msyncSync());
region.close();
console.log(JSON.stringify({ large, small }));
