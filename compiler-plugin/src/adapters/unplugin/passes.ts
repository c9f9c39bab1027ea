/**
 * A module goes through two passes. The first one sees it before anything else has touched it: types fit the text, comments are still
 * there, and a store is still the one that was written, not what some plugin made of it. The second one comes after all plugins, for
 * what was no script before: components, virtual modules, dialects that only a plugin can read. esbuild gives a module
 * to a single plugin and has no second pass.
 */
import { resolve } from "node:path";
import type { SourceMap } from "magic-string";
import type { UnpluginBuildContext, UnpluginContext } from "unplugin";
import type { Instrumented } from "../../instrument.js";
import { Project } from "../../project.js";
import type { ModuleFormat } from "../../syntax.js";
import { withEarlierMap } from "./earlier-map.js";
import { scriptLoader } from "./esbuild-files.js";
import { formatAmongModules, instrumentModule, isScript, unlessUnreadable } from "./modules.js";
import type { Options } from "./options.js";

export type Context = UnpluginBuildContext & UnpluginContext;
/** undefined: the module stays as it is. */
export type Edited = { code: string; map: SourceMap | string } | undefined;

/** What Rolldown tells about a module beside its name. */
export interface ModuleInfo {
  readonly moduleType?: string;
}

const JAVASCRIPT = /^(?:[jt]sx?|javascript\/.*)$/;
const WITHOUT_COMMONJS = new Set(["rollup", "vite", "rolldown"]);

export class Passes {
  readonly #options: Options;
  readonly #framework: string;
  /** The modules that need no second pass. */
  readonly #done = new Set<string>();
  #typed: boolean;
  #project: Project | undefined;

  constructor(options: Options, framework: string) {
    this.#options = options;
    this.#framework = framework;
    this.#typed = Boolean(options.types) && options.paranoid !== true;
  }

  /** Does the outcome for one module depend on others? */
  get typed(): boolean {
    return this.#typed;
  }

  /** For who keeps a module as long as its own text stays the same. */
  ignoreTypes(): void {
    this.#typed = false;
  }

  /** A build begins, the first one or one after a change: types may have changed in files that no module depends on. */
  start(): void {
    const { types } = this.#options;
    if (this.#typed)
      this.#project = new Project(resolve(typeof types === "string" ? types : "tsconfig.json"));
  }

  first(context: Context, code: string, id: string, info: ModuleInfo | undefined): Edited {
    const type = typeOf(context, info);
    if (!isScript(id) || !JAVASCRIPT.test(type)) return undefined;
    const bundled = { code, id, format: this.#formatOf(type, code) };
    const result = unlessUnreadable(() => instrumentModule(bundled, this.#options, this.#project));
    if (result === undefined) {
      this.#done.delete(id);
      return undefined;
    }
    this.#done.add(id);
    if (this.#typed) forgetOnRebuild(context);
    return report(context, id, result);
  }

  second(context: Context, code: string, id: string, info: ModuleInfo | undefined): Edited {
    const type = typeOf(context, info);
    if (this.#done.has(id) || !JAVASCRIPT.test(type)) return undefined;
    const language = type.startsWith("javascript/") ? "js" : type;
    const bundled = { code, id, format: this.#formatOf(type, code), language };
    const result = unlessUnreadable(() => instrumentModule(bundled, this.#options, undefined));
    if (result === undefined) {
      context.warn({
        id,
        message: `${id} cannot be parsed: its stores are not tracked; exclude it if that is right`,
      });
      return undefined;
    }
    return report(context, id, result);
  }

  /** For esbuild, where nothing comes after. */
  only(context: Context, code: string, id: string): Edited {
    const native = context.getNativeBuildContext?.();
    if (native?.framework !== "esbuild") return undefined;
    const language = isScript(id) ? undefined : scriptLoader(id, native.build.initialOptions.loader);
    const edited = report(
      context,
      id,
      instrumentModule({ code, id, language }, this.#options, this.#project),
    );
    return edited && { ...edited, map: withEarlierMap(edited.map, code, id) };
  }

  #formatOf(type: string, code: string): ModuleFormat | undefined {
    if (type === "javascript/esm") return "module";
    return WITHOUT_COMMONJS.has(this.#framework) ? formatAmongModules(code) : undefined;
  }
}

/** In the words of Rolldown, or of webpack and Rspack; what else reaches a plugin is JavaScript. */
function typeOf(context: Context, info: ModuleInfo | undefined): string {
  const native = context.getNativeBuildContext?.();
  if (native === undefined || !("loaderContext" in native)) return info?.moduleType ?? "js";
  return native.loaderContext?._module?.type ?? "none";
}

/** webpack and Rspack keep a module, even from one process to the next, as long as its own text stays the same. */
function forgetOnRebuild(context: Context): void {
  const native = context.getNativeBuildContext?.();
  if (native !== undefined && "loaderContext" in native) native.loaderContext?.cacheable(false);
}

function report(context: Context, id: string, { code, map, diagnostics }: Instrumented) {
  for (const { message, line, column, ...rest } of diagnostics) {
    context.warn({ id, message, code: rest.code, loc: { file: id, line, column: column - 1 } });
  }
  return map === null ? undefined : { code, map };
}
