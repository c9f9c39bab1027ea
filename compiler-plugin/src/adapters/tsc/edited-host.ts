/** A compiler host over another one, whose files are edited and whose source maps lead past the edits. */
import type tsModule from "typescript";
import type { TypeScript } from "../../frontends/compiler.js";
import { composeMaps, type Edit, type RawSourceMap, replaceInlineMap } from "../source-maps.js";

export interface EditedHost {
  readonly host: tsModule.CompilerHost;
  /** The same for a function that is given to `Program.emit`. */
  wrapWriteFile(write: tsModule.WriteFileCallback): tsModule.WriteFileCallback;
}

/** @param editOf how a file is to be edited, if it is; asked once for each file that the compiler reads */
export function createEditedHost(
  ts: TypeScript,
  base: tsModule.CompilerHost,
  editOf: (file: tsModule.SourceFile) => Edit | undefined,
): EditedHost {
  const edits = new Map<string, Edit>();

  function edited(
    file: tsModule.SourceFile | undefined,
    options: Languages,
  ): tsModule.SourceFile | undefined {
    const edit = file && editOf(file);
    if (file === undefined || edit === undefined) return file;
    edits.set(file.fileName, edit);
    const copy = ts.createSourceFile(file.fileName, edit.result.code, options);
    // Incremental builds compare versions: that of the text on disk is right, for the edits follow from it.
    return Object.assign(copy, "version" in file ? { version: file.version } : {});
  }

  const wrapWriteFile =
    (write: tsModule.WriteFileCallback): tsModule.WriteFileCallback =>
    (name, text, bom, onError, sources, data) => {
      const written = (sources ?? []).filter(({ fileName }) => !fileName.endsWith(".json"));
      const editOfSource = (index: number) => edits.get(written[index]?.fileName ?? "");
      write(name, redirectMap(name, text, editOfSource), bom, onError, sources, data);
    };

  const host: tsModule.CompilerHost = Object.assign(Object.create(base) as tsModule.CompilerHost, {
    getSourceFile: (...args: Parameters<tsModule.CompilerHost["getSourceFile"]>) =>
      edited(base.getSourceFile(...args), args[1]),
    writeFile: wrapWriteFile((...args) => base.writeFile(...args)),
  });
  const { getSourceFileByPath } = base;
  if (getSourceFileByPath !== undefined) {
    host.getSourceFileByPath = (...args) => edited(getSourceFileByPath.apply(base, args), args[2]);
  }
  return { host, wrapWriteFile };
}

type Languages = Parameters<tsModule.CompilerHost["getSourceFile"]>[1];

function redirectMap(name: string, text: string, editOf: (source: number) => Edit | undefined): string {
  const compose = (map: RawSourceMap) => composeMaps(map, editOf);
  if (/\.[mc]?jsx?$/.test(name)) return replaceInlineMap(text, compose);
  return /\.[mc]?jsx?\.map$/.test(name) ? JSON.stringify(compose(JSON.parse(text) as RawSourceMap)) : text;
}
