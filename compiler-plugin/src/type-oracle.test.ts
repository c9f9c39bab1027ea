import { createRequire } from "node:module";
import { dirname } from "node:path";
import { InstrumentError, instrument } from "@fams/compiler-plugin";
import { expect } from "chai";
import { ts as bundled } from "ts-morph";
import ts from "typescript";

const COMPILERS = [
  ["typescript", ts],
  ["ts-morph's", bundled as unknown as typeof ts],
] as const;

const PRELUDE = `
interface VecLike { [n: number]: number; length: number; norm(): number }
class Vec extends Float64Array { norm() { return 1 } }
class Open { x = 1; [k: number]: any }
class Nominal { private x = 1; [k: string]: any }
class Hash { #x = 1; [k: number]: any }
class Guarded { protected x = 1; [k: number]: any }
class Heir extends Nominal { y = 1 }
class OfMap extends Map<any, any> { private z = 1; [k: number]: any }
class PrivateView extends Float64Array { private secret = 1 }
class HeirOfView extends PrivateView { #more = 1 }
class OfBuffer extends Buffer { #more = 1 }
class OnlyStatic { private static x = 1; static #y = 1; [k: number]: any }
class Hidden { private constructor() {} [k: number]: any }
declare const Unknown: any;
class OfUnknown extends Unknown { private x = 1; [k: number]: any }
function mixin<C extends new (...a: any[]) => object>(Base: C) { return class extends Base { private x = 1; [k: number]: any; m() { this[0] = 1 } } }
declare const missing: NoSuchType;
`;

/** What the receiver is declared as, and the reason to skip a store of a number into it. */
const RECEIVERS: Record<string, string | undefined> = {
  "number[]": "type: the receiver is an array",
  "readonly unknown[]": "type: the receiver is an array",
  "[number, string]": "type: the receiver is an array",
  "any[] | null": "type: the receiver is an array",
  "number[] & { x: 1 }": "type: the receiver is an array",
  string: "type: the receiver is a primitive value",
  "(number & { brand: 1 }) | null": "type: the receiver is a primitive value",
  "number | undefined": "type: the receiver is a primitive value",
  "Map<number, number>": "type: the receiver is a built-in object that is no view",
  "Date | RegExp": "type: the receiver is a built-in object that is no view",
  Nominal: "type: the receiver is of a class with private members that extends no view",
  Hash: "type: the receiver is of a class with private members that extends no view",
  Guarded: "type: the receiver is of a class with private members that extends no view",
  Heir: "type: the receiver is of a class with private members that extends no view",
  OfMap: "type: the receiver is of a class with private members that extends no view",
  "Record<string, { a: 1 }>": "type: the receiver's elements are neither numbers nor bigints",
  "Record<string, string>": "type: the receiver's elements are neither numbers nor bigints",
  any: undefined,
  unknown: undefined,
  object: undefined,
  "{}": undefined,
  Object: undefined,
  NoSuchType: undefined,
  Float64Array: undefined,
  "Float64Array<ArrayBuffer>": undefined,
  "Float64Array<SharedArrayBuffer>": undefined,
  "BigInt64Array | number[]": undefined,
  "Float64Array & { tag: 1 }": undefined,
  Buffer: undefined,
  ArrayBufferView: undefined,
  "ArrayLike<number>": undefined,
  "{ [n: number]: number }": undefined,
  "{ [n: number]: bigint }": undefined,
  "Record<string, unknown>": undefined,
  "Record<number, 1 | 2>": undefined,
  "Record<number, number & { brand: 1 }>": undefined,
  VecLike: undefined,
  Vec: undefined,
  Open: undefined,
  OnlyStatic: undefined,
  Hidden: undefined,
  OfUnknown: undefined,
  PrivateView: undefined,
  HeirOfView: undefined,
  OfBuffer: undefined,
  "Iterable<number>": undefined,
  // A view may have these members, too.
  Error: undefined,
  EventTarget: undefined,
  "number[] | VecLike": undefined,
};

