export type { RecoveryReport, RegionStats } from "@fams/native";
export { FamsError, type FamsErrorCode, type UntrackedRange } from "./errors.js";
export type { Durability, RegionOptions } from "./options.js";
export { Region } from "./region.js";
