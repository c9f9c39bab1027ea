/** Parses with @swc/core, which knows no types. */
import { type ParseOptions, parseSync } from "@swc/core";
import { InstrumentError } from "../errors.js";
import type { ModuleFormat, Syntax } from "../syntax.js";
import type { Node } from "./swc-nodes.js";
import { SwcSyntax } from "./swc-syntax.js";

const TYPESCRIPT = { syntax: "typescript", decorators: true, target: "esnext" } as const;
const JAVASCRIPT = {
  syntax: "ecmascript",
  jsx: true,
  decorators: true,
  autoAccessors: true,
  explicitResourceManagement: true,
  target: "esnext",
} as const;

export function parseWithSwc(
  text: string,
  options: { filename: string; format?: ModuleFormat },
): Syntax<Node> {
  return new SwcSyntax(text, parse(text, options), options.format);
}

function parse(text: string, { filename, format }: { filename: string; format?: ModuleFormat }): Node {
  const language = /\.[mc]?tsx?$/.test(filename)
    ? { ...TYPESCRIPT, tsx: filename.endsWith("x") }
    : JAVASCRIPT;
  let failure: unknown;
  for (const isModule of moduleKinds(filename, format)) {
    try {
      return parseSync(text, { ...language, isModule } as ParseOptions & {
        isModule: true;
      }) as unknown as Node;
    } catch (error) {
      failure ??= error;
    }
  }
  throw parseError(String((failure as Error).message), filename, failure);
}

/** What to parse the file as, in order of likelihood. Text on its way to CommonJS may still be written as a module. */
function moduleKinds(filename: string, format: ModuleFormat | undefined): readonly unknown[] {
  if (format === "module" || /\.m[jt]s$/.test(filename)) return [true];
  return format === "commonjs" || /\.c[jt]s$/.test(filename)
    ? ["commonjs", "unknown"]
    : ["unknown", "commonjs"];
}

/** swc tells positions only in the drawing that is its message: numbered source lines, carets under the place. */
function parseError(message: string, filename: string, cause: unknown): InstrumentError {
  const summary = /^\s*x\s+(.*)$/m.exec(message)?.[1] ?? message;
  const drawing = /^ *(\d+) \|.*\n *: ( *)[\^|]/m.exec(message);
  const line = drawing === null ? undefined : Number(drawing[1]);
  const where =
    line === undefined ? { filename } : { filename, line, column: (drawing?.[2] ?? "").length + 1 };
  return new InstrumentError("ERR_FAMS_PARSE", summary, where, { cause });
}
