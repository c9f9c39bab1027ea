/** Which TypeScript compiler reads the file. */
import { createRequire } from "node:module";
import type tsModule from "typescript";

export type TypeScript = typeof tsModule;

/** A program and the very module that made it: syntax kinds and flags differ between versions. */
export interface Types {
  readonly ts: TypeScript;
  readonly program: tsModule.Program;
}

let bundled: TypeScript | undefined;

/** The compiler inside ts-morph. It is large: only those who ask for it wait for it. */
export function loadTypeScript(): TypeScript {
  bundled ??= createRequire(import.meta.url)("ts-morph").ts as TypeScript;
  return bundled;
}
