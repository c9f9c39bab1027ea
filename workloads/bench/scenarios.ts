/** The store loops that are measured, and what they store into. */
import type { Region } from "fams";
import { S } from "fams/barrier";

/** 512 KiB of doubles: larger than the first-level cache, within the second. */
export const ELEMENTS = 64 * 1024;

export interface Scenario {
  name: string;
  /** Kernel text: declares the function `run`. */
  source: string;
  /** Operations in one call of `run`, and what one is. */
  operations: number;
  operation: "store" | "call" | "vector";
  /**
   * Arguments in memory of their own, to compare what the two contestants store.
   * As text: an expression for a realm of its own, where the plain contestant then runs. Needed where the runtime wraps
   * a built-in, because no code in this realm is plain any more.
   */
  plainArguments: (() => unknown[]) | string;
  instrumentedArguments: () => unknown[];
  /** The plain contestant keeps its own arguments: a view changes its shape when it is given a track. */
  apart?: true;
  /** Runs before each instrumented pass, outside the timing. */
  prepare?: () => void;
  /** Is also measured without the optimiser. */
  cold?: true;
}

const RANDOM = `
function run(a, order) {
  const n = order.length;
  for (let i = 0; i < n; i++) {
    const k = order[i];
    a[k] = i + 0.5;
  }
}`;

const RANDOM_KEY_EXPRESSION = `
function run(a, order) {
  const n = order.length;
  for (let i = 0; i < n; i++) a[order[i]] = i + 0.5;
}`;

const SEQUENTIAL = `
function run(a) {
  const n = a.length;
  for (let i = 0; i < n; i++) a[i] = i + 0.5;
}`;

const COUNT_UP = `
function run(a, order) {
  const n = order.length;
  for (let i = 0; i < n; i++) {
    const k = order[i];
    a[k]++;
  }
}`;

const GENERIC_HELPER = `
function store(a, i, v) {
  a[i] = v;
}
function run(targets, n) {
  for (const a of targets) {
    for (let i = 0; i < n; i++) store(a, i, i);
  }
}`;

const VECTORS = 8192;

const SHORT_LIVED_VEC3 = `
function add(a, b) {
  const r = new Float32Array(3);
  r[0] = a[0] + b[0];
  r[1] = a[1] + b[1];
  r[2] = a[2] + b[2];
  return r;
}
function run(step) {
  let sum = step;
  for (let i = 0; i < ${VECTORS}; i++) sum = add(sum, step);
  return sum[0];
}`;

const SHORT_LIVED_VEC3_OPAQUE = `
function allocate() {
  return new Float32Array(3);
}
function add(a, b, out) {
  out[0] = a[0] + b[0];
  out[1] = a[1] + b[1];
  out[2] = a[2] + b[2];
  return out;
}
function run(step) {
  let sum = step;
  for (let i = 0; i < ${VECTORS}; i++) sum = add(sum, step, allocate());
  return sum[0];
}`;

const DATA_VIEW = `
function run(view, n) {
  for (let i = 0; i < n; i++) view.setFloat64(i * 8, i + 0.5, true);
}`;

const SETS = 4096;

const SET_100_BYTES = `
function run(bytes, source) {
  for (let i = 0; i < ${SETS}; i++) bytes.set(source, i * 128);
}`;

/** What clears the region's marks and nothing else: a rollback would also read every line, and leave other caches behind. */
function marksOf(region: Region): () => void {
  const view = new Uint8Array(region.buffer);
  view[0] = 0;
  const { tracker } = (view as unknown as Record<symbol, { tracker: { marks: Uint8Array; reset(): void } }>)[
    S
  ];
  return () => {
    tracker.marks.fill(0);
    tracker.reset();
  };
}

/** All scenarios, over an open region that they may overwrite. */
export function scenarios(region: Region, order: Uint32Array): Scenario[] {
  const plainView = () => new Float64Array(ELEMENTS);
  const tracked = () => new Float64Array(region.buffer, 0, ELEMENTS);
  const clearMarks = marksOf(region);
  const overDoubles = { operation: "store", operations: ELEMENTS } as const;
  const random = {
    ...overDoubles,
    source: RANDOM,
    plainArguments: () => [plainView(), order],
    instrumentedArguments: () => [tracked(), order],
  };
  const array = () => Array.from({ length: ELEMENTS }, (_, i) => i + 0.25);
  const anyKind = () => [new Float64Array(ELEMENTS), new Uint32Array(ELEMENTS), array()];
  const ones = () => [new Float32Array([1, 1, 1])];
  const vector = {
    operation: "vector",
    operations: VECTORS,
    plainArguments: ones,
    instrumentedArguments: ones,
  } as const;
  return [
    { ...random, name: "random_f64_first_touch", prepare: clearMarks },
    { ...random, name: "random_f64_dirty", cold: true },
    { ...random, name: "random_f64_dirty_key_expression", source: RANDOM_KEY_EXPRESSION },
    { ...random, name: "random_f64_dirty_increment", source: COUNT_UP },
    {
      ...random,
      name: "random_untracked_view",
      instrumentedArguments: () => [plainView(), order],
      cold: true,
    },
    {
      ...random,
      name: "plain_array",
      plainArguments: () => [array(), order],
      instrumentedArguments: () => [array(), order],
      cold: true,
    },
    {
      name: "generic_helper",
      apart: true,
      source: GENERIC_HELPER,
      operation: "store",
      operations: 3 * ELEMENTS,
      plainArguments: () => [anyKind(), ELEMENTS],
      instrumentedArguments: () => [anyKind(), ELEMENTS],
    },
    { ...vector, name: "short_lived_vec3", source: SHORT_LIVED_VEC3 },
    { ...vector, name: "short_lived_vec3_opaque", source: SHORT_LIVED_VEC3_OPAQUE },
    {
      ...overDoubles,
      name: "sequential_f64_dirty",
      source: SEQUENTIAL,
      plainArguments: () => [plainView()],
      instrumentedArguments: () => [tracked()],
    },
    {
      ...overDoubles,
      name: "sequential_untracked_view",
      source: SEQUENTIAL,
      plainArguments: () => [plainView()],
      instrumentedArguments: () => [plainView()],
    },
    {
      ...overDoubles,
      name: "dataview_set_float64",
      source: DATA_VIEW,
      operation: "call",
      plainArguments: `[new DataView(new ArrayBuffer(${ELEMENTS * 8})), ${ELEMENTS}]`,
      instrumentedArguments: () => [new DataView(region.buffer, 0, ELEMENTS * 8), ELEMENTS],
    },
    {
      name: "set_100_bytes",
      source: SET_100_BYTES,
      operation: "call",
      operations: SETS,
      plainArguments: `[new Uint8Array(${SETS * 128}), new Uint8Array(100).fill(7)]`,
      instrumentedArguments: () => [new Uint8Array(region.buffer), new Uint8Array(100).fill(7)],
    },
  ];
}
