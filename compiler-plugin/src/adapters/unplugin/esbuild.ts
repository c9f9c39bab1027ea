import type { Plugin } from "esbuild";
import { type Options, unplugin } from "./index.js";

export type { Options } from "./index.js";

const fams: (options?: Options) => Plugin = unplugin.esbuild;
export default fams;
