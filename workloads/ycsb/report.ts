import type { PhaseResult, RunResult } from "./benchmark.ts";
import { OPERATIONS } from "./core.ts";

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const micros = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function phaseLine(name: string, phase: PhaseResult): string {
  const rate = count.format(phase.operationsPerSecond).padStart(11);
  return `${name.padEnd(18)}${rate} operations/s   ${count.format(phase.operations)} in ${phase.seconds.toFixed(2)} s, ${count.format(phase.msyncs)} msyncs`;
}

/** Latencies in microseconds, one line for each kind of operation that ran. */
export function latencyTable(run: RunResult): string {
  const cells = ["count", "p50", "p95", "p99", "max"] as const;
  const head = `${"latency (us)".padEnd(18)}${cells.map((cell) => cell.padStart(11)).join("")}`;
  const rows = OPERATIONS.flatMap((name) => {
    const summary = run.latencies[name];
    if (summary === undefined) return [];
    const figures = cells.map((cell) =>
      (cell === "count" ? count : micros).format(summary[cell]).padStart(11),
    );
    return [`${name.padEnd(18)}${figures.join("")}`];
  });
  return [head, ...rows].join("\n");
}
