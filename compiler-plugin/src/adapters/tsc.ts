export type { AdapterOptions } from "./options.js";
export { instrumentHost } from "./tsc/instrument-host.js";
export { createInstrumentedProgram, type ProgramOptions } from "./tsc/instrumented-program.js";
