/** Which files stay as they are: the user's globs, and the packages of fams itself. */

import { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";

/**
 * Tells of absolute paths why they are excluded, if they are. A pattern excludes the files it names and everything below the folders
 * it names.
 */
export function excluder(patterns: readonly string[], barrier: string): (path: string) => string | undefined {
  const own = ownCode(barrier);
  const globs = patterns.map((pattern) => ({ pattern, expression: globToRegExp(pattern) }));
  return (path) => {
    if (own.some((prefix) => path.startsWith(prefix))) return "it is part of fams";
    const match = globs.find(({ expression }) => expression.test(path));
    return match && `it is excluded by ${JSON.stringify(match.pattern)}`;
  };
}

/** `**` spans folders, `*` and `?` stay within one name, `{a,b}` is either; a name without a slash matches anywhere. */
export function globToRegExp(pattern: string): RegExp {
  const anchored = /^\.{1,2}\//.test(pattern) ? resolve(pattern) : pattern.replace(/\/+$/, "");
  let depth = 0;
  const body = anchored.replace(/\*\*\/|\*\*|[*?{},]|[.+^$()|[\]\\]/g, (token) => {
    if (token === "**/") return "(?:.*/)?";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token === "{") {
      depth++;
      return "(?:";
    }
    if (token === "}" && depth > 0) {
      depth--;
      return ")";
    }
    if (token === "," && depth > 0) return "|";
    return token === "," ? "," : `\\${token}`;
  });
  return new RegExp(`^${anchored.startsWith("/") ? "" : "(?:.*/)?"}${body}(?:/.*)?$`);
}

/**
 * The built code of fams marks for itself; were it instrumented, the barrier would call itself. The parser is left alone as well: a
 * program that loads the compiler would need it to instrument it.
 */
function ownCode(barrier: string): string[] {
  const runtime = dirname(barrier);
  const native = createRequire(barrier).resolve("@fams/native/package.json");
  const compiler = dirname(require.resolve("@fams/compiler-plugin"));
  const parser = dirname(require.resolve("@swc/core/package.json"));
  const built = [runtime, compiler, parser, __dirname, join(__dirname, "../bin")].map(
    (folder) => folder + sep,
  );
  return [...built, join(dirname(native), "index.cjs")];
}
