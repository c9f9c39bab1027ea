import type { Plugin } from "rollup";
import { type Options, unplugin } from "./index.js";

export type { Options } from "./index.js";

const fams: (options?: Options) => Plugin[] = unplugin.rollup;
export default fams;
