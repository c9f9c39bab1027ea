/** The five bundlers under one interface: each builds `main.ts` of a folder into one file, again and again. */

import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Options } from "@fams/compiler-plugin/unplugin";
import { unplugin } from "@fams/compiler-plugin/unplugin";
import { rspack } from "@rspack/core";
import * as esbuild from "esbuild";
import { type Plugin, type RollupCache, rollup } from "rollup";
import * as vite from "vite";
import webpack from "webpack";

const NODE_MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

export type Format = "module" | "commonjs";
export const NAMES = ["vite", "rollup", "webpack", "rspack", "esbuild"] as const;
export type Name = (typeof NAMES)[number];

export interface Build {
  readonly code: string;
  readonly warnings: readonly string[];
}

/** A source in a language of its own, `export put(a, i, v): a[i] = v`, that only a plugin of the build can read. */
export const DIALECT = /\.dialect\.js$/;
const fromDialect = (text: string) =>
  text.replace(/^export (\w+)(\(.*\)): (.*)$/gm, "export function $1$2 { $3; }");

const SETTINGS = {
  "package.json": '{ "type": "module" }',
  "tsconfig.json": JSON.stringify({
    compilerOptions: {
      target: "es2022",
      module: "preserve",
      types: [],
      strict: true,
      allowImportingTsExtensions: true,
      noEmit: true,
    },
  }),
};

