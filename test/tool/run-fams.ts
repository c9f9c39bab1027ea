/** The command `fams`, and region files in every state. */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { run } from "../../cli/src/tool/run.ts";
import { lines, range, statesOf, write } from "../../native/test/files.ts";
import { GRANULE } from "../../native/test/format.ts";
import { type Geometry, Image } from "../../native/test/image.ts";

const FAMS = fileURLToPath(new URL("../../cli/bin/fams.js", import.meta.url));

export interface Outcome {
  /** Exit code, or the signal. */
  status: number | string;
  stdout: string;
  stderr: string;
  /** Standard output as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests take apart what they expect
  readonly json: any;
}

const outcome = (status: number | string, stdout: string, stderr: string): Outcome => ({
  status,
  stdout,
  stderr,
  get json() {
    expect(stdout, stderr).to.not.equal("");
    return JSON.parse(stdout);
  },
});

interface Surroundings {
  env?: Record<string, string>;
  uid?: number;
}

/** Runs a command in a process of its own. */
export function famsProcess(args: readonly string[], { env, uid }: Surroundings = {}): Outcome {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [FAMS, ...args], {
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    ...(uid === undefined ? {} : { uid, gid: uid, cwd: "/" }),
  });
  return outcome(status ?? String(signal), stdout, stderr);
}

/** Runs a command in this process, which is a hundred times faster. */
export async function fams(args: readonly string[]): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const { write } = process.stdout;
  const { error } = console;
  process.stdout.write = ((text: string | Uint8Array) => {
    written.stdout += typeof text === "string" ? text : Buffer.from(text).toString("latin1");
    return true;
  }) as typeof write;
  console.error = (text: string) => {
    written.stderr += `${text}\n`;
  };
  try {
    await run(args);
    return outcome(process.exitCode ?? 0, written.stdout, written.stderr);
  } finally {
    process.stdout.write = write;
    console.error = error;
    process.exitCode = undefined;
  }
}

/** Runs a command that must succeed, and returns what it says as JSON. */
export async function said(...args: string[]) {
  const { status, stdout, stderr, json } = await fams([...args, "--json"]);
  expect(status, `${stdout}${stderr}`).to.equal(0);
  return json;
}

/** As `said`; and the file must be byte for byte as before. */
export async function saidOf(file: string, ...args: string[]) {
  const before = readFileSync(file);
  const json = await said(...args);
  expect(readFileSync(file).equals(before), "the file is byte for byte as before").to.equal(true);
  return json;
}

/** Every file of a folder, with its bytes. */
export const filesIn = (folder: string): Map<string, Buffer> =>
  new Map(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, readFileSync(`${folder}/${name}`)]),
  );

const COMMITS = [lines(1, range(0, 3)), lines(2, [...range(2, 5), 1023]), lines(3, [0, 9])];

/** The contents of the region of `unclean` after each of its three commits. */
export const STATES = statesOf(GRANULE, COMMITS);

/** A region that was not closed, with three commits in its journal. */
export function unclean(geometry: Geometry = {}): Image {
  const image = new Image(geometry);
  for (const commit of COMMITS) image.commit(commit);
  return image;
}

/** As `unclean`, with the second commit gone although the third knows of it. */
export function damaged(): Image {
  const image = new Image();
  const places = COMMITS.map((commit) => image.commit(commit));
  image.bytes.fill(0xee, places[1]?.offset, (places[1]?.offset ?? 0) + 64);
  return image;
}

export const writeImage = (path: string, image: Image): string => write(path, image.bytes);
