/** What Node.js loads through swc-node: barriers before swc-node sees it, the map afterwards. */
import { instrumentAndWarn } from "../options.js";
import { isOwnCode } from "../own-code.js";
import { composeMaps, type Edit, inlineMapOf, replaceInlineMap, withInlineMap } from "../source-maps.js";

let editing = false;

/** undefined for what stays as it is: fams itself, and what the compiler loads while it works. */
export function editForNode(source: string, filename: string, format?: "module"): Edit | undefined {
  if (editing || isOwnCode(filename)) return undefined;
  editing = true;
  try {
    const result = instrumentAndWarn(source, { filename, ...(format && { format }) });
    return result.map === null ? undefined : { original: source, result };
  } finally {
    editing = false;
  }
}

/** @param output what swc-node made of the edited text; JavaScript that needs nothing done to it is that text still */
export function composeForNode(output: string, edit: Edit): string {
  if (output !== edit.result.code) return replaceInlineMap(output, (map) => composeMaps(map, () => edit));
  // A map that the file brought itself stays: it leads further, and is right to the line.
  return inlineMapOf(output) === undefined ? withInlineMap(output, String(edit.result.map)) : output;
}