/** A folder with a program; `fams` and the compiler are installed in it. */
export class Folder {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "fams-bundle-")));

  #writes = 0;

  /** @param files text by path; a package.json and a tsconfig.json are there unless they are given */
  constructor(files: Record<string, string>) {
    mkdirSync(join(this.path, "node_modules/@fams"), { recursive: true });
    for (const name of ["fams", "@fams/native", "typescript", "@types"]) {
      symlinkSync(join(NODE_MODULES, name), join(this.path, "node_modules", name));
    }
    for (const [name, text] of Object.entries({ ...SETTINGS, ...files })) this.write(name, text);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(this.file(name)), { recursive: true });
    writeFileSync(this.file(name), text);
    // Bundlers that look at times alone see each change.
    const time = Date.now() / 1000 + ++this.#writes;
    utimesSync(this.file(name), time, time);
  }

  /** Runs the bundle; what it prints as JSON. */
  run(name = "dist/main.js"): unknown {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["--enable-source-maps", this.file(name)],
      {
        cwd: this.path,
        encoding: "utf8",
      },
    );
    if (status !== 0) throw new Error(`exit code ${status}\n${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Builds once, or again and again after files have changed, from the caches of the bundler. */
export async function build<T = Build>(
  name: Name,
  folder: Folder,
  { format = "module", ...options }: Options & { format?: Format } = {},
  use = async (buildNow: () => Promise<Build>): Promise<T> => (await buildNow()) as T,
): Promise<T> {
  folder.write("dist/package.json", JSON.stringify({ type: format }));
  const bundler = OPEN[name](folder, options, format);
  try {
    return await use(async () => {
      const warnings = (await bundler.build()).filter((text) => !text.includes("PLUGIN_TIMINGS"));
      return { code: readFileSync(folder.file("dist/main.js"), "utf8"), warnings };
    });
  } finally {
    await bundler.close();
  }
}

interface Opened {
  build(): Promise<string[]>;
  close(): Promise<void>;
}

type Open = (folder: Folder, options: Options, format: Format) => Opened;

const nothing = async () => {};

const fromDialectPlugin = {
  name: "dialect",
  transform(text: string, id: string) {
    return DIALECT.test(id) ? { code: fromDialect(text), map: { mappings: "" as const } } : undefined;
  },
};

const virtual = (text: string) => ({
  name: "virtual",
  resolveId: (id: string) => (id === "virtual:store" ? "\0virtual:store" : undefined),
  load: (id: string) => (id === "\0virtual:store" ? text : undefined),
});

export const VIRTUAL = "export function putFromNowhere(a, i, v) { a[i] = v; }";

const stripTypes: Plugin = {
  name: "strip-types",
  async transform(code, id) {
    if (!id.endsWith(".ts")) return undefined;
    const { code: stripped, map } = await esbuild.transform(code, {
      loader: "ts",
      sourcefile: id,
      sourcemap: true,
    });
    return { code: stripped, map };
  },
};

const OPEN: Record<Name, Open> = {
  vite(folder, options, format) {
    return {
      async build() {
        const warnings: string[] = [];
        const customLogger = {
          ...vite.createLogger("silent"),
          warn: (text: string) => void warnings.push(text),
        };
        await vite.build({
          root: folder.path,
          configFile: false,
          customLogger,
          plugins: [unplugin.vite(options), fromDialectPlugin, virtual(VIRTUAL)],
          build: {
            ssr: "main.ts",
            sourcemap: true,
            rolldownOptions: {
              output: { format: format === "module" ? "esm" : "cjs", entryFileNames: "main.js" },
            },
            emptyOutDir: false,
            reportCompressedSize: false,
          },
        });
        return warnings;
      },
      close: nothing,
    };
  },

  rollup(folder, options, format) {
    let cache: RollupCache | undefined;
    return {
      async build() {
        const warnings: string[] = [];
        const bundle = await rollup({
          input: folder.file("main.ts"),
          plugins: [unplugin.rollup(options), stripTypes, fromDialectPlugin, virtual(VIRTUAL)],
          external: /^node:/,
          onwarn: ({ message }) => void warnings.push(message),
          ...(cache && { cache }),
        });
        cache = bundle.cache;
        const rollupFormat = format === "module" ? "es" : "cjs";
        await bundle.write({ file: folder.file("dist/main.js"), format: rollupFormat, sourcemap: true });
        return warnings;
      },
      close: nothing,
    };
  },

  webpack(folder, options, format) {
    const typescript = { transpileOnly: true, compilerOptions: { sourceMap: true } };
    const config = {
      ...webpackLike(folder, format, { loader: join(NODE_MODULES, "ts-loader"), options: typescript }),
      cache: { type: "memory" },
      plugins: [unplugin.webpack(options)],
    };
    return kept(webpack(config as webpack.Configuration) as webpack.Compiler);
  },

  rspack(folder, options, format) {
    const typescript = { jsc: { parser: { syntax: "typescript" }, target: "es2022" } };
    const config = {
      ...webpackLike(folder, format, { loader: "builtin:swc-loader", options: typescript }),
      cache: {
        type: "persistent",
        storage: { type: "filesystem", directory: folder.file(`cache-${format}`) },
      },
      plugins: [unplugin.rspack(options)],
    };
    // A compiler that is run twice does not look at its files again.
    return renewed(() => rspack(config as never) as never);
  },

  esbuild(folder, options, format) {
    const context = esbuild.context({
      entryPoints: [folder.file("main.ts")],
      plugins: [unplugin.esbuild(options)],
      bundle: true,
      platform: "node",
      format: format === "module" ? "esm" : "cjs",
      loader: { ".text.js": "text" },
      sourcemap: true,
      logLevel: "silent",
      outfile: folder.file("dist/main.js"),
    });
    return {
      async build() {
        const { warnings } = await (await context).rebuild();
        return warnings.map(({ text }) => text);
      },
      close: async () => (await context).dispose(),
    };
  },
};

function webpackLike(folder: Folder, format: Format, typescript: object) {
  const module = format === "module";
  folder.write("dialect.cjs", `module.exports = (text) => (${fromDialect})(text);`);
  return {
    context: folder.path,
    mode: "development",
    target: "node20",
    devtool: "source-map",
    entry: "./main.ts",
    module: {
      rules: [
        { test: /\.ts$/, ...typescript },
        { test: DIALECT, loader: folder.file("dialect.cjs") },
        { test: /\.text\.js$/, type: "asset/source" },
      ],
    },
    experiments: module ? { outputModule: true } : {},
    output: {
      path: folder.file("dist"),
      filename: "main.js",
      module,
      library: { type: module ? "module" : "commonjs2" },
      devtoolModuleFilenameTemplate: "[absolute-resource-path]",
    },
  };
}

async function run(compiler: webpack.Compiler): Promise<string[]> {
  const stats = (await promisify(compiler.run.bind(compiler))()) as webpack.Stats;
  const { errors = [], warnings = [] } = stats.toJson({ all: false, errors: true, warnings: true });
  if (errors.length > 0)
    throw new Error(errors.map((error) => `${error.moduleName}: ${error.message}`).join("\n"));
  return warnings.map(({ message }) => message);
}

const close = (compiler: webpack.Compiler) => promisify(compiler.close.bind(compiler))() as Promise<void>;

const kept = (compiler: webpack.Compiler): Opened => ({
  build: () => run(compiler),
  close: () => close(compiler),
});

function renewed(create: () => webpack.Compiler): Opened {
  return {
    async build() {
      const compiler = create();
      try {
        return await run(compiler);
      } finally {
        await close(compiler);
      }
    },
    close: nothing,
  };
}
