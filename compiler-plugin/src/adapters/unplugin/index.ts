/** One plugin for Vite, Rollup, webpack, Rspack and esbuild: what they bundle, they bundle with barriers. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { createUnplugin, type UnpluginInstance, type UnpluginOptions } from "unplugin";
import { keepExternal, scriptsOnly } from "./esbuild-files.js";
import { BARRIER, EXTERNAL, externals } from "./external.js";
import type { Options } from "./options.js";
import { type Context, type ModuleInfo, Passes } from "./passes.js";

export type { Options } from "./options.js";

const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

const all = createUnplugin<Options | undefined, true>((options = {}, { framework }) => {
  const { include, exclude } = options;
  const passes = new Passes(options, framework);
  const withLoaders = framework === "webpack" || framework === "rspack";
  // A module in the cache of webpack and Rspack is known by the names of its plugins.
  const name = withLoaders ? `fams-${fingerprint(options)}` : "fams";
  const transform = (order: "pre" | "post", pass: typeof passes.first) => ({
    order,
    // A store of an element needs a bracket.
    filter: { id: { include, exclude }, code: "[" },
    handler(this: Context, code: string, id: string, info?: ModuleInfo) {
      return pass.call(passes, this, code, id, info);
    },
  });

  const first: UnpluginOptions = {
    name,
    enforce: "pre",
    buildStart: () => passes.start(),
    transform: transform("pre", framework === "esbuild" ? passes.only : passes.first),
    ...(withLoaders || framework === "esbuild" ? {} : { resolveId: external }),
    rollup: { shouldTransformCachedModule: () => passes.typed || null },
    vite: {
      config: () => ({ ssr: { external: ["fams", BARRIER, "@fams/native"] } }),
      configResolved({ command }) {
        if (command === "serve") passes.ignoreTypes();
      },
    },
    webpack(compiler) {
      new compiler.webpack.ExternalsPlugin("module", externals(compiler)).apply(compiler);
    },
    rspack(compiler) {
      new compiler.rspack.ExternalsPlugin("module", externals(compiler)).apply(compiler);
    },
    esbuild: { setup: keepExternal },
  };
  if (framework === "esbuild") return [first];
  const second: UnpluginOptions = {
    name: `${name}-generated`,
    enforce: "post",
    transform: transform("post", passes.second),
  };
  return [first, second];
});

const external = {
  order: "pre" as const,
  filter: { id: EXTERNAL },
  handler: (id: string) => ({ id, external: true, moduleSideEffects: id !== BARRIER }),
};

export const unplugin: UnpluginInstance<Options | undefined, true> = {
  ...all,
  esbuild: (...options) => scriptsOnly(all.esbuild(...options)),
};

function fingerprint(options: Options): string {
  return createHash("sha256").update(version).update(inspect(options)).digest("hex").slice(0, 12);
}
