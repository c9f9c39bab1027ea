/** resident-slow.ts FILE: walks through a region larger than its maxResident and looks at every page after each commit. */

import { open } from "./files.ts";

const [file = ""] = process.argv.slice(2);
const region = open(file, { size: "4 MiB", maxResident: "1 MiB", maxJournal: "4 MiB", verify: false });
const words = new Uint32Array(region.buffer);
const PAGE = 1024;
const model = new Uint32Array(words.length / PAGE);
let wrong = 0;
for (let round = 1; round <= 60; round++) {
  for (let i = 0; i < 40; i++) {
    const page = (round * 40 + i) % model.length;
    words[page * PAGE] = model[page] = round;
  }
  await region.msync();
  for (const [page, value] of model.entries()) if (words[page * PAGE] !== value) wrong++;
}
console.log(JSON.stringify({ wrong, given: region.stats().pagesGivenBack > 100 }));
region.close();
