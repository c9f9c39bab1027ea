/** A folder of files outside this repository, and programs run in it. */

import { type StdioOptions, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const FAMS_RUN = fileURLToPath(new URL("../../cli/bin/fams-run.js", import.meta.url));
const FAMS = fileURLToPath(new URL("../../cli/bin/fams.js", import.meta.url));
export const REGISTER = fileURLToPath(new URL("../../cli/dist/register.js", import.meta.url));
const NODE_MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

const temporary = () => realpathSync(mkdtempSync(join(tmpdir(), "fams-cli-")));
const made: string[] = [];
const sharedCache = temporary();
made.push(sharedCache);
process.once("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  input?: string;
  env?: Record<string, string>;
}

export class Project {
  readonly folder = temporary();

  /** @param files text by path; a package.json may be given as its `type` alone */
  constructor(files: Record<string, string>) {
    made.push(this.folder);
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs `fams-run ...args` in the folder. */
  run(args: readonly string[], options: RunOptions = {}): Ended {
    return this.node([FAMS_RUN, ...args], options);
  }

  /** Runs `fams ...args` in the folder. */
  fams(args: readonly string[], options: RunOptions = {}): Ended {
    return this.node([FAMS, ...args], options);
  }

  node(args: readonly string[], { input, env }: RunOptions = {}): Ended {
    return spawnSync(process.execPath, args, {
      cwd: this.folder,
      env: { ...this.#env(), ...env },
      encoding: "utf8",
      ...(input === undefined ? {} : { input }),
    });
  }

  /** Runs and expects success; what the program printed as JSON. */
  json(args: readonly string[], options?: RunOptions): unknown {
    const { status, stdout, stderr } = this.run(args, options);
    if (status !== 0) throw new Error(`exit code ${status}\n${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  start(args: readonly string[], stdio: StdioOptions) {
    return spawn(process.execPath, [FAMS_RUN, ...args], { cwd: this.folder, env: this.#env(), stdio });
  }

  #env(): NodeJS.ProcessEnv {
    return { ...process.env, FAMS_CACHE_DIR: sharedCache };
  }
}

/** The installed packages of this repository, for a project that needs one. */
export const installed = (name: string): string => join(NODE_MODULES, name);

export const type = (value: "module" | "commonjs"): string => JSON.stringify({ type: value });

/** A project that has TypeScript installed. */
export function projectWithCompiler(files: Record<string, string>): Project {
  const project = new Project(files);
  mkdirSync(project.path("node_modules"), { recursive: true });
  symlinkSync(installed("typescript"), project.path("node_modules/typescript"));
  return project;
}
