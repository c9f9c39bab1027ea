import fams from "@fams/compiler-plugin/esbuild";
import { build } from "esbuild";

await build({
  entryPoints: ["../fixture/main.ts"],
  plugins: [fams()],
  bundle: true,
  platform: "node",
  format: "esm",
  sourcemap: true,
  outfile: "dist/main.js",
});
