/** What it costs to instrument: time and bytes for a named corpus, and the start of a program. */
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAMS_RUN } from "../support/program.ts";
import { median, type Result, type Spread, spread } from "./harness.ts";

export async function transformCost(quick: boolean): Promise<Result> {
  const cost = await instrumentCost(quick);
  const start = startCost(quick);
  return { ratios: { ...cost.ratios, ...start.ratios }, rows: [...cost.rows, ...start.rows] };
}

/** In a process where the compiler's own packages have no barriers, as in the one that fams-run compiles in. */
async function instrumentCost(quick: boolean): Promise<Result> {
  const script = fileURLToPath(new URL("./instrument-cost.ts", import.meta.url));
  const child = fork(FAMS_RUN, ["--exclude", "node_modules", script, quick ? "quick" : "full"], {
    execArgv: [],
  });
  const exited = once(child, "exit").then(([code]) => {
    throw new Error(`timing the transform ended with code ${code}`);
  });
  const [result] = await Promise.race([once(child, "message"), exited]);
  return result as Result;
}

/** Whole processes in turn, so that drift of the machine hits both alike. */
function startCost(quick: boolean): Result {
  const folder = mkdtempSync(join(tmpdir(), "fams-bench-start-"));
  try {
    const script = join(folder, "hello.mjs");
    writeFileSync(script, 'console.log("hello, world");\n');
    const env = { ...process.env, NODE_OPTIONS: "", FAMS_CACHE_DIR: join(folder, "cache") };
    const time = (args: string[]): number => {
      const start = performance.now();
      const { status } = spawnSync(process.execPath, args, { env });
      if (status !== 0) throw new Error(`${args.join(" ")} ended with code ${status}`);
      return performance.now() - start;
    };
    const plain: number[] = [];
    const instrumented: number[] = [];
    time([FAMS_RUN, script]);
    for (let i = 0; i < (quick ? 9 : 31); i++) {
      plain.push(time([script]));
      instrumented.push(time([FAMS_RUN, script]));
    }
    return {
      ratios: { "transform.startup_added_ms": added(instrumented, plain) },
      rows: [
        { name: "hello, world: node", unit: "ms", ...spread(plain) },
        { name: "hello, world: fams-run", unit: "ms", ...spread(instrumented) },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function added(a: readonly number[], b: readonly number[]): Spread {
  const pairs = spread(a.map((time, i) => time - (b[i] as number)));
  return { ...pairs, median: median(a) - median(b) };
}
