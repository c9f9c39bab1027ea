/** commit-shape.ts FILE SHAPE: makes the commits of a shape by plain stores, and is killed with the region open. */

import { open } from "./files.ts";
import { SHAPES, type Shape } from "./shapes.ts";

const [, , file, name] = process.argv as [string, string, string, string];
const { dataBytes, durability, commits } = SHAPES[name] as Shape;
const region = open(file, { size: dataBytes, durability });
const words = new Uint32Array(region.buffer);
for (const [i, commit] of commits.entries()) {
  if (commit === "flush") {
    region.flushSync();
    continue;
  }
  for (const line of commit)
    for (let word = 0; word < 16; word++) words[line * 16 + word] = i + 1 + (word << 16);
  region.msyncSync();
}
process.kill(process.pid, "SIGKILL");
