import type { Plugin } from "vite";
import { type Options, unplugin } from "./index.js";

export type { Options } from "./index.js";

const fams: (options?: Options) => Plugin[] = unplugin.vite;
export default fams;
