/** `transform` of @swc/core for code that is to be tracked: the same options and results. */
import {
  type Options,
  type Output,
  transform as swcTransform,
  transformSync as swcTransformSync,
} from "@swc/core";
import type { ModuleFormat } from "../syntax.js";
import { type AdapterOptions, adapterOptions, instrumentAndWarn } from "./options.js";
import {
  chainMaps,
  composeMaps,
  type Edit,
  inlineMapOf,
  type RawSourceMap,
  replaceInlineMap,
} from "./source-maps.js";

export interface SwcOptions extends Options {
  fams?: AdapterOptions & {
    /** How the output is loaded, if neither extension nor syntax say; see `instrument`. */
    format?: ModuleFormat;
  };
}

/**
 * As swc's own, with a barrier beside every store. Source maps lead to `source`, or to what its own map names.
 *
 * Rejects with an InstrumentError, ERR_FAMS_PARSE.
 */
export async function transform(source: string, { fams, ...options }: SwcOptions = {}): Promise<Output> {
  const edit = editFor(source, options, fams);
  if (edit === undefined) return swcTransform(source, options);
  return composeOutput(
    await swcTransform(edit.result.code, { ...options, inputSourceMap: false }),
    edit,
    options,
  );
}

/** @throws InstrumentError ERR_FAMS_PARSE */
export function transformSync(source: string, { fams, ...options }: SwcOptions = {}): Output {
  const edit = editFor(source, options, fams);
  if (edit === undefined) return swcTransformSync(source, options);
  return composeOutput(
    swcTransformSync(edit.result.code, { ...options, inputSourceMap: false }),
    edit,
    options,
  );
}

function editFor(source: string, options: Options, fams: SwcOptions["fams"] = {}): Edit | undefined {
  const { isModule } = options;
  const format = fams.format ?? (isModule === false || isModule === "commonjs" ? "commonjs" : undefined);
  const result = instrumentAndWarn(source, {
    ...adapterOptions(fams),
    filename: nameOf(options),
    ...(format === undefined ? {} : { format }),
  });
  return result.map === null ? undefined : { original: source, result };
}

/** swc's map chained to the edit's, and to the one the source came with. */
export function composeOutput(
  output: Output,
  edit: Edit,
  { inputSourceMap }: Pick<Options, "inputSourceMap">,
): Output {
  const older = inputMapOf(edit.original, inputSourceMap);
  const compose = (tool: RawSourceMap) => {
    const map = composeMaps(tool, () => edit);
    return older === undefined ? map : chainMaps(map, older);
  };
  const code = replaceInlineMap(output.code, compose);
  return output.map === undefined
    ? { ...output, code }
    : { ...output, code, map: JSON.stringify(compose(JSON.parse(output.map) as RawSourceMap)) };
}

/** A name whose extension tells the language. */
function nameOf({ filename, jsc }: Options): string {
  const parser = jsc?.parser;
  const typescript = parser?.syntax === "typescript";
  if (filename !== undefined && (parser === undefined || /\.[mc]?tsx?$/.test(filename) === typescript)) {
    return filename;
  }
  return `${filename ?? "input"}${typescript ? (parser.tsx ? ".tsx" : ".ts") : ".js"}`;
}

/** The map that the source came with, where swc would look for it. */
function inputMapOf(source: string, input: Options["inputSourceMap"] = true): RawSourceMap | undefined {
  if (typeof input === "string") return JSON.parse(input) as RawSourceMap;
  return input ? inlineMapOf(source) : undefined;
}
