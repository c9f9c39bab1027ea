export type { Diagnostic, Reason } from "./diagnostics.js";
export { InstrumentError, type InstrumentErrorCode } from "./errors.js";
export {
  type Instrumented,
  type InstrumentOptions,
  instrument,
  type ModuleFormat,
  type StoreSite,
} from "./instrument.js";
export type { StoreForm } from "./sites.js";
