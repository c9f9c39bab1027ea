/** hold.ts FILE [MODE]: opens the region, says what came of it, and does what each line of its input asks for. */

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Region } from "fams";
import { codeOf, open } from "./files.ts";

const [, , file, mode] = process.argv as [string, string, string, string | undefined];
let region: Region | undefined;
const say = (what: string) => process.stdout.write(`${what}\n`);

say(
  codeOf(() => {
    region = open(file, {
      size: "64 KiB",
      readOnly: mode === "readOnly",
      verify: mode !== "unverified",
    });
  }),
);

const commands: Record<string, () => void> = {
  store: () => {
    new Uint32Array((region as Region).buffer)[8000]++;
    say("stored");
  },
  msync: () => {
    say(codeOf(() => (region as Region).msyncSync()));
  },
  // A process that outlives this one.
  spawn: () => {
    const child = spawn("sleep", ["30"], { detached: true, stdio: "ignore" });
    child.once("spawn", () => say(String(child.pid)));
    child.unref();
  },
  close: () => {
    say(codeOf(() => region?.close()));
  },
};
createInterface(process.stdin).on("line", (line) => commands[line]?.());
