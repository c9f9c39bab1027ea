/** Builds a program of this folder, and what it imports from it, as modules that plain Node.js runs: with barriers or without. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { instrument, Project } from "@fams/compiler-plugin";
import { transformSync } from "@swc/core";

export type Build = "plain" | "untyped" | "typed";

const WORKLOADS = fileURLToPath(new URL("..", import.meta.url));
/** A loader that instruments what it loads must leave these alone. */
const IGNORE = "/* @fams-ignore-file */ ";

/** The file, and all that it imports by a relative path. */
function closure(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const text = readFileSync(file, "utf8");
  found.set(file, text);
  for (const [, specifier] of text.matchAll(/from "(\.[^"]+)"/g))
    closure(resolve(dirname(file), specifier as string), found);
  return found;
}

/** Returns the path of the built program. `directory` has to lie where the packages are found. */
export function buildProgram(entry: string, build: Build, directory: string): string {
  const files = closure(resolve(WORKLOADS, entry));
  const project = build === "typed" ? projectOf(files, directory) : undefined;
  const placeOf = (file: string) =>
    join(directory, build, relative(WORKLOADS, file).replace(/\.ts$/, ".mjs"));
  for (const [file, text] of files) {
    const types = project?.typesOf(file, text);
    if (project !== undefined && types === undefined) throw new Error(`${file} has no types`);
    const options = { filename: file, format: "module", ...(types && { types }) } as const;
    const { code } = build === "plain" ? { code: text } : instrument(text, options);
    const place = placeOf(file);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, IGNORE + strip(code).replace(/(from "\.[^"]+)\.ts"/g, '$1.mjs"'));
  }
  return placeOf(resolve(WORKLOADS, entry));
}

function projectOf(files: ReadonlyMap<string, string>, directory: string): Project {
  const config = join(directory, "tsconfig.json");
  const compilerOptions = { noEmit: true, composite: false, allowImportingTsExtensions: true };
  const project = {
    extends: join(WORKLOADS, "../tsconfig.base.json"),
    compilerOptions,
    files: [...files.keys()],
  };
  writeFileSync(config, JSON.stringify(project));
  return new Project(config);
}

function strip(code: string): string {
  return transformSync(code, {
    configFile: false,
    swcrc: false,
    module: { type: "es6" },
    jsc: {
      target: "es2022",
      parser: { syntax: "typescript" },
      transform: { useDefineForClassFields: false },
    },
  }).code;
}
