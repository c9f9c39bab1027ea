/** Threads that the program starts must be instrumented as well. */

import { syncBuiltinESMExports } from "node:module";

import workerThreads = require("node:worker_threads");

import type { Worker as NodeWorker, WorkerOptions } from "node:worker_threads";

import type { Report } from "./report.cjs";

type WorkerConstructor = typeof NodeWorker;

/**
 * A worker takes over the flags that this process was started with, and `registerUrl` may not be among them; so each Worker is
 * given them by name. The constructor is wrapped in a proxy: subclasses, `instanceof` and its name stay as they are.
 */
export function hookWorkers(registerUrl: string, report: Report): void {
  const flags = ["--import", registerUrl];
  const warned = new Set<string>();
  const warn = (what: string) => {
    report.gap(what);
    if (warned.has(what)) return;
    warned.add(what);
    process.stderr.write(`fams-run: ${what} is not instrumented: its stores will not be seen\n`);
  };
  workerThreads.Worker = new Proxy<WorkerConstructor>(workerThreads.Worker, {
    construct(target, [script, options, ...rest]: [string | URL, WorkerOptions | undefined], newTarget) {
      const start = (execArgv: string[] | undefined) =>
        Reflect.construct(target, [script, { ...options, execArgv }, ...rest], newTarget);
      if (options?.eval) warn("the source text of a worker started with `eval: true`");
      if (options?.execArgv !== undefined) {
        if (!options.execArgv.includes(registerUrl)) warn("a worker started with its own `execArgv`");
        return start(options.execArgv);
      }
      try {
        return start(process.execArgv);
      } catch (error) {
        // Flags of the whole process may be inherited by a worker and yet not be given to it.
        if ((error as NodeJS.ErrnoException).code !== "ERR_WORKER_INVALID_EXEC_ARGV") throw error;
        return start(flags);
      }
    },
  });
  syncBuiltinESMExports();
}
