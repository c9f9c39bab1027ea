/** What a compilation asked of the file system and what it was told: as long as all answers are the same, so is its result. */

import { createHash } from "node:crypto";
import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import type { System } from "typescript";

type Question = "file" | "folder" | "entries" | "real";
type Answer = readonly [question: Question, path: string, answer: string];

const ask: Record<Question, (path: string) => string> = {
  file: (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() ? `${stat.size} ${stat.mtimeMs} ${stat.ino}` : "";
  },
  folder: (path) => (statSync(path, { throwIfNoEntry: false })?.isDirectory() ? "folder" : ""),
  entries: (path) => entriesOf(path).map(nameOf).sort().join("/"),
  real: (path) => {
    try {
      return realpathSync.native(path);
    } catch {
      return "";
    }
  },
};

/** Everything else in a folder may come and go: a program's own data, say. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(
      (entry) => entry.isDirectory() || entry.isSymbolicLink() || /\.(?:[cm]?[jt]sx?|json)$/.test(entry.name),
    );
  } catch {
    return [];
  }
}

const nameOf = (entry: Dirent): string => (entry.isDirectory() ? `${entry.name}:` : entry.name);

/** Folders that a pattern of tsconfig.json passes over unless it names them. */
const PASSED_OVER = /^(?:\.|(?:node_modules|bower_components|jspm_packages)$)/;

export class Dependencies {
  readonly #answers = new Map<string, Answer>();
  #digest: string | undefined;

  /** The same system, its answers noted. */
  observe(system: System): System {
    const noting =
      <T extends unknown[], R>(question: Question, method: (path: string, ...rest: T) => R) =>
      (path: string, ...rest: T): R => {
        this.#note(question, path);
        return method(path, ...rest);
      };
    return {
      ...system,
      fileExists: noting("file", system.fileExists),
      readFile: noting("file", system.readFile),
      directoryExists: noting("folder", system.directoryExists),
      getDirectories: noting("entries", system.getDirectories),
      realpath: noting("real", system.realpath ?? ((path) => path)),
      readDirectory: (path, ...rest) => {
        this.#noteTree(path);
        return system.readDirectory(path, ...rest);
      },
    };
  }

  #note(question: Question, path: string): void {
    const key = `${question} ${path}`;
    const answer = ask[question](path);
    if (this.#answers.get(key)?.[2] === answer) return;
    this.#answers.set(key, [question, path, answer]);
    this.#digest = undefined;
  }

  #noteTree(folder: string): void {
    this.#note("entries", folder);
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory() && !PASSED_OVER.test(entry.name)) this.#noteTree(join(folder, entry.name));
    }
  }

  get answers(): readonly Answer[] {
    return [...this.#answers.values()];
  }

  /** Stands for all answers. */
  get digest(): string {
    this.#digest ??= digestOf(this.answers);
    return this.#digest;
  }
}

export type { Answer };

export function digestOf(answers: readonly Answer[]): string {
  return createHash("sha256").update(JSON.stringify(answers)).digest("hex");
}

export const stillHold = (answers: readonly Answer[]): boolean =>
  answers.every(([question, path, answer]) => ask[question](path) === answer);
