import type { WebpackPluginInstance } from "webpack";
import { type Options, unplugin } from "./index.js";

export type { Options } from "./index.js";

const fams: (options?: Options) => WebpackPluginInstance = unplugin.webpack;
export default fams;