/** Programs without a cast or an error that store into a view, though the type of its receiver or key says otherwise. */
const VIEWS_IN_DISGUISE: Record<string, string> = {
  "a variable narrowed by an assignment, before a call assigns another value":
    "let a: number[] | Float64Array = []; function f() { a = new Float64Array(8); } f(); a[0] = 1;",
  "a property narrowed likewise":
    "const o: { a: number[] | Float64Array } = { a: [] }; function f() { o.a = new Float64Array(8); } o.a = []; f(); o.a[0] = 1;",
  "an element narrowed likewise":
    "const o: { [k: string]: number[] | Float64Array } = { a: [] }; function f() { o['a'] = new Float64Array(8); } o['a'] = []; f(); o['a'][0] = 1;",
  "a constant made from one":
    "let a: number[] | Float64Array = []; function f() { a = new Float64Array(8); } f(); const b = a; b[0] = 1;",
  "a narrowed object of the receiver":
    "let o: { a: number[] } | { a: Float64Array } = { a: [] }; function f() { o = { a: new Float64Array(8) }; } f(); o.a[0] = 1;",
  "a narrowed operand of the receiver":
    "let a: number[] | Float64Array | null = []; function f() { a = new Float64Array(8); } f(); (a || [])[0] = 1;",
  "a narrowed key": "let k: 'x' | '0' = 'x'; function f() { k = '0'; } declare const a: any; f(); a[k] = 1;",
  "elements narrowed by an assignment that converts them":
    "function f(o: { [n: number]: number | string }) { o[0] = '5'; o[0] += '1'; } f(new Float64Array(8));",
  "a class that extends what it is given":
    "class P { x = 1 } class V extends Float64Array { x = 1 } const m = (B: typeof P) => class extends B { #q = 1; [k: number]: any; m() { this[0] = 1; } }; m(V);",
  "a class that extends what a constructor's type tells":
    "class V extends Float64Array { name = ''; message = '' } const m = (B: new () => Error) => class extends B { #q = 1; [k: number]: any; m() { this[0] = 1; } }; m(V);",
};

/** References that nothing narrows, or narrows for good. */
const REFERENCES: Record<string, string> = {
  "a property of this": "class A { a: number[] = []; m(i: number) { this.a[i] = 1; } }",
  "a private property": "class A { #a: number[] = []; m(i: number) { this.#a[i] = 1; } }",
  "a property that may be absent": "function f(o: { a?: number[] }) { if (o.a) o.a[0] = 1; }",
  "rows of a table": "function f(rows: number[][], i: number) { rows[i]![0] = 1; }",
  "a property named by a string": "function f(o: { a: number[] }) { o['a'][0] = 1; }",
  "values of a record": "function f(o: Record<string, number[]>, k: string) { o[k]![0] = 1; }",
  "a call": "declare function g(): number[]; g()[0] = 1;",
  "a constant that was narrowed": "declare const a: number[] | Float64Array; if (Array.isArray(a)) a[0] = 1;",
  "a constant made from a property":
    "class A { a: number[] = []; m() { const { a } = this, b = a; b[0] = 1; } }",
  "the result of a condition": "declare const a: number[]; (Math.random() > 0.5 ? a : [1])[0] = 1;",
};

/** In a generic function: what T extends. */
const BOUNDS: Record<string, string | undefined> = {
  T: undefined,
  "T extends object": undefined,
  "T extends number[]": "type: the receiver is an array",
  "T extends number[] | Float64Array": undefined,
  "T extends U, U extends number[]": "type: the receiver is an array",
};

const KEYS: Record<string, string | undefined> = {
  '"a" | "b"': "type: the key is one of some names, none of them an index",
  '"a" | "0"': undefined,
  string: undefined,
  number: undefined,
  '"a" | number': undefined,
  any: undefined,
};

