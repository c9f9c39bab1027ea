/** What instrumented programs cost, loop by loop and as a whole, and what it costs to instrument them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Result, type Row, type Spread, spread } from "./harness.ts";
import { type Build, buildProgram } from "./kv-builds.ts";
import { stores } from "./stores.ts";
import { transformCost } from "./transform-cost.ts";

/** The ratios of the store benchmark that are bars of the transform, by their names there. */
const LOOPS: Record<string, string> = {
  sequential_f64_dirty: "sequential_loop",
  sequential_untracked_view: "untracked_loop",
  short_lived_vec3: "short_lived_vec3",
  short_lived_vec3_opaque: "short_lived_vec3_opaque",
  cold_random_f64_dirty: "cold_store",
};

export async function transform(quick: boolean): Promise<Result> {
  const results = [await storeLoops(quick), wholeProgram(quick), await transformCost(quick)];
  return {
    ratios: Object.assign({}, ...results.map(({ ratios }) => ratios)),
    rows: results.flatMap(({ rows }) => rows),
  };
}

/** The same loops as in `stores`, warmed up together, because the barrier is one for all. */
async function storeLoops(quick: boolean): Promise<Result> {
  const all = await stores({ quick, format: "module", only: undefined, cold: false });
  const ratios: Record<string, Spread> = {};
  const rows: Row[] = [];
  for (const [name, called] of Object.entries(LOOPS)) {
    ratios[`transform.${called}_over_plain`] = all.ratios[`stores.${name}_over_plain`] as Spread;
    for (const row of all.rows) if (row.name.startsWith(`${name}:`)) rows.push(row);
  }
  return { ratios, rows };
}

const RECORDS = 100_000;

/** Whole processes in turn; the ratio is that of the shortest times, its spread that of the turns. */
function wholeProgram(quick: boolean): Result {
  const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
  mkdirSync(cache, { recursive: true });
  // Inside the repository, so that the builds find the packages.
  const builds = mkdtempSync(join(cache, "fams-bench-kv-"));
  const files = mkdtempSync(join(tmpdir(), "fams-bench-kv-"));
  try {
    const kinds: Build[] = ["plain", "typed", "untyped"];
    const programs = kinds.map((kind) => buildProgram("bench/kv-program.ts", kind, builds));
    const times: number[][] = kinds.map(() => []);
    const turns = quick ? 9 : 15;
    for (let turn = 0; turn < turns; turn++) {
      for (let next = 0; next < kinds.length; next++) {
        const at = (turn + next) % kinds.length;
        const kind = kinds[at] === "plain" ? "plain" : "instrumented";
        const file = join(files, `${at}-${turn}.fams`);
        (times[at] as number[]).push(timeOf([programs[at] as string, kind, file], quick));
        rmSync(file, { force: true });
      }
    }
    return summary(kinds, times);
  } finally {
    rmSync(builds, { recursive: true });
    rmSync(files, { recursive: true });
  }
}

function timeOf(
  [program, kind, file]: [program: string, kind: string, file: string],
  quick: boolean,
): number {
  const args = [program, kind, RECORDS, quick ? 400_000 : 1_200_000, file].map(String);
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${program} ended with code ${status}`);
  return Number(stdout);
}

function summary(kinds: readonly Build[], times: readonly number[][]): Result {
  const [plain, ...others] = times as [number[], ...number[][]];
  const ratios: Record<string, Spread> = {};
  for (const [i, instrumented] of others.entries()) {
    const turns = spread(instrumented.map((time, turn) => time / (plain[turn] as number)));
    const shortest = Math.min(...instrumented) / Math.min(...plain);
    ratios[`transform.kv_${kinds[i + 1]}_over_plain`] = { ...turns, median: shortest };
  }
  const rows = kinds.map((kind, i) => ({
    name: `kv: ${kind}`,
    unit: "ns/op",
    ...spread(times[i] as number[]),
  }));
  return { ratios, rows };
}
