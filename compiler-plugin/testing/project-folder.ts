/** A project in a folder of its own, which finds the installed packages of this repository. */

import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

export class ProjectFolder implements Disposable {
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "fams-project-")));

  /** @param files text by path; what is not text becomes JSON */
  constructor(files: Record<string, unknown>) {
    symlinkSync(NODE_MODULES, this.at("node_modules"));
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  at(name: string): string {
    return join(this.path, name);
  }

  write(name: string, content: unknown): void {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), typeof content === "string" ? content : JSON.stringify(content));
  }

  read(name: string): string {
    return readFileSync(this.at(name), "utf8");
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
