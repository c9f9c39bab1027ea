/** What changes between two builds changes what is built, though bundlers keep what they can. */

import { unplugin } from "@fams/compiler-plugin/unplugin";
import { expect } from "chai";
import { createServer } from "vite";
import { type Build, build, Folder, NAMES } from "../../../testing/bundlers.ts";

const FILES = {
  "main.ts": 'export { store } from "./store.ts";\nexport { other } from "./other.ts";\n',
  "other.ts": "export const other = 1;\n",
  "types.ts": "export type Row = string[];\n",
  "store.ts":
    'import type { Row } from "./types.ts";\nexport const store = (row: Row, x: any) => { row[0] = x; };\n',
};
const isMarked = ({ code }: Build) => code.includes("fams/barrier");
const touchEntry = (folder: Folder) => folder.write("other.ts", "export const other = 2;\n");

describe("building again", function () {
  this.timeout("1m");
  let folder: Folder;
  beforeEach(() => {
    folder = new Folder(FILES);
  });
  afterEach(() => folder.remove());

  for (const name of NAMES) {
    describe(`with ${name}`, () => {
      it("uses types where they are asked for", async () => {
        const types = folder.file("tsconfig.json");
        expect(isMarked(await build(name, folder))).to.equal(true);
        expect(isMarked(await build(name, folder, { types }))).to.equal(false);
        expect(isMarked(await build(name, folder, { types, paranoid: true }))).to.equal(true);
      });

      it("sees a store that is added", async () => {
        await build(name, folder, {}, async (buildNow) => {
          folder.write("store.ts", "export const store = () => {};\n");
          expect(isMarked(await buildNow())).to.equal(false);
          folder.write("store.ts", FILES["store.ts"]);
          expect(isMarked(await buildNow())).to.equal(true);
        });
      });

      it("sees that a type has changed, in a file that is not in the bundle", async () => {
        await build(name, folder, { types: folder.file("tsconfig.json") }, async (buildNow) => {
          expect(isMarked(await buildNow())).to.equal(false);
          folder.write("types.ts", "export type Row = any;\n");
          touchEntry(folder);
          expect(isMarked(await buildNow())).to.equal(true);
        });
      });

      it("names the tsconfig.json that cannot be read", async () => {
        const types = folder.file("missing.json");
        const error = await build(name, folder, { types }).then(String, String);
        expect(error).to.include(types);
      });
    });
  }

  it("knows no types in Vite's development server, which keeps a module until its own text changes", async () => {
    const server = await createServer({
      root: folder.path,
      configFile: false,
      logLevel: "silent",
      plugins: [unplugin.vite({ types: folder.file("tsconfig.json") })],
      server: { middlewareMode: true, ws: false },
    });
    try {
      folder.write(
        "shared.ts",
        'export { S, v } from "fams/barrier";\nexport { store } from "./store.ts";\n',
      );
      const { store, ...shared } = await server.ssrLoadModule("/shared.ts");
      expect(String(store)).to.include(".v(row, 0, row?.");
      const { S, v } = await import("fams/barrier");
      expect(shared).to.deep.equal({ S, v });
    } finally {
      await server.close();
    }
  });
});
