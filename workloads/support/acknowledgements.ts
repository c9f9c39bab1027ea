/**
 * What a program reports after each msync that returned: two numbers, appended to a plain file by one write, which outlives the
 * program however it is killed. The last msync may have returned without its report.
 */
import { openSync, readFileSync, writeSync } from "node:fs";

const ENTRY_BYTES = 8;

export class AcknowledgementWriter {
  readonly #file: number;
  readonly #entry = Buffer.alloc(ENTRY_BYTES);

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  append(first: number, second: number): void {
    this.#entry.writeUInt32LE(first, 0);
    this.#entry.writeUInt32LE(second, 4);
    writeSync(this.#file, this.#entry);
  }
}

/** The pairs in a file, from entry `start` on, in the order of their reports. */
export function readAcknowledgements(path: string, start = 0): [number, number][] {
  const bytes = readFileSync(path);
  const pairs: [number, number][] = [];
  for (let at = start * ENTRY_BYTES; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    pairs.push([bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)]);
  }
  return pairs;
}
