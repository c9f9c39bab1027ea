import { Presets, SingleBar } from "cli-progress";

/** Runs `work`, whose argument takes the number done so far, with a progress bar if standard error is a terminal. */
export function withProgress<T>(
  title: string,
  total: number,
  work: (update: (done: number) => void) => T,
): T {
  if (!process.stderr.isTTY) return work(() => {});
  const format = `${title} {bar} {percentage} % | {value}/{total} | {eta_formatted}`;
  const bar = new SingleBar(
    { format, clearOnComplete: true, stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  try {
    return work((done) => {
      bar.update(done);
      bar.render();
    });
  } finally {
    bar.stop();
  }
}
