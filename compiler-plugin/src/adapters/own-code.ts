/** The packages that mark for themselves: were they instrumented, the barrier would call itself. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const OWN = new Set(["fams", "@fams/native"]);
const packages = new Map<string, string | undefined>();

/** @param filename absolute path; wherever the package lies, its package.json stands above it */
export const isOwnCode = (filename: string): boolean => OWN.has(packageOf(dirname(filename)) ?? "");

/** The name of the package that holds the folder. A package.json without a name only says how its folder is loaded. */
function packageOf(folder: string): string | undefined {
  if (packages.has(folder)) return packages.get(folder);
  const parent = dirname(folder);
  const name = nameIn(folder) ?? (parent === folder ? undefined : packageOf(parent));
  packages.set(folder, name);
  return name;
}

function nameIn(folder: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string }).name;
  } catch {
    return undefined;
  }
}
