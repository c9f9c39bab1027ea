/** Types, and values that have them without a cast: among them views that their types do not give away. */

/** Declarations of every typed program. `mem0` and `mem1` are the memories of regions. */
export const DECLARATIONS = `
interface VecLike { [n: number]: number; length: number; norm(): number }
interface Tagged { [n: number]: number; tag: string }
interface Shape { readonly x: number; [n: number]: any }
interface Bits { [n: number]: 0 | 1 | number; fill(value: number): unknown }
class Vec extends Float64Array { norm() { return 1 } }
class Named extends Float64Array { name = "named"; message = "message"; x = 1 }
class Hidden extends Float64Array { private secret = 1; reveal() { return this.secret } }
class Open { x = 1; [k: number]: any }
class Nominal { private y = 1; [k: number]: number; look() { return this.y } }
class Hash { #z = 1; [k: number]: any; look() { return this.#z } }
class Heir extends Hash { w = 1 }
class Keeper<T> { constructor(public kept: T) {} }
const extend = (B: typeof Open) => class extends B { #q = 1; m() { this[0] = 8; return this.#q } };
`;

export const TYPES: readonly string[] = [
  "any",
  "unknown",
  "object",
  "{}",
  "number[]",
  "any[]",
  "readonly number[]",
  "[number, number]",
  "string[]",
  "Float64Array",
  "Uint8Array",
  "BigInt64Array",
  "Float64Array | number[]",
  "number[] | null",
  "Float64Array | string[] | undefined",
  "ArrayLike<number>",
  "ArrayBufferView",
  "Iterable<number>",
  "{ [n: number]: number }",
  "{ [n: number]: number | string }",
  "{ [n: number]: bigint }",
  "Record<string, number>",
  "Record<string, string>",
  "{ readonly length: number; [n: number]: any }",
  "VecLike",
  "Vec",
  "Named",
  "Hidden",
  "Error",
  "Tagged",
  "Shape",
  "Bits",
  "Open",
  "Nominal",
  "Hash",
  "Heir",
  "Map<number, number>",
  "Map<number, number> | Uint8Array",
  "Float64Array & { tag: string }",
  "number[] & { tag: string }",
];

export const VALUES: readonly string[] = [
  "new Float64Array(mem0, 64, 8)",
  "new Uint8Array(mem0, 120, 20)",
  "new Uint8Array(mem0, 0, 20)",
  "new BigInt64Array(mem0, 184, 4)",
  "new Vec(mem1, 64, 4)",
  "new Named(mem1, 128, 4)",
  "new Hidden(mem1, 192, 4)",
  "Object.assign(new Float64Array(mem1, 256, 4), { tag: 'x' })",
  "Object.assign(new Float64Array(mem1, 320, 4), { x: 1, norm() { return 2 } })",
  "new Proxy(new Float64Array(mem0, 320, 4), {})",
  "Buffer.from(mem0, 400, 20)",
  "new Float64Array(4)",
  "[1, 2, 3]",
  "[1, 2] as [number, number]",
  "['a', 'b']",
  "Object.assign([1, 2], { tag: 'y' })",
  "{ 0: 1, 1: 2 }",
  "{ 0: 'a', length: 1 }",
  "new Map<number, number>()",
  "new Open()",
  "new Nominal()",
  "new Hash()",
  "new Heir()",
  "new Error('e')",
  "null",
  "undefined",
];

/** Types of keys, each with keys that have it. */
export const KEYS: Readonly<Record<string, readonly string[]>> = {
  number: ["0", "1", "3"],
  string: ["'0'", "'2'", "'x'"],
  "'x' | 'y'": ["'x'", "'y'"],
  "'x' | '1'": ["'x'", "'1'"],
  "0 | 1": ["0", "1"],
  any: ["0", "'1'", "'x'"],
  "keyof VecLike": ["0", "'length'"],
  symbol: ["Symbol.iterator"],
};