for (const [name, compiler] of COMPILERS) {
  describe(`types spare a store the barrier only by rules that views cannot meet (${name} compiler)`, () => {
    const program = programsOf(compiler);
    const reasonsOf = (source: string, options: object = {}) => {
      const code = PRELUDE + source;
      const types = { ts: compiler, program: program(code) };
      return instrument(code, { filename: "/case.ts", types, ...options }).sites.map((site) => site.reason);
    };
    const errorsIn = (source: string) => {
      const made = program(source);
      return made
        .getSemanticDiagnostics(made.getSourceFile("/case.ts"))
        .map(({ messageText }) => messageText);
    };
    const last = (source: string) => reasonsOf(source).at(-1);

    it("by the receiver", () => {
      for (const [type, reason] of Object.entries(RECEIVERS)) {
        expect(last(`function f(a: ${type}, i: number) { (a as ${type})[i] = 1 as any }`), type).to.equal(
          reason,
        );
      }
    });

    it("by the bound of a type parameter", () => {
      for (const [bound, reason] of Object.entries(BOUNDS)) {
        expect(last(`function f<${bound}>(a: T, i: number) { a[i] = 1 as any }`), bound).to.equal(reason);
      }
    });

    it("not by what control flow or a constructor's type makes of them", () => {
      for (const [what, source] of Object.entries(VIEWS_IN_DISGUISE)) {
        expect(errorsIn(source), what).to.deep.equal([]);
        expect(last(source), what).to.equal(undefined);
      }
    });

    it("by what a reference was declared as", () => {
      for (const [what, source] of Object.entries(REFERENCES)) {
        expect(last(source), what).to.equal("type: the receiver is an array");
      }
    });

    it("by the key", () => {
      for (const [type, reason] of Object.entries(KEYS)) {
        expect(last(`function f(a: any, k: ${type}) { a[k] = 1 }`), type).to.equal(reason);
      }
    });

    it("in every form of store", () => {
      const array = "type: the receiver is an array";
      expect(
        reasonsOf(
          "declare const a: number[], v: Float64Array; [a[0], v[0]] = [1, 2]; for (a[1] of v); v[1]++; a[2] += 1; (a as any)[3] = 1",
        ).slice(1),
      ).to.deep.equal([array, undefined, array, undefined, array, undefined]);
    });

    it("not for this of a class that a mixin makes", () => {
      expect(reasonsOf("")).to.deep.equal([undefined]);
      expect(last("class P { #p = 1; [k: number]: any; m() { this[0] = 1 } }")).to.equal(
        "type: the receiver is of a class with private members that extends no view",
      );
    });

    it("and not under paranoid", () => {
      expect(reasonsOf("declare const a: number[]; a[0] = 1", { paranoid: true }).at(-1)).to.equal(undefined);
    });

    it("not at all without the standard library", () => {
      const code = "function f(a: number[], b: Map<1, 2>, i: number) { a[i] = 1; (b as any)[i] = 1 }";
      const bare = program(code, { noLib: true, types: [] });
      const { sites } = instrument(code, { filename: "/case.ts", types: { ts: compiler, program: bare } });
      expect(sites.map((site) => site.reason)).to.deep.equal([undefined, undefined]);
    });

    it("a text that is not the program's is refused", () => {
      const types = { ts: compiler, program: program("let a: any; a[0] = 1") };
      for (const [code, filename] of [
        ["let a: any; a[0] = 2", "/case.ts"],
        ["let a: any; a[0] = 1", "/other.ts"],
      ] as const) {
        expect(() => instrument(code, { filename, types }))
          .to.throw(InstrumentError)
          .with.property("code", "ERR_FAMS_TYPES");
      }
      expect(() => instrument("a[0] = 1", { filename: "/case.ts", types, parser: "swc" }))
        .to.throw(InstrumentError)
        .with.property("code", "ERR_FAMS_OPTION");
    });
  }).timeout(60_000);
}

/** Programs of one file and the standard library, which is parsed once. */
function programsOf(compiler: typeof ts): (code: string, more?: ts.CompilerOptions) => ts.Program {
  const options = {
    target: compiler.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    strict: true,
    types: ["node"],
  };
  const host = compiler.createCompilerHost(options);
  const library = dirname(createRequire(import.meta.url).resolve("typescript"));
  host.getDefaultLibLocation = () => library;
  host.getDefaultLibFileName = () => `${library}/lib.d.ts`;
  const read = host.getSourceFile.bind(host);
  const libraries = new Map<string, ts.SourceFile | undefined>();
  let text = "";
  host.getSourceFile = (fileName, ...rest) => {
    if (fileName === "/case.ts")
      return compiler.createSourceFile(fileName, text, compiler.ScriptTarget.ES2022, true);
    if (!libraries.has(fileName)) libraries.set(fileName, read(fileName, ...rest));
    return libraries.get(fileName);
  };
  return (code, more = {}) => {
    text = code;
    return compiler.createProgram(["/case.ts"], { ...options, ...more }, host);
  };
}
