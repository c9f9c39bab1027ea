import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transform, transformSync } from "@fams/compiler-plugin/swc";

const FIXTURE = fileURLToPath(new URL("../fixture/", import.meta.url));
const DIST = fileURLToPath(new URL("dist/", import.meta.url));

function optionsFor(filename, type) {
  return {
    filename,
    configFile: false,
    swcrc: false,
    sourceMaps: "inline",
    module: { type },
    jsc: {
      target: "es2022",
      parser: { syntax: "typescript" },
      experimental: { keepImportAttributes: true },
      rewriteRelativeImportExtensions: true,
    },
  };
}

function emit(folder, name, { code }) {
  mkdirSync(join(DIST, folder), { recursive: true });
  writeFileSync(join(DIST, folder, name.replace(/\.ts$/, ".js")), code);
}

for (const name of readdirSync(FIXTURE).filter((file) => file.endsWith(".ts"))) {
  const filename = join(FIXTURE, name);
  const source = readFileSync(filename, "utf8");
  emit("module", name, await transform(source, optionsFor(filename, "es6")));
  emit("commonjs", name, transformSync(source, optionsFor(filename, "commonjs")));
}
writeFileSync(join(DIST, "commonjs", "package.json"), JSON.stringify({ type: "commonjs" }));
