/** For `fams doctor`: each thread and process of a program writes down what it loaded, one line of JSON a finding. */

import { appendFileSync } from "node:fs";
import type { Diagnostic, StoreSite } from "@fams/compiler-plugin";
import type { Compiled } from "./compile.cjs";

export interface StoreCounts {
  readonly instrumented: number;
  /** How many were left alone, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** A file of the program was loaded. */
export interface FileFinding {
  readonly path: string;
  readonly instrumented: boolean;
  /** Why nothing of it was instrumented. */
  readonly reason?: string;
  /** Types told which stores to leave alone. */
  readonly typed: boolean;
  readonly stores: StoreCounts;
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
  const stores = countStores(sites);
  const found = { path, typed, stores, diagnostics };
  if (stores.instrumented > 0) return { ...found, instrumented: true };
  return { ...found, instrumented: false, reason: whyNot(source, sites.length) };
}

function whyNot(source: string, stores: number): string {
  if (stores > 0) return "none of its stores can reach a region";
  return /["']fams\/barrier["']/.test(source) ? "it is instrumented already" : "it has no stores of elements";
}

export function countStores(sites: readonly StoreSite[]): StoreCounts {
  const skipped: Record<string, number> = {};
  for (const { reason } of sites) {
    if (reason !== undefined) skipped[reason] = (skipped[reason] ?? 0) + 1;
  }
  return { instrumented: sites.filter(({ instrumented }) => instrumented).length, skipped };
}
