/**
 * Knows which version of each record was acknowledged last, and so what a store may hold after a crash: exactly those versions,
 * whole, except that the one update in flight may have become durable before it could be reported.
 */
import type { KeyValueStore } from "../kv/store.ts";
import { Keys, Value } from "../ycsb/records.ts";

export interface Findings {
  /** Records that are missing or older than acknowledged. */
  lost: number[];
  /** Records whose bytes belong to no single version. */
  torn: number[];
  /** Records of a version that was never acknowledged, other than the one update in flight; and records too many. */
  unexpected: number[];
  /** The record whose update was durable and not yet reported. */
  inFlight: number | undefined;
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

  /** Compares every record, and counts the update in flight, if there was one, as acknowledged from now on. */
  check(store: KeyValueStore): Findings {
    const findings: Findings = { lost: [], torn: [], unexpected: [], inFlight: undefined };
    for (let number = 0; number < this.#versions.length; number++) this.#checkRecord(store, number, findings);
    for (let extra = this.#versions.length; extra < store.size; extra++) findings.unexpected.push(extra);
    if (findings.inFlight !== undefined) this.#versions[findings.inFlight]++;
    return findings;
  }

  #checkRecord(store: KeyValueStore, number: number, findings: Findings): void {
    const value = this.#value;
    const expected = this.#versions[number];
    const length = store.getInto(this.#keys.text(number), value.bytes);
    if (length < 0) findings.lost.push(number);
    else if (length !== value.bytes.length || !value.isWhole(number)) findings.torn.push(number);
    else if (value.version < expected) findings.lost.push(number);
    else if (value.version === expected + 1 && findings.inFlight === undefined) findings.inFlight = number;
    else if (value.version !== expected) findings.unexpected.push(number);
  }
}
