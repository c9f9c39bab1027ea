// What `rspack build` of its command-line package does.
import { promisify } from "node:util";
import rspack from "@rspack/core";
import config from "./rspack.config.js";

const stats = await promisify(rspack)(config);
if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString("errors-warnings"));
