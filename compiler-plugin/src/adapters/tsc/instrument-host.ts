/** For programs that drive the compiler themselves and want no types. */
import type tsModule from "typescript";
import { InstrumentError } from "../../errors.js";
import type { TypeScript, Types } from "../../frontends/compiler.js";
import { type AdapterOptions, adapterOptions, instrumentAndWarn } from "../options.js";
import type { Edit } from "../source-maps.js";
import { createEditedHost } from "./edited-host.js";
import { formatOf, isInstrumentable } from "./files.js";

/**
 * A host like `host` whose files come with barriers, and which writes source maps that lead to the files without them.
 *
 * It is for emitting: a file with barriers does not pass the type checker, so ask a program over `host` itself for diagnostics.
 * `createInstrumentedProgram` is both in one, and knows types.
 *
 * @param ts the module that makes the program
 * @param compilerOptions of the program
 */
export function instrumentHost(
  ts: TypeScript,
  host: tsModule.CompilerHost,
  compilerOptions: tsModule.CompilerOptions,
  options: AdapterOptions = {},
): tsModule.CompilerHost {
  return createEditedHost(ts, host, (file) => editOf(ts, file, compilerOptions, options)).host;
}

/** undefined for what stays as it is, and for what does not parse: the compiler has the better message. */
export function editOf(
  ts: TypeScript,
  file: tsModule.SourceFile,
  compilerOptions: tsModule.CompilerOptions,
  options: AdapterOptions,
  types?: Types,
): Edit | undefined {
  if (!isInstrumentable(file)) return undefined;
  const format = formatOf(ts, file, compilerOptions);
  try {
    const result = instrumentAndWarn(file.text, {
      ...adapterOptions(options),
      filename: file.fileName,
      ...(format === undefined ? {} : { format }),
      ...(types === undefined ? {} : { types }),
    });
    return result.map === null ? undefined : { original: file.text, result };
  } catch (error) {
    if (error instanceof InstrumentError && error.code === "ERR_FAMS_PARSE") return undefined;
    throw error;
  }
}
