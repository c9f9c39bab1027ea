/** What esbuild needs beyond unplugin. */
import { basename } from "node:path";
import type { Loader, Plugin, PluginBuild } from "esbuild";
import { BARRIER, EXTERNAL } from "./external.js";

type Loaders = Record<string, Loader> | undefined;

const DEFAULT: Record<string, Loader> = {
  ".js": "js",
  ".cjs": "js",
  ".mjs": "js",
  ".jsx": "jsx",
  ".ts": "ts",
  ".cts": "ts",
  ".mts": "ts",
  ".tsx": "tsx",
};
const SCRIPTS = new Set<Loader | undefined>(["js", "jsx", "ts", "tsx"]);

/** The loader of a script, by its longest extension that has one; undefined for everything else. */
export function scriptLoader(path: string, loaders: Loaders): Loader | undefined {
  const name = basename(path);
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const extension = name.slice(dot);
    const chosen = loaders?.[extension] ?? "default";
    const loader = chosen === "default" ? DEFAULT[extension] : chosen;
    if (loader !== undefined) return SCRIPTS.has(loader) ? loader : undefined;
  }
  return undefined;
}

/** The plugin loads files that esbuild would have loaded as scripts, and no module that another plugin has made up. */
export function scriptsOnly(plugin: Plugin): Plugin {
  const setup = (build: PluginBuild) =>
    plugin.setup({
      ...build,
      onLoad({ namespace = "file", ...options }, load) {
        if (namespace !== "file") return build.onLoad({ namespace, ...options }, load);
        build.onLoad({ namespace, ...options }, async (args) => {
          const loader = scriptLoader(args.path, build.initialOptions.loader);
          if (loader === undefined || args.suffix !== "" || args.with.type !== undefined) return undefined;
          const loaded = await load(args);
          return loaded && { ...loaded, loader };
        });
      },
    });
  return { ...plugin, setup };
}

const BRIDGE = "fams";

/** In an ES module there is no `require` that a CommonJS file could call for what is external: there it gets a copy of what is imported. */
export function keepExternal(build: PluginBuild): void {
  const { format, platform } = build.initialOptions;
  const isModule = format === "esm" || (format === undefined && platform === "neutral");
  build.onResolve({ filter: EXTERNAL }, ({ path, kind, namespace }) => {
    if (isModule && kind === "require-call") {
      return namespace === BRIDGE ? { path, namespace: `${BRIDGE}-import` } : { path, namespace: BRIDGE };
    }
    return { path, external: true, sideEffects: path !== BARRIER };
  });
  build.onLoad({ filter: EXTERNAL, namespace: BRIDGE }, ({ path }) => ({
    contents: `module.exports = { ...require(${JSON.stringify(path)}) };`,
  }));
  build.onLoad({ filter: EXTERNAL, namespace: `${BRIDGE}-import` }, ({ path }) => ({
    contents: `export * from ${JSON.stringify(path)};`,
  }));
}
