/**
 * Knows which version of each record was acknowledged last, and so what a store may hold after a crash: exactly those versions,
 * whole, except that the one update that a killed program had in flight may have become durable before it could be reported.
 */
import type { KeyValueStore } from "../kv/store.ts";
import { Keys, Value } from "../ycsb/records.ts";

export interface Findings {
  /** Records that are missing or older than acknowledged. */
  lost: number[];
  /** Records whose bytes belong to no single version. */
  torn: number[];
  /** Records of a version that was never acknowledged, other than updates in flight; and records too many. */
  unexpected: number[];
  /** The record of each update that was durable and not yet reported. */
  inFlight: number[];
}

export class Oracle {
  readonly #versions: number[];
  readonly #keys = new Keys();
  readonly #value: Value;

  /** `versions` by record number; values of `valueBytes` bytes. */
  constructor(versions: readonly number[], valueBytes: number) {
    this.#versions = [...versions];
    this.#value = new Value(valueBytes);
  }

  acknowledge(number: number, version: number): void {
    this.#versions[number] = version;
  }

  /**
   * Compares every record, after as many `kills` as there were since the last comparison. An update that was in flight counts as
   * acknowledged from now on.
   */
  check(store: KeyValueStore, kills: number): Findings {
    const findings: Findings = { lost: [], torn: [], unexpected: [], inFlight: [] };
    for (let number = 0; number < this.#versions.length; number++) {
      this.#checkRecord(store, number, findings, kills);
    }
    for (let extra = this.#versions.length; extra < store.size; extra++) findings.unexpected.push(extra);
    for (const number of findings.inFlight) this.#versions[number]++;
    return findings;
  }

  #checkRecord(store: KeyValueStore, number: number, findings: Findings, kills: number): void {
    const value = this.#value;
    const length = store.getInto(this.#keys.text(number), value.bytes);
    const ahead = value.version - this.#versions[number];
    if (length < 0) findings.lost.push(number);
    else if (length !== value.bytes.length || !value.isWhole(number)) findings.torn.push(number);
    else if (ahead < 0) findings.lost.push(number);
    else if (findings.inFlight.length + ahead > kills) findings.unexpected.push(number);
    else for (let update = 0; update < ahead; update++) findings.inFlight.push(number);
  }
}
