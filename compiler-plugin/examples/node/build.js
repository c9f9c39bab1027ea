// Nothing is built here: the program is only put under other rules.

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";

const FILES = ["main", "stores", "dirty-lines"];

function place(folder, type) {
  mkdirSync(`dist/${folder}`, { recursive: true });
  writeFileSync(`dist/${folder}/package.json`, JSON.stringify({ type }));
  for (const file of FILES) cpSync(`../fixture/${file}.ts`, `dist/${folder}/${file}.ts`);
}

rmSync("dist", { recursive: true, force: true });
place("commonjs", "commonjs");
place("typed", "module");
cpSync("tsconfig.json", "dist/typed/tsconfig.json");
