/** A file that was compiled before it is bundled leads to its source by a comment, which esbuild follows. */
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import remapping, { type RawSourceMap } from "@jridgewell/remapping";
import type { SourceMap } from "magic-string";

/** The map of the barriers, and on to where the map of the file itself leads: of two comments only the last one counts. */
export function withEarlierMap(map: SourceMap, code: string, path: string): SourceMap | string {
  const earlier = earlierMap(code, path);
  if (earlier === undefined) return map;
  return remapping([map.toString(), earlier], () => null).toString();
}

/** undefined if there is none, or none that can be read. */
function earlierMap(code: string, path: string): RawSourceMap | undefined {
  const [, link] = [...code.matchAll(/^\/\/[#@] ?sourceMappingURL=(\S+)\s*$/gm)].at(-1) ?? [];
  if (link === undefined) return undefined;
  try {
    const url = new URL(link, pathToFileURL(path));
    const inline = /^data:application\/json[^,]*;base64,(.*)$/.exec(link)?.[1];
    const text = inline === undefined ? readFileSync(url, "utf8") : Buffer.from(inline, "base64").toString();
    const map = JSON.parse(text) as RawSourceMap;
    const folder = resolve(dirname(inline === undefined ? fileURLToPath(url) : path), map.sourceRoot ?? "");
    const sources = map.sources.map((source) => source && resolve(folder, source));
    return { ...map, sourceRoot: "", sources };
  } catch {
    return undefined;
  }
}
