import { UsageError } from "./outcome.js";

const UNITS: Record<string, number> = { "": 1, b: 1, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };

/** A number of bytes such as "4096", "0x1000" or "4 KiB". */
export function bytes(option: string, text: string): number {
  const match = /^\s*(0x[\da-f]+|\d+)\s*([a-z]*)\s*$/i.exec(text);
  const value = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? "none"] ?? Number.NaN);
  if (!Number.isSafeInteger(value))
    throw new UsageError(`${option} ${JSON.stringify(text)} is not a number of bytes such as 4096 or 4KiB`);
  return value;
}
