/** Runs a program under fams-run and collects what its threads and forks report to have loaded. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FileFinding, Finding, StoreCounts } from "../report.cjs";
import { sumStores } from "./stores-text.js";

const FAMS_RUN = fileURLToPath(new URL("../../bin/fams-run.js", import.meta.url));

export interface Examination {
  readonly program: { readonly exitCode: number | null; readonly signal: NodeJS.Signals | null };
  /** By path. */
  readonly files: readonly FileFinding[];
  /** What ran although nobody sees its stores. */
  readonly gaps: readonly string[];
  readonly stores: StoreCounts;
}

/** @param args of fams-run: its options, the script, and the script's own */
export async function examine(args: readonly string[]): Promise<Examination> {
  const folder = mkdtempSync(join(tmpdir(), "fams-doctor-"));
  const report = join(folder, "report");
  try {
    closeSync(openSync(report, "wx"));
    const program = await run(["--report", report, ...args]);
    const lines = readFileSync(report, "utf8").split("\n").slice(0, -1);
    return { program, ...collect(lines.map((line) => JSON.parse(line) as Finding)) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Standard output is for the report. A signal from the terminal reaches the program by itself, and is for it to answer. */
async function run(args: readonly string[]): Promise<Examination["program"]> {
  const program = spawn(process.execPath, [FAMS_RUN, ...args], { stdio: ["inherit", 2, "inherit"] });
  const pass = (signal: NodeJS.Signals) => program.kill(signal);
  const ignore = () => undefined;
  process.on("SIGTERM", pass).on("SIGINT", ignore);
  const [exitCode, signal] = (await once(program, "exit")) as [number | null, NodeJS.Signals | null];
  process.off("SIGTERM", pass).off("SIGINT", ignore);
  return { exitCode, signal };
}

/** A file that several threads loaded is instrumented if it is so in one: they all load by the same rules. */
function collect(findings: readonly Finding[]): Omit<Examination, "program"> {
  const files = new Map<string, FileFinding>();
  const gaps = new Set<string>();
  for (const finding of findings) {
    if ("gap" in finding) gaps.add(finding.gap);
    else if (files.get(finding.path)?.instrumented !== true) files.set(finding.path, finding);
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, gaps: [...gaps], stores: sumStores(sorted) };
}
