import type { PhaseResult } from "../ycsb/benchmark.ts";
import { phaseLine } from "../ycsb/report.ts";
import type { Round } from "./round.ts";

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

export function roundLine(index: number, kills: number, round: Round): string {
  const place = `kill ${String(index + 1).padStart(2)} of ${kills}`;
  const when = `${round.kill.milliseconds} ms into ${round.kill.phase}`.padEnd(21);
  const acknowledged = `${count.format(round.acknowledged).padStart(6)} updates acknowledged`;
  const recovery = `${round.verdict} in ${round.recoveryMilliseconds.toFixed(1)} ms`;
  return `  ${place}  ${when} ${acknowledged}, ${recovery}: ${describeFindings(round)}`;
}

function describeFindings({ lost, torn, unexpected, inFlight }: Round): string {
  if (lost.length + torn.length + unexpected.length > 0) {
    return `LOST ${lost.length}, TORN ${torn.length}, UNEXPECTED ${unexpected.length}`;
  }
  return inFlight === undefined ? "all records right" : "all records right, one update was in flight";
}

/** True if nothing was lost, torn or unexpected in any round. */
export function isSound(rounds: readonly Round[]): boolean {
  return rounds.every(({ lost, torn, unexpected }) => lost.length + torn.length + unexpected.length === 0);
}

export function summary(
  phases: readonly (readonly [string, PhaseResult])[],
  rounds: readonly Round[],
  records: number,
): string {
  const total = (figure: (round: Round) => number): string =>
    count.format(rounds.reduce((sum, round) => sum + figure(round), 0));
  const figures = [
    ["kills survived", `${rounds.length} of ${rounds.length}`],
    ["acknowledged updates checked", total((round) => round.acknowledged)],
    ["records compared, byte for byte", count.format(records * rounds.length)],
    ["updates durable but not yet reported", total(({ inFlight }) => (inFlight === undefined ? 0 : 1))],
    ["lost records", total(({ lost }) => lost.length)],
    ["torn records", total(({ torn }) => torn.length)],
    ["unexpected records", total(({ unexpected }) => unexpected.length)],
    ["recovery time, median", `${median(rounds.map((round) => round.recoveryMilliseconds)).toFixed(1)} ms`],
  ] as const;
  return [
    ...phases.map(([name, phase]) => phaseLine(name, phase)),
    "",
    ...figures.map(([name, figure]) => `${name.padEnd(38)}${figure.padStart(12)}`),
    "",
    "A kill ends the process and leaves the system's page cache: this proves that process crashes lose",
    "nothing. It says nothing about flushes; power cuts are proved on the simulated disk of the tests.",
    "",
    isSound(rounds) ? "PASSED" : "FAILED",
  ].join("\n");
}

function median(figures: number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[sorted.length >>> 1];
}
