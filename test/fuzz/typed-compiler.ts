/** Type-checks many small programs at once: the standard library is parsed once, and one checker serves a whole batch. */

import ts from "typescript";
import { DECLARATIONS, TYPES, VALUES } from "./typed-pool.ts";

const parsed = new Map<string, ts.SourceFile | undefined>();

export const fileOf = (index: number): string => `/program${index}.mts`;

export function compile(sources: readonly string[], strict: boolean): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: ["node"],
    module: ts.ModuleKind.NodeNext,
    skipLibCheck: true,
    strict,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  const texts = new Map(sources.map((source, index) => [fileOf(index), source]));
  host.getSourceFile = (name, ...rest) => {
    const text = texts.get(name);
    if (text !== undefined)
      return ts.createSourceFile(
        name,
        text,
        { languageVersion: options.target ?? 9, impliedNodeFormat: ts.ModuleKind.ESNext },
        true,
      );
    if (!parsed.has(name)) parsed.set(name, read(name, ...rest));
    return parsed.get(name);
  };
  host.fileExists = (name) => texts.has(name) || ts.sys.fileExists(name);
  return ts.createProgram([...texts.keys()], options, host);
}

/** For each type, the values that can be assigned to it without a word from the compiler, strict or not. */
export function assignable(): ReadonlyMap<string, readonly string[]> {
  const pairs = TYPES.flatMap((type) => VALUES.map((value) => ({ type, value })));
  const header = `declare const mem0: ArrayBuffer, mem1: ArrayBuffer; ${DECLARATIONS.replaceAll("\n", " ")}\n`;
  const source = `${header}${pairs.map(({ type, value }) => `{ const it: ${type} = ${value}; }`).join("\n")}\nexport {};`;
  const refused = new Set<number>();
  for (const strict of [true, false]) {
    const program = compile([source], strict);
    const file = program.getSourceFile(fileOf(0)) as ts.SourceFile;
    for (const { start = 0 } of program.getSemanticDiagnostics(file))
      refused.add(file.getLineAndCharacterOfPosition(start).line - 1);
  }
  const fitting = new Map<string, string[]>(TYPES.map((type) => [type, []]));
  for (const [line, { type, value }] of pairs.entries())
    if (!refused.has(line)) fitting.get(type)?.push(value);
  return fitting;
}
