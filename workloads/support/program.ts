/** A program under fams-run in a process of its own, which runs until it is killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export const FAMS_RUN = fileURLToPath(new URL("../../cli/bin/fams-run.js", import.meta.url));

export class Program {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  readonly #ready: Promise<unknown[]>;
  #errors = "";

  constructor(script: URL, args: readonly string[]) {
    this.#process = spawn(process.execPath, [FAMS_RUN, fileURLToPath(script), ...args], {
      env: { ...process.env, KILLER_PID: String(process.pid) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.#process;
    if (stdout === null || stderr === null) throw new Error("the program has no pipes");
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    this.#ended = once(this.#process, "close");
    this.#ready = once(stdout, "data");
  }

  /** Waits until the program writes to its standard output, or ends. */
  async ready(): Promise<void> {
    await Promise.race([this.#ready, this.#ended]);
  }

  /** Kills the program at once and waits for its end. Throws if it had ended by itself. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    const [code, signal] = await this.#ended;
    if (signal === "SIGKILL") return;
    throw new Error(`the program ended by itself with ${code ?? signal}:\n${this.#errors}`);
  }
}

/** Called by the program: tells whoever waits for `ready()`. */
export function announceReady(): void {
  console.log("ready");
}

/** Called by the program now and then: ends it when nobody is left to kill it. */
export function exitWithoutKiller(): void {
  if (process.ppid !== Number(process.env.KILLER_PID)) process.exit(3);
}
