/** The hooks of swc-node for ES modules, around which these stand. They run in the thread of the hooks. */
import type { LoadHook } from "node:module";
import { fileURLToPath } from "node:url";
import { load as swcNodeLoad } from "@swc-node/register/esm";
import type { Edit } from "../source-maps.js";
import { composeForNode, editForNode } from "./edit.js";

export { resolve } from "@swc-node/register/esm";

export const load: LoadHook = async (url, context, nextLoad) => {
  let edit: Edit | undefined;
  const loaded = await (swcNodeLoad as LoadHook)(url, context, async (...args) => {
    const original = await nextLoad(...args);
    const { source, format } = original;
    // CommonJS is instrumented where it is required.
    if (!url.startsWith("file:") || format !== "module" || source === undefined) return original;
    edit = editForNode(textOf(source), fileURLToPath(url), "module");
    return edit === undefined ? original : { ...original, source: edit.result.code };
  });
  if (edit === undefined || loaded.source === undefined) return loaded;
  return { ...loaded, source: composeForNode(textOf(loaded.source), edit) };
};

const textOf = (source: string | ArrayBuffer | NodeJS.TypedArray): string =>
  typeof source === "string" ? source : new TextDecoder().decode(source);
