export type { Diagnostic, Reason } from "./diagnostics.js";
export { InstrumentError, type InstrumentErrorCode } from "./errors.js";
export type { Types } from "./frontends/compiler.js";
export {
  type Instrumented,
  type InstrumentOptions,
  instrument,
  type StoreSite,
} from "./instrument.js";
export { Project, type ProjectOptions } from "./project.js";
export type { StoreForm } from "./sites.js";
export type { ModuleFormat } from "./syntax.js";
