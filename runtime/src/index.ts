export type { RecoveryReport, RegionStats } from "@fams/native";
export { FamsError, type FamsErrorCode, type UntrackedRange } from "./errors.js";
export type { CxlSsdOptions, Durability, RegionOptions, Storage } from "./options.js";
export { type BackupOptions, Region } from "./region.js";
