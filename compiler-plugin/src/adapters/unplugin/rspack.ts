import type { RspackPluginInstance } from "@rspack/core";
import { type Options, unplugin } from "./index.js";

export type { Options } from "./index.js";

const fams: (options?: Options) => RspackPluginInstance = unplugin.rspack;
export default fams;
