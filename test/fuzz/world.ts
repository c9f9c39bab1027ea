/** What a program works with: views of every kind over three memories, other objects, and functions that leave a trace. */

/** Bytes at the start of each memory that programs can reach. */
export const REACH = 1024;

export interface Stage {
  /** Two memories that may be regions', and one that never is. */
  readonly memories: readonly [ArrayBuffer, ArrayBuffer, ArrayBuffer];
  /** Commits, or does what comes to the same. */
  sync(): void;
  /** Back to the last commit. */
  undo(): void;
}

export interface World {
  readonly [name: string]: unknown;
  readonly trace: readonly string[];
  /** Says what a value is, in words that both twins share. */
  display(value: unknown): string;
}

/** Steps of loops and calls that a program may take. */
const FUEL = 150;

export const SYMBOL = Symbol("sym");

class Views {
  readonly f64: Float64Array;
  readonly u8: Uint8Array;
  readonly first: Float64Array;
  readonly all: Record<string, ArrayBufferView>;

  constructor([a, b, c]: Stage["memories"]) {
    this.f64 = new Float64Array(a, 64, 8);
    this.u8 = new Uint8Array(a, 120, 20);
    this.first = new Float64Array(a, 0, 40);
    this.all = {
      f64: this.f64,
      u8: this.u8,
      first: this.first,
      small: new Float32Array(a, 0, 8),
      c8: new Uint8ClampedArray(a, 60, 9),
      i16: new Int16Array(a, 126, 6),
      i64: new BigInt64Array(a, 184, 4),
      u64: new BigUint64Array(a, 200, 4),
      dv: new DataView(a, 101, 40),
      f32: new Float32Array(b, 60, 8),
      tiny: new Uint16Array(b, 0, 4),
      i8: new Int8Array(b, 190, 8),
      u16: new Uint16Array(b, 62, 12),
      i32: new Int32Array(b, 64, 8),
      u32: new Uint32Array(b, 124, 6),
      sub: new (class Sub extends Float64Array {})(b, 128, 6),
      buf: Buffer.from(b, 50, 40),
      closed: Object.preventExtensions(new Float64Array(b, 256, 8)),
      empty: new Float64Array(b, 128, 0),
      own: new Float64Array(c, 0, 8),
      shared: new Int32Array(new SharedArrayBuffer(64)),
    };
  }
}

function objects({ f64, u8, first }: Views) {
  const proxy = new Proxy(f64, {});
  const hereditary = Object.create(f64) as object;
  return {
    array: [10, 20, 30],
    plain: { 0: "zero", name: "plain" },
    frozen: Object.freeze([7, 8, 9]),
    sealed: Object.seal({ 0: 1, 1: 2 }),
    proxy,
    deep: new Proxy(new Proxy(u8, {}), {}),
    heir: hereditary,
    heirOfProxy: Object.create(proxy) as object,
    rows: [f64, u8, [1, 2]],
    holder: { v: first },
    nothing: undefined,
    none: null,
    word: "word",
  };
}

export const WORLD_NAMES: readonly string[] = [
  ..."f64 u8 first small c8 i16 i64 u64 dv f32 tiny i8 u16 i32 u32 sub buf closed empty own shared".split(
    " ",
  ),
  ..."array plain frozen sealed proxy deep heir heirOfProxy rows holder nothing none word sym".split(" "),
  ..."log tick num key pair odd short later tag seen caught stop again fresh mem sync undo".split(" "),
];

export function createWorld(stage: Stage): World {
  const views = new Views(stage.memories);
  const things: Record<string, unknown> = { ...views.all, ...objects(views), sym: SYMBOL };
  const trace: string[] = [];
  let fuel = FUEL;
  let again = (): void => {};

  const display = (value: unknown): string => describe(value, things);

  function log(label: unknown, value?: unknown): unknown {
    trace.push(`${String(label)} ${display(value)}`);
    return value;
  }

  function tick(): void {
    if (fuel-- <= 0) throw new RangeError("out of fuel");
  }

  function convert(label: unknown, how: string, plain: unknown): unknown {
    log(`convert ${String(label)}`);
    tick();
    if (how === "store") again();
    else if (how === "sync") stage.sync();
    else if (how === "undo") stage.undo();
    else if (how === "throw") throw new TypeError("no conversion");
    else if (how === "big") return 3n;
    return plain;
  }

  const own = {
    log,
    tick,
    display,
    trace,
    num: (label: number, how: string) => ({ valueOf: () => convert(label, how, 6) }),
    key: (label: number, how: string) => ({ toString: () => convert(label, how, "1") }),
    pair: (x: unknown) => Object.assign([x, 5], { x }),
    odd: (x: unknown) => ({
      get x() {
        log("get x");
        return x;
      },
      *[Symbol.iterator]() {
        log("next");
        yield x;
        log("next");
        yield 6;
      },
    }),
    short: (x: unknown) => Object.assign([] as unknown[], { y: x }),
    later: (x: unknown) => Promise.resolve(x),
    tag: (parts: readonly string[], ...values: unknown[]) => log(parts.join(), values[0]),
    seen: (x: unknown) => log("seen", x),
    caught: (error: unknown) => log("caught", messageOf(error)),
    stop(x: unknown) {
      if (x) throw new EvalError("stop");
    },
    again(action: () => void) {
      again = action;
    },
    fresh: (memory = 0) => new Float64Array(stage.memories[memory] as ArrayBuffer, 72, 5),
    mem: (memory: number) => stage.memories[memory],
    sync() {
      log("sync");
      stage.sync();
    },
    undo() {
      log("undo");
      stage.undo();
    },
  };
  return { ...things, ...own };
}

/** What is not iterable V8 names by the source text of the nearest call, and that may be the barrier's. */
export function messageOf(error: unknown): string {
  return String(error).replace(/: .* is not iterable.*/, ": not iterable");
}

/** Two levels of arrays: a program may put an array into itself. */
function describe(value: unknown, things: Record<string, unknown>, levels = 2): string {
  if ((typeof value === "object" && value !== null) || typeof value === "function") {
    for (const [name, thing] of Object.entries(things)) if (thing === value) return name;
  }
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) {
    if (levels === 0) return "[...]";
    return `[${value.map((item) => describe(item, things, levels - 1)).join(", ")}]`;
  }
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${value.byteOffset}+${value.byteLength}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
