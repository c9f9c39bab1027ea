/**
 * ts-jest for code that is to be tracked, in the configuration of Jest:
 *
 *     transform: { "\\.tsx?$": ["@fams/compiler-plugin/ts-jest", { ...options of ts-jest }] }
 *
 * A text with barriers does not pass the type checker. So one ts-jest checks the text as it was written, unless `diagnostics` are
 * turned off, and another one compiles the edited text.
 */
import type { TransformedSource } from "@jest/transform";
import tsJest, {
  type TsJestTransformer,
  type TsJestTransformerOptions,
  type TsJestTransformOptions,
} from "ts-jest";
import { cacheKey, editForJest, type JestOptions } from "./jest/edit.js";
import { composeMaps, type Edit, type RawSourceMap, replaceInlineMap } from "./source-maps.js";

export type TsJestOptions = TsJestTransformerOptions & JestOptions;

type Process = TsJestTransformer["process"];

export function createTransformer({ fams, ...options }: TsJestOptions = {}) {
  const ours = fams === undefined ? {} : { fams };
  const checker = tsJest.default.createTransformer(options);
  const compiler = tsJest.default.createTransformer({ ...options, diagnostics: false });
  const checks = options.diagnostics !== false;

  return {
    process(...[source, filename, jest]: Parameters<Process>): TransformedSource {
      const edit = editForJest(source, filename, ours, jest);
      if (edit === undefined) return checker.process(source, filename, jest);
      if (checks) checker.process(source, filename, jest);
      const output = compiler.process(edit.result.code, filename, forCompiler(jest, filename, edit));
      return withComposedMap(output, edit);
    },
    async processAsync(...[source, filename, jest]: Parameters<Process>): Promise<TransformedSource> {
      const edit = editForJest(source, filename, ours, { ...jest, supportsStaticESM: true });
      if (edit === undefined) return checker.processAsync(source, filename, jest);
      if (checks) await checker.processAsync(source, filename, jest);
      const output = await compiler.processAsync(
        edit.result.code,
        filename,
        forCompiler(jest, filename, edit),
      );
      return withComposedMap(output, edit);
    },
    getCacheKey: (...args: Parameters<TsJestTransformer["getCacheKey"]>) =>
      cacheKey(checker.getCacheKey(...args), ours),
    getCacheKeyAsync: async (...args: Parameters<TsJestTransformer["getCacheKey"]>) =>
      cacheKey(checker.getCacheKey(...args), ours),
  };
}

/**
 * What the compiler takes for the state of Jest. ts-jest keeps one compiler for each configuration of Jest, so this must be another
 * one than the checker's; and it prefers the text in `cacheFS` to the one it is given.
 */
const states = new WeakMap<object, Pick<TsJestTransformOptions, "config" | "cacheFS">>();

function forCompiler(
  jest: TsJestTransformOptions,
  filename: string,
  { result }: Edit,
): TsJestTransformOptions {
  const { config } = jest;
  const state = states.get(config) ?? { config: { ...config, id: `${config.id}-fams` }, cacheFS: new Map() };
  states.set(config, state);
  state.cacheFS.set(filename, result.code);
  return { ...jest, ...state };
}

/** Babel, if ts-jest was told to use it, gives the map apart from the code. */
function withComposedMap({ code, map }: TransformedSource, edit: Edit): TransformedSource {
  const compose = (tool: RawSourceMap) => composeMaps(tool, () => edit);
  if (map === undefined || map === null) return { code: replaceInlineMap(code, compose) };
  const raw = (typeof map === "string" ? JSON.parse(map) : map) as RawSourceMap;
  return { code, map: JSON.stringify(compose(raw)) };
}

export default { createTransformer };
