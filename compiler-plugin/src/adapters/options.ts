/** What all adapters have in common. */
import { type Instrumented, type InstrumentOptions, instrument } from "../instrument.js";

export type AdapterOptions = Pick<InstrumentOptions, "paranoid" | "optimise" | "runtime">;

/** The part of a tool's configuration that is for instrument(). */
export function adapterOptions({ paranoid, optimise, runtime }: AdapterOptions): AdapterOptions {
  return {
    ...(paranoid === undefined ? {} : { paranoid }),
    ...(optimise === undefined ? {} : { optimise }),
    ...(runtime === undefined ? {} : { runtime }),
  };
}

/** instrument() for a tool that has no warnings of its own: Node.js prints them, and `--trace-warnings` tells more. */
export function instrumentAndWarn(code: string, options: InstrumentOptions): Instrumented {
  const result = instrument(code, options);
  for (const { code: id, message, line, column } of result.diagnostics) {
    process.emitWarning(`${options.filename}:${line}:${column}: ${message}`, {
      type: "FamsWarning",
      code: id,
    });
  }
  return result;
}
