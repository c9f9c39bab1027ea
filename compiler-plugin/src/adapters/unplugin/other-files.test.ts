/** Not every file is a script, and not every script can be instrumented. */

import { unplugin } from "@fams/compiler-plugin/unplugin";
import { expect } from "chai";
import * as esbuild from "esbuild";
import { build, Folder, NAMES } from "../../../testing/bundlers.ts";

const STORE = "export const store = (a, x) => { a[0] = x; };\n";

describe("a bundle", function () {
  this.timeout("30s");
  const folders: Folder[] = [];
  after(() => {
    for (const folder of folders) folder.remove();
  });
  function folderWith(files: Record<string, string>): Folder {
    const folder = new Folder(files);
    folders.push(folder);
    return folder;
  }

  for (const [name, specifier] of [
    ["vite", "./a.text.js?raw"],
    ["webpack", "./a.text.js"],
    ["rspack", "./a.text.js"],
    ["esbuild", "./a.text.js"],
  ] as const) {
    it(`of ${name} holds the text of a script as it is`, async () => {
      const main = `import text from "${specifier}";\nconsole.log(JSON.stringify(text));\n`;
      const folder = folderWith({ "main.ts": main, "a.text.js": STORE });
      const { warnings } = await build(name, folder);
      expect(warnings).to.deep.equal([]);
      expect(folder.run()).to.equal(STORE);
    });
  }

  for (const name of ["webpack", "rspack", "esbuild"] as const) {
    it(`of ${name} says which store cannot be tracked`, async () => {
      const folder = folderWith({
        "main.ts": 'import "./old/sloppy.js";\n',
        "old/package.json": "{}",
        "old/sloppy.js": "exports.f = function (o, a) {\n  with (o) { a[0] = 1; }\n};\n",
      });
      const { warnings } = await build(name, folder, { format: "commonjs" });
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include("inside `with`");
    });
  }

  for (const name of NAMES) {
    it(`of ${name} that cannot be parsed fails, and names the file`, async () => {
      const folder = folderWith({ "main.ts": 'export * from "./wrong.js";\n', "wrong.js": "a[0] = = 1;\n" });
      const error = await build(name, folder).then(() => "", String);
      expect(error).to.include("wrong.js");
    });
  }

  describe("of esbuild", () => {
    async function bundle(folder: Folder, more: esbuild.BuildOptions): Promise<string> {
      const { outputFiles } = await esbuild.build({
        entryPoints: [folder.file("main.js")],
        bundle: true,
        write: false,
        format: "esm",
        logLevel: "silent",
        ...more,
        plugins: [unplugin.esbuild(), ...(more.plugins ?? [])],
      });
      return outputFiles?.[0]?.text ?? "";
    }

    it("leaves to other plugins what they have put into a namespace of their own", async () => {
      const folder = folderWith({ "main.js": 'import "own:store";\n', "store.js": STORE });
      const own: esbuild.Plugin = {
        name: "own",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^own:/ }, () => ({ path: folder.file("store.js"), namespace: "own" }));
          onLoad({ filter: /.*/, namespace: "own" }, () => ({ contents: "console.log('own')" }));
        },
      };
      expect(await bundle(folder, { plugins: [own] }))
        .to.include('"own"')
        .and.not.to.include("fams/barrier");
    });

    it("goes by the loaders that the build names", async () => {
      const folder = folderWith({
        "main.js": 'export * from "./a.script";\nexport { default } from "./b.part.js";\n',
        "a.script": "export function store(a: number[], x: number): void { a[0] = x; }\n",
        "b.part.js": STORE,
      });
      const code = await bundle(folder, { loader: { ".script": "ts", ".part.js": "text" } });
      expect(code.match(/\$f\.v\(/g)).to.have.length(1);
    });

    it("follows the map of a file that was compiled before, inline or beside it", async () => {
      const source = "\n\nexport function fail(a: number[]): never { a[0] = 1; throw new Error(); }\n";
      for (const sourcemap of ["inline", "external"] as const) {
        const name = `src/fail.${sourcemap}.ts`;
        const { code, map } = await esbuild.transform(source, {
          loader: "ts",
          sourcefile: `../${name}`,
          sourcemap,
        });
        const link = sourcemap === "inline" ? "" : "//# sourceMappingURL=fail.js.map\n";
        const folder = folderWith({
          "main.js":
            'import { fail } from "./out/fail.js";\ntry { fail([]); } catch (e) { console.log(JSON.stringify(e.stack)); }\n',
          "out/fail.js": code + link,
          "out/fail.js.map": map,
          [name]: source,
        });
        folder.write(
          "dist/main.mjs",
          await bundle(folder, { sourcemap: "inline", outfile: folder.file("dist/main.mjs") }),
        );
        expect(folder.run("dist/main.mjs")).to.include(
          `${folder.file(name)}:3:${source.trim().indexOf("new") + 1}`,
        );
      }
    });

    it("loads a file as its import says", async () => {
      const folder = folderWith({
        "main.js": 'export { default } from "./store.js" with { type: "text" };\n',
        "store.js": STORE,
      });
      expect(await bundle(folder, {})).not.to.include("fams/barrier");
    });
  });
});
