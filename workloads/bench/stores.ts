/** What one store costs with its barrier, over the same loop without it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Region } from "fams";
import { Random } from "../support/random.ts";
import {
  alternate,
  type Contestant,
  detachDummyBuffer,
  permutation,
  type Result,
  ratio,
  spread,
  warmUp,
} from "./harness.ts";
import { buildKernel, type Format, PlainRealm } from "./kernels.ts";
import { ELEMENTS, type Scenario, scenarios } from "./scenarios.ts";

export interface StoresOptions {
  quick: boolean;
  format: Format;
  /** Only the scenarios whose name contains this. */
  only: string | undefined;
  /** This process runs without the optimising compiler: measure the scenarios that have a cold figure. */
  cold: boolean;
}

interface Match {
  scenario: Scenario;
  contestants: [plain: Contestant, instrumented: Contestant];
}

export async function stores(options: StoresOptions): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), "fams-bench-stores-"));
  const region = Region.openSync(join(directory, "region.fams"), {
    size: "16 MiB",
    durability: "process",
    verify: false,
  });
  try {
    detachDummyBuffer();
    const matches: Match[] = [];
    const result: Result = { ratios: {}, rows: [] };
    for (const scenario of scenarios(region, permutation(ELEMENTS, new Random(1)))) {
      if (options.only !== undefined && !scenario.name.includes(options.only)) continue;
      if (options.cold && !scenario.cold) continue;
      matches.push(await prepareMatch(scenario, directory, options.format));
    }
    // Everything is warm before anything is timed: the barrier is one shared function, and in a real program it has
    // seen every kind of receiver.
    const warmUps = options.cold ? 2 : 60;
    for (const { contestants } of matches) for (const contestant of contestants) warmUp(contestant, warmUps);
    for (const match of matches) measure(match, options, result);
    if (!options.cold) await addColdFigures(options, result);
    return result;
  } finally {
    region.close();
    rmSync(directory, { recursive: true });
  }
}

async function prepareMatch(scenario: Scenario, directory: string, format: Format): Promise<Match> {
  const kernel = await buildKernel(scenario.name, scenario.source, directory, format);
  const { plainArguments: given, prepare } = scenario;
  const realm = new PlainRealm();
  const plain = typeof given === "string" ? realm.run(scenario.source) : kernel.plain;
  const instrumentedArguments = scenario.instrumentedArguments();
  const plainArguments = argumentsOf();
  // The first barrier gives a view its shape.
  kernel.instrumented(...instrumentedArguments);

  // The same memory for both: where an array lies in the caches changes a random store more than the barrier does.
  function argumentsOf(): unknown[] {
    if (typeof given === "string") return realm.evaluate<unknown[]>(given);
    return scenario.apart ? given() : instrumentedArguments;
  }

  return {
    scenario,
    contestants: [
      { pass: () => plain(...plainArguments) },
      { pass: () => kernel.instrumented(...instrumentedArguments), ...(prepare && { prepare }) },
    ],
  };
}

function measure({ scenario, contestants }: Match, { quick, cold }: StoresOptions, result: Result): void {
  const blocks = quick || cold ? 9 : 31;
  const [plain, instrumented] = alternate(contestants, blocks, cold ? 5 : 25) as [number[], number[]];
  const name = cold ? `cold_${scenario.name}` : scenario.name;
  const unit = `ns/${scenario.operation}`;
  const each = (times: number[]) => spread(times.map((ns) => ns / scenario.operations));
  result.ratios[`stores.${name}_over_plain`] = ratio(instrumented, plain);
  result.rows.push({ name: `${name}: plain`, unit, ...each(plain) });
  result.rows.push({ name: `${name}: instrumented`, unit, ...each(instrumented) });
}

/** Before V8 optimises a function every store takes the interpreter's way: a child without the optimiser shows it. */
async function addColdFigures({ quick, format, only }: StoresOptions, result: Result): Promise<void> {
  const flags = [
    "--cold",
    "--format",
    format,
    ...(quick ? ["--quick"] : []),
    ...(only ? ["--only", only] : []),
  ];
  const child = fork(process.argv[1] as string, ["stores", ...flags], {
    execArgv: [...process.execArgv, "--no-opt"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");
  const [message] = await Promise.race([
    once(child, "message"),
    exited.then(([code]) =>
      Promise.reject(new Error(`the child without the optimiser ended with code ${code}`)),
    ),
  ]);
  await exited;
  const cold = message as Result;
  Object.assign(result.ratios, cold.ratios);
  result.rows.push(...cold.rows);
}
