/** Progress of long work, on standard error if that is a terminal. */

import progress from "cli-progress";

/** Milliseconds before a bar appears: short work shows none. */
const PATIENCE = 300;

/** Runs `work`, which tells bytes done and bytes in all. */
export async function withProgress<T>(
  label: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new progress.SingleBar({
    format: `${label} {bar} {percentage}% of {mebibytes} MiB, {eta_formatted} left`,
    stream: process.stderr,
    clearOnComplete: true,
    // What the terminal would have to get back if the program is killed stays as it is.
    hideCursor: false,
    linewrap: true,
  });
  const started = Date.now();
  try {
    return await work((done, total) => {
      if (bar.isActive) bar.update(done);
      else if (Date.now() - started > PATIENCE)
        bar.start(total, done, { mebibytes: Math.round(total / 2 ** 20) });
    });
  } finally {
    bar.stop();
  }
}
