/** A file is rewritten twice, first with barriers and then by the tool: one map from what came out to what was written. */
import remapping, { type RawSourceMap } from "@jridgewell/remapping";
import type { Instrumented } from "../instrument.js";

export type { RawSourceMap };

/** One source of the tool's map, before and after it was edited. */
export interface Edit {
  readonly original: string;
  readonly result: Instrumented;
}

type EditOf = (source: number) => Edit | undefined;

const toRaw = (map: { toString(): string }): RawSourceMap => JSON.parse(map.toString()) as RawSourceMap;

/**
 * Chains a tool's map to those of the edits before it.
 *
 * @param tool from the output to the edited sources; how it names its sources stays as it is
 * @param editOf the edit of the source at this index, if it was edited
 */
export function composeMaps(tool: RawSourceMap, editOf: EditOf): RawSourceMap {
  const { sourceRoot, ...map } = tool;
  // By number, for their names may be relative to any place.
  const numbered = { ...map, sources: map.sources.map((_, index) => String(index)) };
  const composed = remapping(numbered, (name, { depth }) => {
    const edit = depth === 1 ? editOf(Number(name))?.result.map : undefined;
    return edit ? { ...toRaw(edit), sources: [name] } : null;
  });
  const indices = composed.sources.map(Number);
  const contents = tool.sourcesContent;
  return {
    version: 3,
    names: composed.names,
    mappings: composed.mappings as string,
    sources: indices.map((index) => tool.sources[index] ?? null),
    ...(tool.file === undefined ? {} : { file: tool.file }),
    ...(sourceRoot === undefined ? {} : { sourceRoot }),
    ...(contents && {
      sourcesContent: indices.map((index) => editOf(index)?.original ?? contents[index] ?? null),
    }),
  };
}

/** The map from the output of `newer` to the sources of `older`, whose output was its one source. */
export const chainMaps = (newer: RawSourceMap, older: RawSourceMap): RawSourceMap =>
  toRaw(remapping([newer, older], () => null));

const INLINE = /^(\/\/# sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,)([\w+/=]+)/;
const toBase64 = (text: string): string => Buffer.from(text).toString("base64");
/** The map that code carries as its last comment. */
function findInlineMap(code: string) {
  const at = code.lastIndexOf("//# sourceMappingURL=");
  const [all = "", prefix = "", data = ""] = (at < 0 ? null : INLINE.exec(code.slice(at))) ?? [];
  if (data === "") return undefined;
  const map = JSON.parse(Buffer.from(data, "base64").toString()) as RawSourceMap;
  return { before: code.slice(0, at) + prefix, map, after: code.slice(at + all.length) };
}

export const inlineMapOf = (code: string): RawSourceMap | undefined => findInlineMap(code)?.map;

/** The code with another map in place of the one that it carries, if it does. */
export function replaceInlineMap(code: string, replace: (map: RawSourceMap) => RawSourceMap): string {
  const inline = findInlineMap(code);
  return inline === undefined
    ? code
    : inline.before + toBase64(JSON.stringify(replace(inline.map))) + inline.after;
}

/** Code with a map at its end. */
export const withInlineMap = (code: string, map: { toString(): string }): string =>
  `${code}\n//# sourceMappingURL=data:application/json;base64,${toBase64(map.toString())}`;
