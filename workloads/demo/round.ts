/** One round of the demonstration: run the updating program, kill it, recover, and ask the oracle. */
import { setTimeout as delay } from "node:timers/promises";
import { Region } from "fams";
import { checkStore } from "../kv/check.ts";
import { KeyValueStore } from "../kv/store.ts";
import { readAcknowledgements } from "../support/acknowledgements.ts";
import { Program } from "../support/program.ts";
import type { Findings, Oracle } from "./oracle.ts";

export interface Setting {
  /** The region file. */
  path: string;
  /** The acknowledgement file. */
  log: string;
  records: number;
  valueBytes: number;
  durability: "power" | "process";
}

/** When to kill: so many milliseconds after the program's start, or after its first update could begin. */
export interface Kill {
  phase: "start-up" | "updates";
  milliseconds: number;
}

export interface Round extends Findings {
  kill: Kill;
  acknowledged: number;
  verdict: string;
  recoveryMilliseconds: number;
}

/** `reported`: acknowledgements in the file before this round. */
export async function runRound(
  setting: Setting,
  oracle: Oracle,
  kill: Kill,
  seed: number,
  reported: number,
): Promise<Round> {
  const { path, log, records, valueBytes, durability } = setting;
  const program = new Program(new URL("updates.ts", import.meta.url), [
    path,
    log,
    `${seed}`,
    `${records}`,
    `${valueBytes}`,
    durability,
  ]);
  if (kill.phase === "updates") await program.ready();
  await delay(kill.milliseconds);
  await program.kill();
  const acknowledgements = readAcknowledgements(log, reported);
  for (const [number, version] of acknowledgements) oracle.acknowledge(number, version);
  return { kill, acknowledged: acknowledgements.length, ...recoverAndCheck(path, oracle) };
}

/** Opens the region, which recovers it, proves the store's structure and compares every record. */
export function recoverAndCheck(path: string, oracle: Oracle) {
  const start = performance.now();
  const region = Region.openSync(path);
  const recoveryMilliseconds = performance.now() - start;
  try {
    checkStore(region.buffer);
    const findings = oracle.check(new KeyValueStore(region.buffer));
    return { recoveryMilliseconds, verdict: region.recovery.verdict as string, ...findings };
  } finally {
    region.close();
  }
}
