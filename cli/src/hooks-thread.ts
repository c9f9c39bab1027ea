/** The hooks as `module.register` runs them, on a thread of their own. */

import { createRequire } from "node:module";

// An import of CommonJS first looks for the names in its text, which takes long in a thread that has just started.
const require = createRequire(import.meta.url);
export const { initialize, load, resolve } = require("./hooks.cjs") as typeof import("./hooks.cjs");

// There Node.js 20 can require() an ES module when one is first needed; later releases can only import it, and that only before the
// hooks are at work.
if (!process.version.startsWith("v20.")) {
  const { provideCompiler } = require("./compile.cjs") as typeof import("./compile.cjs");
  provideCompiler(await import("./compiler.js"));
}
