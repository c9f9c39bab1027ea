// node test/node-versions.mjs [20 22 24 26 | /path/to/node ...]: under each version of Node.js the tests of what depends on it, which
// are those of fams-run, the loader and its pipelines, and the benchmark of stores, quickly.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STEPS = {
  tests: ["test/run.mjs", "cli/src", "test/cli"],
  pipelines: [
    "test/run.mjs",
    "compiler-plugin/src/adapters/pipelines.test.ts",
    "--grep",
    " (node|fams-instrument|stores) ",
  ],
  stores: ["cli/bin/fams-run.js", "workloads/bench/main.ts", "stores", "--quick"],
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24", "26"];
const rows = wanted.map((version) => {
  const node = version.includes("/") ? resolve(version) : install(version);
  const name = run(node, ["--version"], "pipe").stdout.trim();
  const outcome = Object.entries(STEPS).map(([step, args]) => {
    console.log(`\n## ${step} on Node.js ${name}\n`);
    return [step, run(node, args, "inherit").status === 0 ? "passed" : "FAILED"];
  });
  return { node: name, ...Object.fromEntries(outcome) };
});
console.table(rows);
if (rows.some((row) => Object.values(row).includes("FAILED"))) process.exitCode = 1;

/** The binary of the version, from the packages that the Node.js project publishes for each platform. */
function install(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(ROOT, "node_modules/.cache/node-versions", version);
  const binary = join(prefix, "node_modules", name, "bin/node");
  if (!existsSync(binary)) {
    const args = ["install", "--no-save", "--silent", "--prefix", prefix, `${name}@${version}`];
    if (spawnSync("npm", args, { stdio: "inherit" }).status !== 0) process.exit(1);
  }
  return binary;
}

/** Scripts that ask for `node` get this one. */
function run(node, args, stdio) {
  const PATH = dirname(node) + delimiter + process.env.PATH;
  return spawnSync(node, args, { cwd: ROOT, env: { ...process.env, PATH }, stdio, encoding: "utf8" });
}
