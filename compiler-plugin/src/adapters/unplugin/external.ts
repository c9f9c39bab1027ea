/**
 * fams itself stays outside of every bundle: the addon cannot enter one, and all modules of a process, bundled or not, must mark in
 * one barrier. The names are left as they are, so that a package that knows nothing of fams needs no dependency on it: it is
 * the bundle that finds it, from where it lies.
 */

/** What instrumented code imports; nobody misses it where that code turns out to be unused. */
export const BARRIER = "fams/barrier";
export const EXTERNAL = /^(?:fams|@fams\/native)(?:\/|$)/;

interface Compiler {
  readonly options: { readonly output: { readonly module?: boolean | undefined } };
}

interface ExternalRequest {
  readonly request?: string | undefined;
  readonly dependencyType?: string | undefined;
}

/** For the ExternalsPlugin of webpack and Rspack: a module keeps the way in which it asks, as far as the bundle's format has it. */
export function externals({ options }: Compiler) {
  return async ({ request = "", dependencyType }: ExternalRequest): Promise<string | undefined> => {
    if (!EXTERNAL.test(request)) return undefined;
    const imports = options.output.module === true && dependencyType === "esm";
    return `${imports ? "module" : "node-commonjs"} ${request}`;
  };
}
