/**
 * @swc/jest for code that is to be tracked, in the configuration of Jest:
 *
 *     transform: { "\\.[jt]sx?$": ["@fams/compiler-plugin/swc-jest", { ...options of @swc/jest }] }
 */
import type { SyncTransformer, TransformedSource } from "@jest/transform";
import type { Options, Output } from "@swc/core";
import swcJest from "@swc/jest";
import { cacheKey, editForJest, type JestOptions } from "./jest/edit.js";
import type { Edit } from "./source-maps.js";
import { composeOutput } from "./swc.js";

export interface SwcJestOptions extends Options, JestOptions {}

type Transformer = Required<SyncTransformer<SwcJestOptions>>;

export function createTransformer({ fams, ...options }: SwcJestOptions = {}): Transformer {
  const ours = fams === undefined ? {} : { fams };
  // Types say that they may be of another kind; they are not.
  const plain = swcJest.createTransformer(options) as Transformer;
  const edited = swcJest.createTransformer(withoutInputMap(options)) as Transformer;
  const compose = (output: TransformedSource, edit: Edit) => composeOutput(output as Output, edit, options);

  return {
    canInstrument: plain.canInstrument,
    process(source, filename, jest) {
      const edit = editForJest(source, filename, ours, jest);
      if (edit === undefined) return plain.process(source, filename, jest);
      return compose(edited.process(edit.result.code, filename, jest), edit);
    },
    async processAsync(source, filename, jest) {
      const edit = editForJest(source, filename, ours, { ...jest, supportsStaticESM: true });
      if (edit === undefined) return plain.processAsync(source, filename, jest);
      return compose(await edited.processAsync(edit.result.code, filename, jest), edit);
    },
    getCacheKey: (...args) => cacheKey(plain.getCacheKey(...args), ours),
    getCacheKeyAsync: async (...args) => cacheKey(plain.getCacheKey(...args), ours),
  };
}

/** @swc/jest reads .swcrc only if it is given no options at all. */
const withoutInputMap = (options: Options): Options =>
  Object.keys(options).length === 0 ? options : { ...options, inputSourceMap: false };

export default { createTransformer };
