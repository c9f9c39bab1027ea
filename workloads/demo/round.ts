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
  phase: "start" | "updates";
  milliseconds: number;
}

export interface Round extends Findings {
  kills: readonly Kill[];
  acknowledged: number;
  verdict: Region["recovery"]["verdict"];
  recoveryMilliseconds: number;
}

/**
 * Starts and kills the program once for each of `kills`, so that a second program has to recover what the first left behind.
 * `reported`: acknowledgements in the file before this round.
 */
export async function runRound(
  setting: Setting,
  oracle: Oracle,
  kills: readonly Kill[],
  seed: number,
  reported: number,
): Promise<Round> {
  for (const [index, kill] of kills.entries()) await runAndKill(setting, kill, seed + index);
  const acknowledgements = readAcknowledgements(setting.log, reported);
  for (const [number, version] of acknowledgements) oracle.acknowledge(number, version);
  return {
    kills,
    acknowledged: acknowledgements.length,
    ...recoverAndCheck(setting.path, oracle, kills.length),
  };
}

async function runAndKill(setting: Setting, kill: Kill, seed: number): Promise<void> {
  const { path, log, records, valueBytes, durability } = setting;
  const args = [path, log, seed, records, valueBytes, durability].map(String);
  const program = new Program(new URL("updates.ts", import.meta.url), args);
  if (kill.phase === "updates") await program.ready();
  await delay(kill.milliseconds);
  await program.kill();
}

/** Opens the region, which recovers it, proves the store's structure and compares every record, after so many kills. */
export function recoverAndCheck(path: string, oracle: Oracle, kills: number) {
  const start = performance.now();
  const region = Region.openSync(path);
  const recoveryMilliseconds = performance.now() - start;
  try {
    checkStore(region.buffer);
    const findings = oracle.check(new KeyValueStore(region.buffer), kills);
    return { recoveryMilliseconds, verdict: region.recovery.verdict, ...findings };
  } finally {
    region.close();
  }
}
