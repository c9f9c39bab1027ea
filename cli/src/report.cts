/** For `fams doctor`: each thread and process of a program writes down what it loaded, one line of JSON a finding. */

import { appendFileSync } from "node:fs";
import type { Diagnostic } from "@fams/compiler-plugin";
import type { Compiled } from "./compile.cjs";

/** A file of the program was loaded. */
export interface FileFinding {
  readonly path: string;
  readonly instrumented: boolean;
  /** Why nothing of it was instrumented. */
  readonly reason?: string;
  /** Types told which stores to leave alone. */
  readonly typed: boolean;
  readonly stores: {
    readonly instrumented: number;
    /** By reason. */
    readonly skipped: Readonly<Record<string, number>>;
  };
  /** Stores that should have been instrumented and could not be. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Something runs whose stores nobody sees. */
export interface GapFinding {
  readonly gap: string;
}

export type Finding = FileFinding | GapFinding;

export interface Report {
  excluded(path: string, reason: string): void;
  compiled(path: string, source: string, output: Compiled): void;
  gap(what: string): void;
}

const NO_REPORT: Report = { excluded() {}, compiled() {}, gap() {} };

/** @param path of the file to append to; undefined when nobody asked for a report */
export function openReport(path: string | undefined): Report {
  if (path === undefined) return NO_REPORT;
  const add = (finding: Finding) => appendFileSync(path, `${JSON.stringify(finding)}\n`);
  return {
    excluded: (file, reason) => {
      const stores = { instrumented: 0, skipped: {} };
      add({ path: file, instrumented: false, reason, typed: false, stores, diagnostics: [] });
    },
    compiled: (file, source, output) => add(fileFinding(file, source, output)),
    gap: (gap) => add({ gap }),
  };
}

function fileFinding(path: string, source: string, { sites, diagnostics, typed }: Compiled): FileFinding {
  const skipped: Record<string, number> = {};
  for (const { reason } of sites) {
    if (reason !== undefined) skipped[reason] = (skipped[reason] ?? 0) + 1;
  }
  const count = sites.filter((site) => site.instrumented).length;
  const found = { path, typed, stores: { instrumented: count, skipped }, diagnostics };
  return count > 0 ? { ...found, instrumented: true } : { ...found, instrumented: false, reason: why() };

  function why(): string {
    if (sites.length > 0) return "none of its stores can reach a region";
    return /["']fams\/barrier["']/.test(source)
      ? "it is instrumented already"
      : "it has no stores of elements";
  }
}
