/** Jest applies one transformer to a file, so ours edit the text and hand it to the one that would be there otherwise. */
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import type { TransformOptions } from "@jest/transform";
import { type AdapterOptions, adapterOptions, instrumentAndWarn } from "../options.js";
import { isOwnCode } from "../own-code.js";
import type { Edit } from "../source-maps.js";

/** Beside the options of the transformer that does the rest. */
export interface JestOptions {
  fams?: AdapterOptions;
}

/** undefined for what stays as it is. */
export function editForJest(
  source: string,
  filename: string,
  { fams = {} }: JestOptions,
  { supportsStaticESM }: Pick<TransformOptions, "supportsStaticESM">,
): Edit | undefined {
  if (isOwnCode(filename) || !/\.[mc]?[jt]sx?$/.test(filename)) return undefined;
  const result = instrumentAndWarn(source, {
    ...adapterOptions(fams),
    filename,
    ...(supportsStaticESM ? { format: "module" as const } : {}),
  });
  return result.map === null ? undefined : { original: source, result };
}

const { version } = createRequire(import.meta.url)("../../../package.json") as { version: string };

/** Jest keeps what was transformed by this key. */
export function cacheKey(delegate: string, options: JestOptions): string {
  return createHash("sha1")
    .update(JSON.stringify([delegate, version, options.fams]))
    .digest("hex");
}
