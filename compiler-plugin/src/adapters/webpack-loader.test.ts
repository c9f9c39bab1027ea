import { SourceMap } from "node:module";
import { expect } from "chai";
import webpack from "webpack";
import { ProjectFolder } from "../../testing/project-folder.ts";

const LOADER = "@fams/compiler-plugin/webpack-loader";

interface Built {
  readonly errors: string[];
  readonly warnings: string[];
  readonly code: string;
  readonly map: string;
}

function build(files: Record<string, unknown>, use: unknown[], entry = "./main.ts"): Promise<Built> {
  const folder = new ProjectFolder(files);
  const config = {
    ...{ context: folder.path, entry, mode: "development", target: "node", devtool: "source-map" },
    output: { path: folder.at("out") },
    externals: [/^fams(\/|$)/],
    externalsType: "commonjs",
    module: { rules: [{ test: /\.[jt]s$/, use }] },
  } as webpack.Configuration;
  return new Promise((resolve, reject) => {
    webpack(config, (error, stats) => {
      using _ = folder;
      if (error) return reject(error);
      const { errors = [], warnings = [] } = stats?.toJson() ?? {};
      const messages = (list: { message: string }[]) => list.map(({ message }) => message);
      const failed = errors.length > 0;
      resolve({
        errors: messages(errors),
        warnings: messages(warnings),
        code: failed ? "" : folder.read("out/main.js"),
        map: failed ? "" : folder.read("out/main.js.map"),
      });
    });
  });
}

describe("the loader for webpack", function () {
  this.timeout("1m");

  it("refuses to stand before a ts-loader that would check instrumented text, and says what to do", async () => {
    const files = { "main.ts": "export const f = (a: number[]) => { a[0] = 1; };", "tsconfig.json": {} };
    for (const tsLoader of ["ts-loader", { loader: "ts-loader", options: {} }]) {
      const { errors } = await build(files, [tsLoader, LOADER]);
      expect(errors).to.have.length(1);
      expect(errors[0])
        .to.include("main.ts")
        .and.to.include("`transpileOnly: true`")
        .and.to.include("tsc --noEmit");
    }
  });

  it("chains its map to the one of the loader before it", async () => {
    const before =
      "module.exports = function (source) { this.callback(null, '/* shifted */ ' + source, { version: 3, names: [], sources: ['main.js'], sourcesContent: [source], mappings: 'cAAA;AACA' }) }";
    const source = "export const f = (a) => { a[0] = 1; };\nthrow new Error();\n";
    const { code, map, errors } = await build(
      { "main.js": source, "shift.cjs": before, "package.json": { name: "shifted" } },
      [LOADER, "./shift.cjs"],
      "./main.js",
    );
    expect(errors).to.deep.equal([]);
    expect(code).to.include(".v(a, 0, ");
    const lines = code.split("\n");
    const line = lines.findIndex((text) => text.includes("throw new Error()"));
    const entry = new SourceMap(JSON.parse(map)).findEntry(line, 0) as { originalLine: number };
    expect(entry).to.include({ originalLine: 1, originalSource: "webpack://shifted/main.js" });
    expect(JSON.parse(map).sourcesContent).to.include(source);
  });

  it("warns of stores that cannot be tracked, and says where a file does not parse", async () => {
    const untracked = await build({ "main.js": "with (a) { b[0] = 1; }" }, [LOADER], "./main.js");
    expect(untracked.warnings.join()).to.match(/main\.js:1:12: this store is not tracked/);
    const broken = await build({ "main.js": "a[0 = 1" }, [LOADER], "./main.js");
    expect(broken.errors.join()).to.match(/main\.js:1:\d+: /);
  });
});
