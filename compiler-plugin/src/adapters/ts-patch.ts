/**
 * For ts-patch, in tsconfig.json:
 *
 *     "plugins": [{ "transform": "@fams/compiler-plugin/ts-patch", "transformProgram": true }]
 */
import type tsModule from "typescript";
import { InstrumentError } from "../errors.js";
import type { TypeScript } from "../frontends/compiler.js";
import {
  createInstrumentedProgram,
  createSameFilesHost,
  type ProgramOptions,
} from "./tsc/instrumented-program.js";

/** The options stand beside `transform` in tsconfig.json. */
export interface TsPatchOptions extends ProgramOptions {
  transform?: string;
  transformProgram?: boolean;
}

/** @throws InstrumentError ERR_FAMS_OPTION unless the plugin is set up with `"transformProgram": true` */
export default function transformProgram(
  program: tsModule.Program,
  host: tsModule.CompilerHost | undefined,
  options: TsPatchOptions,
  extras: { readonly ts: TypeScript },
): tsModule.Program {
  if (options.transformProgram !== true) {
    const filename = String(program.getCompilerOptions().configFilePath ?? "tsconfig.json");
    const message =
      'the plugin @fams/compiler-plugin/ts-patch needs "transformProgram": true beside "transform"';
    throw new InstrumentError("ERR_FAMS_OPTION", message, { filename });
  }
  const used = host ?? extras.ts.createCompilerHost(program.getCompilerOptions());
  return createInstrumentedProgram(extras.ts, withPlugins(extras.ts, program, used), options, used);
}

/** ts-patch has given its other plugins, such as those for declarations, to no program yet: it does so where one is created. */
function withPlugins(
  ts: TypeScript,
  program: tsModule.Program,
  host: tsModule.CompilerHost,
): tsModule.Program {
  const projectReferences = program.getProjectReferences();
  return ts.createProgram({
    rootNames: program.getRootFileNames(),
    options: program.getCompilerOptions(),
    host: createSameFilesHost(program, host),
    oldProgram: program,
    configFileParsingDiagnostics: program.getConfigFileParsingDiagnostics(),
    ...(projectReferences && { projectReferences }),
  });
}
