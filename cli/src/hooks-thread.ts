/** The hooks as `module.register` runs them, on a thread of their own. */

import { provideCompiler } from "./compile.cjs";

export { initialize, load, resolve } from "./hooks.cjs";

// There Node.js 20 can require() an ES module when one is first needed; later releases can only import it, and that only before the
// hooks are at work.
if (!process.version.startsWith("v20.")) provideCompiler(await import("@fams/compiler-plugin"));
