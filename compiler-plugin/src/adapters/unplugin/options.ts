import type { FilterPattern } from "unplugin";
import type { AdapterOptions } from "../options.js";

export interface Options extends AdapterOptions {
  /** The modules to instrument, as globs over paths or regular expressions; by default all that enter the bundle. */
  include?: FilterPattern;
  /** Modules that stay as they are, likewise. */
  exclude?: FilterPattern;
  /**
   * Leave alone the stores that types prove harmless: the types of the tsconfig.json in the working directory, or of the file
   * named here. Needs `typescript` 5.4 to 6. Modules that the project does not hold, and all those of a development
   * server, are instrumented without types.
   */
  types?: boolean | string;
}
