import fams from "@fams/compiler-plugin/rollup";
import { transform } from "esbuild";

/** Any plugin that makes JavaScript of TypeScript will do. */
const stripTypes = {
  name: "strip-types",
  transform: {
    filter: { id: /\.ts$/ },
    async handler(code, id) {
      const { code: stripped, map } = await transform(code, {
        loader: "ts",
        sourcefile: id,
        sourcemap: true,
      });
      return { code: stripped, map };
    },
  },
};

export default {
  input: "../fixture/main.ts",
  plugins: [fams(), stripTypes],
  external: /^node:/,
  output: { file: "dist/main.js", format: "es", sourcemap: true },
};
