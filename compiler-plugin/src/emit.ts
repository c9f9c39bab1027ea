/** Applies the edits of a file to its text, in one pass, so that nothing else of it changes. */
import MagicString, { type SourceMap } from "magic-string";
import type { Edits, Wrap } from "./edits.js";
import type { Activation } from "./scope.js";
import type { Span } from "./syntax.js";

export interface Prelude {
  /** Where the first statement after the directives starts. */
  readonly statements: Span;
  readonly barrier: string;
  readonly runtime: string;
  readonly format: "module" | "commonjs";
}

export interface Emitted {
  readonly code: string;
  readonly map: SourceMap | null;
}

export function emit(
  code: string,
  edits: Edits,
  activations: Iterable<Activation>,
  prelude: Prelude,
  mapOf: string | undefined,
): Emitted {
  const text = new MagicString(code);
  const declarations = [...activations].flatMap((activation) =>
    declareTemporaries(activation, prelude.statements),
  );
  const imported: Wrap = { ...prelude.statements, before: importBarrier(prelude), after: "" };
  // Outer before inner: openings are then appended in this order, closings prepended. The sort is stable.
  const wraps = [imported, ...declarations, ...edits.wraps].sort(
    (a, b) => a.start - b.start || b.end - a.end,
  );
  for (const { start, end, text: replacement } of edits.replacements) text.update(start, end, replacement);
  for (const { start, end, before, after } of wraps) {
    if (before !== "") text.appendRight(start, before);
    if (after !== "") text.prependLeft(end, after);
  }
  if (mapOf === undefined) return { code: text.toString(), map: null };
  const map = text.generateMap({ source: mapOf, includeContent: true, hires: "boundary" });
  return { code: text.toString(), map };
}

function importBarrier({ barrier, runtime, format }: Prelude): string {
  const specifier = JSON.stringify(runtime);
  return format === "module"
    ? `import * as ${barrier} from ${specifier}; `
    : `const ${barrier} = require(${specifier}); `;
}

function declareTemporaries({ place, temporaries }: Activation, program: Span): Wrap[] {
  if (temporaries.size === 0) return [];
  const declaration = `let ${[...temporaries].join(", ")}; `;
  switch (place.is) {
    case "program":
      return [{ ...program, before: declaration, after: "" }];
    case "block":
      return [{ ...place.statements, before: declaration, after: "" }];
    case "arrow":
      return [{ ...place.body, before: `{ ${declaration}return `, after: "; }" }];
    case "none":
      throw new RangeError("temporaries were planned where no statement can declare them");
  }
}
