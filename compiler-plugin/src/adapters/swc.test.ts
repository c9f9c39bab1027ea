import { SourceMap } from "node:module";
import { InstrumentError } from "@fams/compiler-plugin";
import { type SwcOptions, transform, transformSync } from "@fams/compiler-plugin/swc";
import { transformSync as swcTransformSync } from "@swc/core";
import { expect } from "chai";

const SOURCE = `interface Unused { a: 1 }
export function put(a: any, i: number) { a[i] = 1; a[i + 1] = 2; return missing(a); }
`;

const options = (more: SwcOptions = {}): SwcOptions => ({
  filename: "/project/put.ts",
  configFile: false,
  swcrc: false,
  sourceMaps: true,
  ...more,
  jsc: { target: "es2022", parser: { syntax: "typescript" }, ...more.jsc },
});

/** Where the map says that `text` of the code comes from; line and column from 1. */
function origin(code: string, map: string | undefined, text: string) {
  const before = code.slice(0, code.indexOf(text)).split("\n");
  const entry = new SourceMap(JSON.parse(map as string)).findEntry(
    before.length - 1,
    (before.at(-1) as string).length,
  );
  if (!("originalSource" in entry)) throw new Error(`${text} is not mapped`);
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function place(source: string, text: string, name = "/project/put.ts"): string {
  const before = source.slice(0, source.indexOf(text)).split("\n");
  return `${name}:${before.length}:${(before.at(-1) as string).length + 1}`;
}

describe("swc's transform with barriers", () => {
  it("maps to the source, whether the map comes apart or in the code, synchronously or not", async () => {
    for (const output of [transformSync(SOURCE, options()), await transform(SOURCE, options())]) {
      expect(output.code).to.include("a[i] = $f.v(");
      expect(origin(output.code, output.map, "missing(")).to.equal(place(SOURCE, "missing("));
      expect(JSON.parse(output.map as string).sourcesContent).to.deep.equal([SOURCE]);
    }
    const { code, map } = transformSync(SOURCE, options({ sourceMaps: "inline" }));
    expect(map).to.equal(undefined);
    const inline = Buffer.from(code.split("base64,")[1] as string, "base64").toString();
    expect(origin(code, inline, "missing(")).to.equal(place(SOURCE, "missing("));
  });

  it("goes on along the map that the source came with, in it or beside it, unless told not to", () => {
    const first = swcTransformSync(SOURCE, options({ jsc: { target: "esnext" } }));
    const js = (more: SwcOptions) =>
      options({ filename: "/project/put.js", jsc: { parser: { syntax: "ecmascript" } }, ...more });
    const inlined = `${first.code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(first.map as string).toString("base64")}`;
    for (const [source, more] of [
      [first.code, { inputSourceMap: first.map as string }],
      [inlined, {}],
    ] as const) {
      const { code, map } = transformSync(source, js(more));
      expect(origin(code, map, "missing(")).to.equal(place(SOURCE, "missing("));
    }
    const { code, map } = transformSync(inlined, js({ inputSourceMap: false }));
    expect(origin(code, map, "missing(")).to.equal(place(first.code, "missing(", "/project/put.js"));
  });

  it("reads the language that swc is told to read, whatever the name says", () => {
    for (const filename of [undefined, "/project/put.vue", "/project/put.js"]) {
      const { filename: _, ...rest } = options();
      expect(transformSync(SOURCE, { ...rest, ...(filename && { filename }) }).code).to.include("$f.v(");
    }
  });

  it("requires the barrier where the output is CommonJS", () => {
    const script = "function put(a, i) { a[i] = 1 }";
    expect(transformSync(SOURCE, options({ module: { type: "commonjs" } })).code).to.include("require(");
    const cases: [SwcOptions, string][] = [
      [{ isModule: "commonjs" }, 'require("fams/barrier")'],
      [{ fams: { format: "module" } }, 'from "fams/barrier"'],
    ];
    for (const [more, expected] of cases) {
      const { code } = transformSync(
        script,
        options({ filename: "/project/put.js", ...more, jsc: { parser: { syntax: "ecmascript" } } }),
      );
      expect(code).to.include(expected);
    }
  });

  it("gives code without stores to swc as it is, and passes its own options on to instrument()", () => {
    const source = "export const a: number = 1;\n";
    expect(transformSync(source, options())).to.deep.equal(swcTransformSync(source, options()));
    const own = "const a = new Float64Array(3); a[0] = 1;";
    expect(transformSync(own, options()).code).to.not.include("$f");
    expect(transformSync(own, options({ fams: { paranoid: true, runtime: "my-barrier" } })).code).to.include(
      '"my-barrier"',
    );
  });

  it("says where a file does not parse", async () => {
    let thrown: unknown;
    await transform("a[0 = 1", options()).catch((error) => {
      thrown = error;
    });
    expect(thrown).to.be.instanceOf(InstrumentError).and.to.include({ code: "ERR_FAMS_PARSE", line: 1 });
  });
});
