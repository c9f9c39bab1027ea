import { fileURLToPath } from "node:url";
import { createInstrumentedProgram, instrumentHost } from "@fams/compiler-plugin/tsc";
import ts from "typescript";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

function emit(program) {
  const { diagnostics } = program.emit();
  const all = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (all.length === 0) return;
  console.error(ts.formatDiagnostics(all, ts.createCompilerHost(program.getCompilerOptions())));
  process.exitCode = 1;
}

const { fileNames, options } = ts.getParsedCommandLineOfConfigFile(path("tsconfig.json"), {}, ts.sys);

// Types tell which stores need no barrier; diagnostics are those of the files as they were written.
const typed = { ...options, outDir: path("dist/program") };
emit(createInstrumentedProgram(ts, ts.createProgram(fileNames, typed)));

// Without types, and without diagnostics: those are for a program over the host as it was.
const untyped = { ...options, outDir: path("dist/host") };
const host = instrumentHost(ts, ts.createCompilerHost(untyped), untyped);
ts.createProgram(fileNames, untyped, host).emit();
