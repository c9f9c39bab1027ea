/** Jest applies one transformer to a file, so ours edit the text and hand it to the one that would be there otherwise. */
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import type { TransformOptions } from "@jest/transform";
import { InstrumentError } from "../../errors.js";
import { type AdapterOptions, adapterOptions, instrumentAndWarn } from "../options.js";
import { isOwnCode } from "../own-code.js";
import type { Edit } from "../source-maps.js";

/** Beside the options of the transformer that does the rest. */
export interface JestOptions {
  fams?: AdapterOptions;
}

/**
 * undefined for what stays as it is.
 *
 * @throws InstrumentError ERR_FAMS_PARSE, or ERR_FAMS_OPTION in an environment where barriers would miss stores
 */
export function editForJest(
  source: string,
  filename: string,
  { fams = {} }: JestOptions,
  { supportsStaticESM, config }: Pick<TransformOptions, "supportsStaticESM" | "config">,
): Edit | undefined {
  requireEnvironment(config.testEnvironment, filename);
  if (isOwnCode(filename) || !/\.[mc]?[jt]sx?$/.test(filename)) return undefined;
  const result = instrumentAndWarn(source, {
    ...adapterOptions(fams),
    filename,
    ...(supportsStaticESM ? { format: "module" as const } : {}),
  });
  return result.map === null ? undefined : { original: source, result };
}

/** Those of Jest itself mix built-ins of two realms. */
function requireEnvironment(environment: string, filename: string): void {
  if (!/[\\/]jest-environment-(?:node|jsdom)[\\/]/.test(environment)) return;
  const message =
    'stores would be missed in this test environment: set `testEnvironment: "@fams/compiler-plugin/jest-environment"`, or make one with its `withTracking`';
  throw new InstrumentError("ERR_FAMS_OPTION", message, { filename });
}

const { version } = createRequire(import.meta.url)("../../../package.json") as { version: string };

/** Jest keeps what was transformed by this key. */
export function cacheKey(delegate: string, options: JestOptions): string {
  return createHash("sha1")
    .update(JSON.stringify([delegate, version, options.fams]))
    .digest("hex");
}
