/** Statistics and timing shared by the benchmarks. Times are nanoseconds unless a name says otherwise. */
import type { Random } from "../support/random.ts";

/** Smallest, middle and largest of a set of figures. */
export interface Spread {
  min: number;
  median: number;
  max: number;
}

/** One measured figure with its spread, and its upper percentiles where single operations were timed. */
export interface Row extends Spread {
  name: string;
  unit: string;
  p95?: number;
  p99?: number;
  p999?: number;
}

/** What one benchmark found: ratios by name (bars are set on these) and the figures behind them. */
export interface Result {
  ratios: Record<string, Spread>;
  rows: Row[];
}

/** One of the functions compared: `pass` is timed, `prepare` runs before each pass and is not. */
export interface Contestant {
  pass(): void;
  prepare?(): void;
}

export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) throw new RangeError("quantile of no figures");
  const rank = (sorted.length - 1) * q;
  const low = sorted[Math.floor(rank)] as number;
  const high = sorted[Math.ceil(rank)] as number;
  return low + (high - low) * (rank - Math.floor(rank));
}

export function sorted(figures: Iterable<number>): Float64Array {
  return Float64Array.from(figures).sort();
}

export function median(figures: Iterable<number>): number {
  return quantile(sorted(figures), 0.5);
}

export function spread(figures: Iterable<number>): Spread {
  const all = sorted(figures);
  return { min: quantile(all, 0), median: quantile(all, 0.5), max: quantile(all, 1) };
}

/** Spread and upper percentiles of single operations. */
export function percentiles(figures: Iterable<number>): Omit<Row, "name" | "unit"> {
  const all = sorted(figures);
  const at = (q: number) => quantile(all, q);
  return { min: at(0), median: at(0.5), p95: at(0.95), p99: at(0.99), p999: at(0.999), max: at(1) };
}

/** Spread of a/b pair by pair; its `median` is the ratio of the medians, the figure that bars are set on. */
export function ratio(a: readonly number[], b: readonly number[]): Spread {
  const pairs = spread(a.map((figure, i) => figure / (b[i] as number)));
  return { ...pairs, median: median(a) / median(b) };
}

/** The same for single operations that were timed in turn: the spread is that of ten stretches of the run. */
export function ratioInStretches(a: readonly number[], b: readonly number[]): Spread {
  const stretch = Math.ceil(a.length / 10);
  const ratios: number[] = [];
  for (let at = 0; at < a.length; at += stretch)
    ratios.push(median(a.slice(at, at + stretch)) / median(b.slice(at, at + stretch)));
  return { ...spread(ratios), median: median(a) / median(b) };
}

/**
 * Times the contestants in alternating blocks and returns each one's block medians, in ns a pass.
 * Every block runs all contestants, in an order that rotates, so that drift of the machine hits them alike.
 */
export function alternate(contestants: readonly Contestant[], blocks: number, passes: number): number[][] {
  const medians: number[][] = contestants.map(() => []);
  for (let block = 0; block < blocks; block++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (block + turn) % contestants.length;
      medians[index]?.push(median(timePasses(contestants[index] as Contestant, passes)));
    }
  }
  return medians;
}

/** Runs a contestant untimed, so that its code is optimised before a figure is taken. */
export function warmUp(contestant: Contestant, passes: number): void {
  timePasses(contestant, passes);
}

function timePasses({ pass, prepare }: Contestant, passes: number): number[] {
  const times: number[] = [];
  for (let i = 0; i < passes; i++) {
    prepare?.();
    const start = performance.now();
    pass();
    times.push((performance.now() - start) * 1e6);
  }
  return times;
}

/**
 * Detaches one buffer. The first detach in a process makes V8 drop an assumption and all typed-array code slower
 * for good; a program that closes a region has paid that price, so both contestants must.
 */
export function detachDummyBuffer(): void {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
}

/** The numbers 0 to n-1 in random order. */
export function permutation(n: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const swapped = order[i] as number;
    order[i] = order[j] as number;
    order[j] = swapped;
  }
  return order;
}
