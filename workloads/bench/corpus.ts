/** Files of installed packages, of many hands and styles, on which the transform is timed. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface CorpusFile {
  /** Path within node_modules. */
  readonly name: string;
  readonly format: "module" | "commonjs";
  readonly text: string;
}

const MODULES = [
  "acorn/dist/acorn.mjs",
  "bitecs/dist/core/index.mjs",
  "chai/index.js",
  "flatbush/index.js",
  "kdbush/index.js",
  "magic-string/dist/index.mjs",
  "mocha/lib/runner.js",
  "rollup/dist/es/shared/parseAst.js",
  "yargs/build/lib/yargs-factory.js",
];
const SCRIPTS = [
  "hdr-histogram-js/dist/JsHistogram.js",
  "hdr-histogram-js/dist/packedarray/PackedArrayContext.js",
  "mnemonist/fixed-critbit-tree-map.js",
  "mnemonist/kd-tree.js",
  "mnemonist/lru-map.js",
  "mnemonist/multi-array.js",
  "mnemonist/passjoin-index.js",
];

export const CORPUS: readonly CorpusFile[] = [
  ...MODULES.map((name) => read(name, "module")),
  ...SCRIPTS.map((name) => read(name, "commonjs")),
];

function read(name: string, format: CorpusFile["format"]): CorpusFile {
  const path = fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));
  return { name, format, text: readFileSync(path, "utf8") };
}
