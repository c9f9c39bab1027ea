/**
 * swc-node for programs that are to be tracked, instead of `@swc-node/register` and `@swc-node/register/esm-register`:
 *
 *     node --import @fams/compiler-plugin/swc-node main.ts
 */
import { createRequire, register } from "node:module";
import { addHook } from "pirates";
import type { Edit } from "./source-maps.js";
import { composeForNode, editForNode } from "./swc-node/edit.js";

// Node.js then maps stacks by the maps in the code, and swc-node leaves that to it.
process.setSourceMapsEnabled(true);

// Loaded before there are hooks: with it comes the compiler of TypeScript, which is not to be instrumented.
const require = createRequire(import.meta.url);
const { register: addSwcNodeHook } = require("@swc-node/register/register") as { register: () => void };

// The hook that was added first sees the code first.
const edits = new Map<string, Edit>();
const everything = { exts: [".js", ".cjs", ".jsx", ".ts", ".cts", ".tsx"], ignoreNodeModules: false };
addHook(edit, everything);
addSwcNodeHook();
addHook(compose, everything);
register("./swc-node/hooks.js", import.meta.url);

function edit(code: string, filename: string): string {
  const made = editForNode(code, filename);
  if (made === undefined) return code;
  edits.set(filename, made);
  return made.result.code;
}

function compose(code: string, filename: string): string {
  const made = edits.get(filename);
  edits.delete(filename);
  return made === undefined ? code : composeForNode(code, made);
}
