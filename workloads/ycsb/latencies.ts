import { build, type Histogram } from "hdr-histogram-js";

export interface LatencySummary {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Latencies of one kind of operation: recorded in nanoseconds to three digits, summarised in microseconds. */
export class Latencies {
  readonly #histogram: Histogram = build({ highestTrackableValue: 60e9, numberOfSignificantValueDigits: 3 });

  /** Both times from `performance.now()`. */
  record(start: number, end: number): void {
    this.#histogram.recordValue(Math.max(1, Math.round((end - start) * 1e6)));
  }

  summary(): LatencySummary {
    const at = (percentile: number): number => this.#histogram.getValueAtPercentile(percentile) / 1e3;
    return {
      count: this.#histogram.totalCount,
      p50: at(50),
      p95: at(95),
      p99: at(99),
      max: this.#histogram.totalCount === 0 ? 0 : this.#histogram.maxValue / 1e3,
    };
  }
}
