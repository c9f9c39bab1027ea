import fams from "@fams/compiler-plugin/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [fams()],
  build: { ssr: "../fixture/main.ts", sourcemap: true, emptyOutDir: true },
});
