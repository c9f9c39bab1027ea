import type { PhaseResult } from "../ycsb/benchmark.ts";
import { phaseLine } from "../ycsb/report.ts";
import type { Round } from "./round.ts";

const count = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `killed`: kills so far, this round's included, of `kills`. */
export function roundLine(killed: number, kills: number, round: Round): string {
  const when = round.kills.map(
    ({ phase, milliseconds }) => `${String(milliseconds).padStart(3)} ms into ${phase}`,
  );
  const acknowledged = `${count.format(round.acknowledged).padStart(6)} updates acknowledged`;
  const recovery = `${round.verdict} in ${round.recoveryMilliseconds.toFixed(1)} ms`;
  return `  ${String(killed).padStart(3)} of ${kills}  killed ${when.join(" and ")}; ${acknowledged}, ${recovery}: ${describeFindings(round)}`;
}

function describeFindings({ lost, torn, unexpected, inFlight }: Round): string {
  if (lost.length + torn.length + unexpected.length > 0) {
    return `LOST ${lost.length}, TORN ${torn.length}, UNEXPECTED ${unexpected.length}`;
  }
  return `all records right, ${inFlight.length} in flight`;
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
    ["kills survived", total(({ kills }) => kills.length)],
    ["acknowledged updates checked", total((round) => round.acknowledged)],
    ["records compared, byte for byte", count.format(records * rounds.length)],
    ["updates durable but not yet reported", total(({ inFlight }) => inFlight.length)],
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
    "nothing. It says nothing about flushes; power cuts take a simulated disk (docs/TESTING.md).",
    "",
    isSound(rounds) ? "PASSED" : "FAILED",
  ].join("\n");
}

function median(figures: number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[sorted.length >>> 1];
}
