/**
 * A webpack loader to stand before ts-loader, which means after it in the list:
 *
 *     use: [{ loader: "ts-loader", options: { transpileOnly: true } }, "@fams/compiler-plugin/webpack-loader"]
 */
import type { LoaderContext } from "webpack";
import { InstrumentError } from "../errors.js";
import { instrument } from "../instrument.js";
import { type AdapterOptions, adapterOptions } from "./options.js";
import { isOwnCode } from "./own-code.js";
import { chainMaps, type RawSourceMap } from "./source-maps.js";

type InputMap = RawSourceMap | string | null | undefined;

/** @throws InstrumentError ERR_FAMS_PARSE, or ERR_FAMS_OPTION before a ts-loader that checks types */
export default function famsLoader(
  this: LoaderContext<AdapterOptions>,
  source: string,
  input?: InputMap,
): void {
  const { code, map } = isOwnCode(this.resourcePath)
    ? { code: source, map: input }
    : edit(this, source, input);
  this.callback(null, code, (map ?? undefined) as never);
}

function edit(context: LoaderContext<AdapterOptions>, source: string, input: InputMap) {
  requireTranspileOnly(context);
  const filename = context.resourcePath;
  const result = instrument(source, { ...adapterOptions(context.getOptions()), filename });
  for (const { message, line, column } of result.diagnostics) {
    context.emitWarning(new Error(`${filename}:${line}:${column}: ${message}`));
  }
  if (result.map === null) return { code: source, map: input };
  const older = typeof input === "string" ? (JSON.parse(input) as RawSourceMap) : input;
  const map = older ? chainMaps(result.map as RawSourceMap, older) : result.map;
  return { code: result.code, map };
}

/** What ts-loader checks is the text with barriers, which does not pass. */
function requireTranspileOnly({ loaders, resourcePath: filename }: LoaderContext<AdapterOptions>): void {
  const tsLoader = loaders.find(({ path }) => /[\\/]ts-loader[\\/]/.test(path));
  if (tsLoader === undefined) return;
  const options = tsLoader.options as { transpileOnly?: boolean } | string | undefined;
  if (typeof options === "object" && options.transpileOnly === true) return;
  const message =
    "ts-loader would check the types of instrumented text: give it `transpileOnly: true`, and check with `tsc --noEmit` or fork-ts-checker-webpack-plugin";
  throw new InstrumentError("ERR_FAMS_OPTION", message, { filename });
}
